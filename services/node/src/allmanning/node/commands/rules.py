"""`allmanning rules`: the rules on automatic answers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from allmanning.node.folder import DEFAULT
from allmanning.node.output import (
    EXIT_NO,
    AsJson,
    AuthorityOption,
    Data,
    KeyOption,
    Url,
    console,
    errors,
    show,
    target,
)
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.record import Json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from allmanning.gateway.api.rules import CheckOut, ImpactOut, ProblemOut, ProposedOut, VersionOut, VersionsOut

app = typer.Typer(help="Regler för när tjänsten får svara själv.", no_args_is_help=True)

Version = Annotated[str, typer.Argument(help="Förslagets id.")]
VersionOption = Annotated[
    str, typer.Option("--version", help="En äldre eller föreslagen version; tomt: den som gäller.")
]
File = Annotated[Path, typer.Argument(help="Myndighetens egna regler, YAML.")]
Reason = Annotated[str, typer.Option("--reason", help="Varför; sparas i loggen.")]


@app.command("show")
def show_rules(
    authority: AuthorityOption,
    version: VersionOption = "",
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Visa reglerna som gäller: de nationella och myndighetens egna."""
    with errors(as_json):
        rules = target(data, url, key).client(authority, "admin").get("/v1/rules", {"version": version})

        def text() -> None:
            console.print(f"Regler {rules['rules']} ({rules['engine']})", markup=False)
            sys.stdout.write(f"{rules['national']}\n---\n{rules['own'] or '# Inga egna regler.'}\n")

        show(rules, as_json, text)


@app.command("export")
def export(
    authority: AuthorityOption,
    out: Annotated[Path, typer.Option("--out", "-o", help="YAML-fil att skriva.")],
    version: VersionOption = "",
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Skriv myndighetens egna regler till en fil, så som de föreslogs."""
    with errors(as_json):
        rules = target(data, url, key).client(authority, "admin").get("/v1/rules", {"version": version})
        try:
            out.write_text(str(rules["own"]), encoding="utf-8")
        except OSError as error:
            raise InvalidInput("file.not_writable", f"Det går inte att skriva {out}.") from error
        show({"file": str(out), "rules": rules["rules"]}, as_json, lambda: console.print(f"Skrev {out}."))


@app.command("check")
def check(
    file: File,
    authority: AuthorityOption,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Pröva en regeltabell utan att föreslå den. Slutkod 0 bara om den går att föreslå."""
    with errors(as_json):
        client = target(data, url, key).client(authority, "admin")
        found = cast("CheckOut", client.post("/v1/rules/check", {"yaml": _read(file)}))
        show(cast("Mapping[str, Json]", found), as_json, lambda: _print_check(found))
        if found["problems"]:
            raise typer.Exit(EXIT_NO)


@app.command("propose")
def propose(
    file: File,
    authority: AuthorityOption,
    reason: Reason,
    effective: Annotated[str, typer.Option("--from", help="Första dagen, till exempel 2026-12-01; tomt: i dag.")] = "",
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Föreslå egna regler. De gäller först när någon annan har godkänt dem."""
    with errors(as_json):
        client = target(data, url, key).client(authority, "admin")
        body: dict[str, Json] = {"yaml": _read(file), "effective": effective, "reason": reason}
        made = cast("ProposedOut", client.post("/v1/rules/versions", body))

        def text() -> None:
            if made["version"] is not None:
                _print(made["version"])
            _print_problems(made["problems"])

        show(cast("Mapping[str, Json]", made), as_json, text)
        if made["version"] is None:
            raise typer.Exit(EXIT_NO)


@app.command("impact")
def impact(
    version: Version,
    authority: AuthorityOption,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Kör om de senaste 30 dagarnas loggade beslut under förslaget och visa vilka som hade blivit annorlunda."""
    _act(f"/v1/rules/versions/{version}/impact", {}, authority, data, url, key, as_json)


@app.command("approve")
def approve(
    version: Version,
    authority: AuthorityOption,
    reason: Reason,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Godkänn ett förslag, med en annan persons nyckel än den som föreslog (--key)."""
    _act(f"/v1/rules/versions/{version}/approve", {"reason": reason}, authority, data, url, key, as_json)


@app.command("reject")
def reject(
    version: Version,
    authority: AuthorityOption,
    reason: Reason,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Avslå ett förslag."""
    _act(f"/v1/rules/versions/{version}/reject", {"reason": reason}, authority, data, url, key, as_json)


@app.command("history")
def history(
    authority: AuthorityOption,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Visa alla versioner av myndighetens egna regler, nyast först."""
    with errors(as_json):
        client = target(data, url, key).client(authority, "admin")
        known = cast("VersionsOut", client.get("/v1/rules/versions"))

        def text() -> None:
            for each in known["versions"]:
                _print(each)
            if not known["versions"]:
                console.print("Inga egna regler har föreslagits.")

        show(cast("Mapping[str, Json]", known), as_json, text)


def _act(path: str, body: dict[str, Json], authority: str, data: Path, url: str, key: str, as_json: bool) -> None:
    with errors(as_json):
        done = cast("VersionOut", target(data, url, key).client(authority, "admin").post(path, body))
        show(cast("Mapping[str, Json]", done), as_json, lambda: _print(done))


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput("file.unreadable", f"Det går inte att läsa {file} som text.") from error


_STATES = {"proposed": "föreslagen", "published": "publicerad", "rejected": "avslagen"}


def _print(version: VersionOut) -> None:
    state = "gäller nu" if version["in_force"] else _STATES.get(version["state"], version["state"])
    console.print(
        f"{version['id']}  {version['name']}, utgåva {version['edition']}: {state}, från {version['effective']}",
        markup=False,
    )
    if version["impact"] is not None:
        _print_impact(version["impact"])


def _print_impact(impact: ImpactOut) -> None:
    moved = [each for each in impact["moved"] if each["count"]]
    for each in moved:
        rows = ", ".join(f"{rule} {count}" for rule, count in sorted(each["rules"].items()))
        console.print(
            f"  {each['count']} svar hade gått från {each['was']} till {each['would']} ({rows})", markup=False
        )
    text = f"  {impact['decisions']} loggade beslut kördes om"
    console.print(text + ("" if moved else "; inget hade blivit annorlunda"))
    if impact["unreadable"]:
        console.print(f"  {impact['unreadable']} prövningar har gallrats eller går inte att läsa")


def _print_check(found: CheckOut) -> None:
    _print_problems(found["problems"])
    if not found["problems"]:
        console.print(f"[bold green]Tabellen går att föreslå.[/] {found['rules']} regler.")


def _print_problems(problems: list[ProblemOut]) -> None:
    for each in problems:
        where = f"rad {each['line']}, tecken {each['position']}" if each["line"] else "tabellen"
        names = [name for name in (f"regel {each['rule']}" if each["rule"] else "", each["column"]) if name]
        console.print(f"{', '.join([where, *names])}: {each['text']}", markup=False)
