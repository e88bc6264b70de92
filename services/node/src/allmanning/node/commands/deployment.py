"""`allmanning deployment`: where the service may answer by itself, and the button that stops it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import typer

from allmanning.node.folder import DEFAULT
from allmanning.node.output import AsJson, AuthorityOption, Data, KeyOption, Url, console, errors, show, target
from allmanning.runtime.record import Json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from allmanning.gateway.api.deployments import DeploymentOut, DeploymentsOut, StopOut

app = typer.Typer(help="Beslut om ibruktagande, och stopp.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(help="Beslutets eller stoppets id.")]
Reason = Annotated[str, typer.Option("--reason", help="Varför; sparas i loggen.")]
Uses = Annotated[list[str] | None, typer.Option("--use-case", help="Användning, till exempel ”allmän fråga”.")]
Channels = Annotated[list[str] | None, typer.Option("--channel", help="medborgare, intern eller api.")]


@app.command("list")
def list_deployments(
    authority: AuthorityOption, data: Data = DEFAULT, url: Url = "", key: KeyOption = "", as_json: AsJson = False
) -> None:
    """Visa besluten om ibruktagande och stoppen, nyast först."""
    with errors(as_json):
        client = target(data, url, key).client(authority, "admin")
        known = cast("DeploymentsOut", client.get("/v1/deployments"))

        def text() -> None:
            for each in known["deployments"]:
                _print(each)
            for stop in known["stops"]:
                _print_stop(stop)
            if not any(each["in_force"] for each in known["deployments"]):
                console.print("Inget beslut gäller: tjänsten svarar inte själv.")

        show(cast("Mapping[str, Json]", known), as_json, text)


@app.command("propose")
def propose(
    authority: AuthorityOption,
    dnr: Annotated[str, typer.Option("--dnr", help="Beslutets diarienummer.")],
    official: Annotated[str, typer.Option("--official", help="Namn och titel på den som ansvarar; publiceras.")],
    quality: Annotated[str, typer.Option("--quality", help="Var underlaget för kvalitetssäkringen finns.")],
    use_case: Uses = None,
    channel: Channels = None,
    valid_from: Annotated[str, typer.Option("--from", help="Första dagen; tomt: i dag.")] = "",
    valid_to: Annotated[str, typer.Option("--to", help="Sista dagen; tomt: tills vidare.")] = "",
    delegation: Annotated[str, typer.Option("--delegation", help="Punkt i delegationsordningen (KL 6:37).")] = "",
    ai_act: Annotated[str, typer.Option("--ai-act", help="Punkt i bilaga III om högrisk, t.ex. annexIII.5a.")] = "",
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Föreslå att tjänsten får svara själv. Det gäller först när någon annan har godkänt det."""
    body: dict[str, Json] = {
        "use_cases": list(use_case or ["allmän fråga"]),
        "channels": list(channel or ["medborgare", "intern", "api"]),
        "dnr": dnr,
        "official": official,
        "quality": quality,
        "valid_from": valid_from,
        "valid_to": valid_to,
        "delegation": delegation,
        "ai_act": ai_act,
    }
    with errors(as_json):
        client = target(data, url, key).client(authority, "admin")
        made = cast("DeploymentOut", client.post("/v1/deployments", body))
        show(cast("Mapping[str, Json]", made), as_json, lambda: _print(made))


@app.command("approve")
def approve(
    deployment: Id,
    authority: AuthorityOption,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Godkänn ett förslag, med en annan persons nyckel än den som föreslog (--key)."""
    with errors(as_json):
        client = target(data, url, key).client(authority, "admin")
        done = cast("DeploymentOut", client.post(f"/v1/deployments/{deployment}/approve", {}))
        show(cast("Mapping[str, Json]", done), as_json, lambda: _print(done))


@app.command("end")
def end(
    deployment: Id,
    authority: AuthorityOption,
    reason: Reason,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Återkalla ett beslut. Det gäller genast."""
    with errors(as_json):
        client = target(data, url, key).client(authority, "admin")
        done = cast("DeploymentOut", client.post(f"/v1/deployments/{deployment}/end", {"reason": reason}))
        show(cast("Mapping[str, Json]", done), as_json, lambda: _print(done))


@app.command("halt")
def halt(
    authority: AuthorityOption,
    reason: Reason,
    use_case: Uses = None,
    channel: Channels = None,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Stoppa automatiska svar genast: alla, eller bara en användning eller kanal."""
    body: dict[str, Json] = {"use_cases": list(use_case or []), "channels": list(channel or []), "reason": reason}
    with errors(as_json):
        done = cast("StopOut", target(data, url, key).client(authority, "admin").post("/v1/halts", body))
        show(cast("Mapping[str, Json]", done), as_json, lambda: _print_stop(done))


@app.command("resume")
def resume(
    stop: Id,
    authority: AuthorityOption,
    reason: Reason,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Häv ett stopp."""
    with errors(as_json):
        client = target(data, url, key).client(authority, "admin")
        done = cast("StopOut", client.post(f"/v1/halts/{stop}/resume", {"reason": reason}))
        show(cast("Mapping[str, Json]", done), as_json, lambda: _print_stop(done))


_STATES = {"proposed": "föreslaget", "approved": "fattat", "ended": "återkallat"}


def _print(made: DeploymentOut) -> None:
    state = "gäller nu" if made["in_force"] else _STATES.get(made["state"], made["state"])
    demo = " DEMO" if made["demo"] else ""
    until = f" till {made['valid_to']}" if made["valid_to"] else ""
    console.print(
        f"{made['id']}{demo}  {made['dnr']}: {state}; {', '.join(made['use_cases'])} i {', '.join(made['channels'])}, "
        f"från {made['valid_from']}{until}. Ansvarig: {made['official']}",
        markup=False,
    )
    if made["rules_changed"]:
        console.print("  Andra regler gäller nu än när beslutet fattades.")


def _print_stop(stop: StopOut) -> None:
    what = ", ".join([*stop["use_cases"], *stop["channels"]]) or "allt"
    state = f"hävt {stop['resumed_at']}" if stop["resumed_at"] else "gäller nu"
    console.print(f"{stop['id']}  STOPP av {what} från {stop['at']}: {state}", markup=False)
