"""`allmanning log status` and `allmanning log seal`: how the logs stand, and how one is ended."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, cast

import typer

from allmanning.node.folder import DEFAULT
from allmanning.node.output import AsJson, AuthorityOption, Data, KeyOption, Url, console, errors, show, target

if TYPE_CHECKING:
    from allmanning.gateway.api.logs import LogOut, LogsOut, Sealed


class Reason(StrEnum):
    """Why a log ends before its half-year does."""

    KEY_ROTATION = "key_rotation"
    KEY_COMPROMISED = "key_compromised"


def status(
    authority: AuthorityOption,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Visa myndighetens loggar: storlek, nycklar, och vilka vittnen som har sett hur mycket."""
    with errors(as_json):
        answer = target(data, url, key).client(authority, "auditor").get("/v1/log")
        logs = cast("LogsOut", answer)["logs"]

        def text() -> None:
            for log in logs:
                _show(log)

        show(answer, as_json, text)


def _show(log: LogOut) -> None:
    state = f"förseglad, fortsätter i {log['next_origin']}" if log["sealed"] else "öppen"
    console.print(f"{log['origin']}: {log['size']} poster, {state}", markup=False)
    if log["refusal"]:
        console.print(f"  undertecknas inte: {log['refusal']}", markup=False)
    for vkey in log["vkeys"]:
        console.print(f"  nyckel {vkey}", markup=False)
    if not log["has_policy"]:
        console.print("  inga vittnen")
        return
    console.print(f"  bevittnad till post {log['witnessed_size']}; efter med {log['lag_s']:.0f} s")
    for witness in log["witnesses"]:
        why = f" ({witness['problem']} sedan {witness['since']})" if witness["problem"] else ""
        said = f"efter, har sett {witness['size']}" if witness["behind"] else "har sett allt"
        console.print(f"  vittnet {witness['name']}: {said}{why}", markup=False)


def seal(
    authority: AuthorityOption,
    reason: Annotated[Reason, typer.Option("--reason", help="Varför loggen avslutas.")],
    text: Annotated[str, typer.Option("--text", help="Med egna ord; sparas i loggen.")],
    period: Annotated[str, typer.Option("--period", help="Halvår, till exempel 2026h2; annars den nyaste.")] = "",
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Avsluta en logg nu och fortsätt i en ny med en ny nyckel. Går inte att ångra."""
    with errors(as_json):
        client = target(data, url, key).client(authority, "admin")
        answer = client.post("/v1/log/seal", {"reason": reason.value, "text": text, "period": period})
        sealed = cast("Sealed", answer)

        def told() -> None:
            console.print(f"{sealed['origin']} är förseglad. {sealed['next_origin']} fortsätter.", markup=False)
            console.print("Publicera de nya nycklarna och ge dem till vittnena:")
            for vkey in sealed["next_vkeys"]:
                console.print(f"  {vkey}", markup=False)

        show(answer, as_json, told)
