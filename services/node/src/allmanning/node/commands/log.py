"""`allmanning log`: take out the decision log, and check one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from allmanning.audit.export.certificate_page import certificate_page
from allmanning.audit.export.tlog_proof import tlog_proofs
from allmanning.audit.verify import verify_file
from allmanning.audit.verify.html import page
from allmanning.audit.verify.words import NOT_SHOWN, TITLES, verdict
from allmanning.node.commands import log_state
from allmanning.node.folder import DEFAULT
from allmanning.node.output import (
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
from allmanning.runtime.record import Json, now

app = typer.Typer(help="Beslutsloggen: ta ut den och kontrollera den.", no_args_is_help=True)
app.command("status")(log_state.status)
app.command("seal")(log_state.seal)


@app.command("bundle")
def bundle(
    authority: AuthorityOption,
    out: Annotated[Path, typer.Option("--out", "-o", help="ZIP-fil att skriva.")],
    content: Annotated[
        bool, typer.Option("--content/--no-content", help="Ta med innehållet, inte bara skelettet.")
    ] = True,
    reason: Annotated[str, typer.Option("--reason", help="Varför loggen tas ut; sparas i loggen.")] = "export",
    start: Annotated[str, typer.Option("--from", help="Första dagen i en period, till exempel 2026-01-01.")] = "",
    end: Annotated[str, typer.Option("--to", help="Dagen efter periodens sista dag.")] = "",
    decision: Annotated[
        list[str] | None, typer.Option("--decision", help="Bara detta beslut; kan anges flera gånger.")
    ] = None,
    part: Annotated[
        list[str] | None,
        typer.Option("--part", help="Öppna bara delar med detta namn, till exempel input; kan anges flera gånger."),
    ] = None,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Ta ut beslutsloggen, en period eller vissa beslut, som en fil som kan kontrolleras utan plattformen."""
    with errors(as_json):
        client = target(data, url, key).client(authority, "auditor")
        asked: dict[str, Json] = {
            "with_content": content,
            "reason": reason,
            "start": start,
            "end": end,
            "decisions": list(decision or ()),
            "parts": list(part or ()),
        }
        size = client.download("/v1/log/bundle", asked, out)
        result: dict[str, Json] = {"file": str(out), "size_bytes": size}
        show(result, as_json, lambda: console.print(f"Skrev {out} ({size:,} byte).".replace(",", " ")))


@app.command("certificate")
def certificate(
    authority: AuthorityOption,
    out: Annotated[Path, typer.Option("--out", "-o", help="JSON-fil att skriva; den är det undertecknade intyget.")],
    start: Annotated[str, typer.Option("--from", help="Periodens första dag, till exempel 2026-01-01.")] = "",
    end: Annotated[str, typer.Option("--to", help="Dagen efter periodens sista dag.")] = "",
    html: Annotated[Path | None, typer.Option("--html", help="Skriv intyget som en HTML-sida också.")] = None,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Ta ut ett undertecknat intyg om vad loggen innehåller för en period och att inget saknas."""
    with errors(as_json):
        client = target(data, url, key).client(authority, "auditor")
        size = client.fetch("/v1/log/certificate", {"from": start, "to": end}, out)
        if html:
            html.write_text(certificate_page(out.read_bytes()), encoding="utf-8")
        result: dict[str, Json] = {"file": str(out), "size_bytes": size}
        show(result, as_json, lambda: console.print(f"Skrev {out}."))


@app.command("verify")
def verify(
    file: Annotated[Path, typer.Argument(help="ZIP från log bundle, ett kvitto eller ett intyg (JSON).")],
    vkey: Annotated[str, typer.Option("--vkey", help="Loggens publika nyckel, som du redan har den.")] = "",
    checkpoint: Annotated[
        Path | None, typer.Option("--checkpoint", help="Ett loggintyg (checkpoint) som du sparat.")
    ] = None,
    policy: Annotated[
        Path | None, typer.Option("--policy", help="Vilka vittnen du litar på (C2SP tlog-policy).")
    ] = None,
    certificate: Annotated[
        Path | None, typer.Option("--certificate", help="Ett intyg vars siffror paketet ska ge igen.")
    ] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Skriv rapporten som en HTML-sida också.")] = None,
    tlog_proof: Annotated[
        Path | None, typer.Option("--tlog-proof", help="Mapp att skriva ett kvittos bevis i, som C2SP tlog-proof.")
    ] = None,
    data: Data = DEFAULT,  # noqa: ARG001 - every command takes it; this one needs no node
    as_json: AsJson = False,
) -> None:
    """Kontrollera en logg, ett kvitto eller ett intyg, utan nätverk och utan plattform.

    Slutkod 0: allt stämmer. 1: något stämmer inte. 2: inget fel hittades, men allt gick inte att kontrollera.
    """
    with errors(as_json):
        for path in (file, checkpoint, policy, certificate):
            if path is not None and not path.is_file():
                raise NotFound("file.not_found", f"Det finns ingen fil {path}.")
        report = verify_file(
            file,
            vkey=vkey,
            checkpoint=_read(checkpoint),
            policy=_read(policy),
            certificate=certificate.read_bytes() if certificate else b"",
        )
        if html:
            html.write_text(page(report, file.name, now()), encoding="utf-8")
        if tlog_proof and report.kind == "receipt" and report.ok:
            _write_proofs(file, tlog_proof)

        def text() -> None:
            for check in report.checks:
                console.print(f"{_MARKS[check.status]} ", end="")
                console.print(f"{TITLES.get(check.name, check.name)}: {check.detail}", markup=False)
            for each in report.erasures:
                told = f"  Gallrat: {each.what}, {each.ground}, beslutat {each.decided_on}"
                console.print(f"{told}, {each.parts} poster här.", markup=False)
            console.print(verdict(report), style="bold green" if report.ok else "bold red")
            console.print(NOT_SHOWN, markup=False)

        show(report.as_dict(), as_json, text)
        if report.exit_code:
            raise typer.Exit(report.exit_code)


def _write_proofs(receipt: Path, folder: Path) -> None:
    """For each record of the receipt its leaf and the proof of it."""
    folder.mkdir(parents=True, exist_ok=True)
    for each in tlog_proofs(receipt.read_bytes()):
        (folder / f"{each.place}.json").write_bytes(each.leaf)
        (folder / f"{each.place}.tlog-proof").write_text(each.text, encoding="utf-8")


_MARKS: Final = {
    "ok": "[green]✓[/]",
    "failed": "[bold red]✗[/]",
    "unchecked": "[yellow]?[/]",
    "untried": "[yellow]–[/]",
}


def _read(path: Path | None) -> str:
    """A text file; bytes that are no text become such that no signature fits."""
    return path.read_text(encoding="utf-8", errors="replace") if path else ""
