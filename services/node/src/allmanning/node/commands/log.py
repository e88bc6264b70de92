"""`allmanning log`: take out the decision log, and check one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from allmanning.audit.verify import verify_file
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
from allmanning.runtime.errors import NotFound
from allmanning.runtime.record import Json

app = typer.Typer(help="Beslutsloggen: ta ut den och kontrollera den.", no_args_is_help=True)


@app.command("bundle")
def bundle(
    authority: AuthorityOption,
    out: Annotated[Path, typer.Option("--out", "-o", help="ZIP-fil att skriva.")],
    content: Annotated[
        bool, typer.Option("--content/--no-content", help="Ta med innehållet, inte bara skelettet.")
    ] = True,
    reason: Annotated[str, typer.Option("--reason", help="Varför loggen tas ut; sparas i loggen.")] = "export",
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Ta ut hela beslutsloggen som en fil som kan kontrolleras utan plattformen."""
    with errors(as_json):
        client = target(data, url, key).client(authority, "auditor")
        size = client.download("/v1/log/bundle", {"with_content": content, "reason": reason}, out)
        result: dict[str, Json] = {"file": str(out), "size_bytes": size}
        show(result, as_json, lambda: console.print(f"Skrev {out} ({size:,} byte).".replace(",", " ")))


@app.command("verify")
def verify(
    file: Annotated[Path, typer.Argument(help="ZIP från log bundle, eller ett kvitto (JSON).")],
    vkey: Annotated[str, typer.Option("--vkey", help="Loggens publika nyckel, som du redan har den.")] = "",
    checkpoint: Annotated[
        Path | None, typer.Option("--checkpoint", help="Ett loggintyg (checkpoint) som du sparat.")
    ] = None,
    data: Data = DEFAULT,  # noqa: ARG001 - every command takes it; this one needs no node
    as_json: AsJson = False,
) -> None:
    """Kontrollera en logg eller ett kvitto, utan nätverk och utan plattform. Slutkod 0 bara om allt stämmer."""
    with errors(as_json):
        for path in (file, checkpoint):
            if path is not None and not path.is_file():
                raise NotFound("file.not_found", f"Det finns ingen fil {path}.")
        report = verify_file(file, vkey=vkey, checkpoint=checkpoint.read_text() if checkpoint else "")

        def text() -> None:
            for check in report.checks:
                console.print(f"{'[green]✓[/]' if check.ok else '[bold red]✗[/]'} ", end="")
                console.print(f"{check.name}: {check.detail}", markup=False)
            console.print("[bold green]Allt stämmer.[/]" if report.ok else "[bold red]Filen stämmer inte.[/]")

        show(report.as_dict(), as_json, text)
        if not report.ok:
            raise typer.Exit(EXIT_NO)
