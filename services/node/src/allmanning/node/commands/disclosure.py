"""`allmanning audit disclosure`: hand out a decision with masks, and check what was handed out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, cast

import typer

from allmanning.audit.inspection.released import faults
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
from allmanning.runtime.errors import InvalidInput, NotFound
from allmanning.runtime.record import Json

app = typer.Typer(help="Utlämnande med maskning. Vem som begär ut sparas aldrig.", no_args_is_help=True)

Decision = Annotated[str, typer.Argument(help="Beslutets nummer.")]
Disclosure = Annotated[str, typer.Argument(help="Utlämnandets nummer.")]
Reason = Annotated[str, typer.Option("--reason", "-r", help="Skäl för din åtgärd; aldrig vem som begär ut.")]


@app.command("propose")
def propose(
    decision: Decision,
    authority: AuthorityOption,
    reason: Reason,
    out: Annotated[Path, typer.Option("--out", "-o", help="Fil med texter och föreslagna maskningar (JSON).")],
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Föreslå maskningar. Ändra i filen, och ge den till prepare."""
    with errors(as_json):
        client = target(data, url, key).client(authority, "caseworker")
        proposed = client.post("/v1/disclosures/proposals", {"decision_id": decision, "reason": reason})
        out.write_text(json.dumps(proposed, ensure_ascii=False, indent=2), encoding="utf-8")
        written: dict[str, Json] = {"file": str(out)}
        show(written, as_json, lambda: console.print(f"Skrev {out}.", markup=False))


@app.command("prepare")
def prepare(
    proposal: Annotated[Path, typer.Argument(help="Filen från propose, som du har gått igenom.")],
    authority: AuthorityOption,
    reason: Reason,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Första personens beslut om vad som maskas, varje maskning med lagrum."""
    with errors(as_json):
        read = _read(proposal)
        texts = cast("list[dict[str, Json]]", read.get("texts", []))
        masks = [mask for each in texts for mask in cast("list[Json]", each["masks"])]
        client = target(data, url, key).client(authority, "caseworker")
        body: dict[str, Json] = {"decision_id": read.get("decision", ""), "masks": masks, "reason": reason}
        made = client.post("/v1/disclosures", body)
        show(made, as_json, lambda: console.print(f"Utlämnande {made['disclosure']}; en annan person godkänner."))


@app.command("settle")
def settle(
    disclosure: Disclosure,
    authority: AuthorityOption,
    reason: Reason,
    approve: Annotated[bool, typer.Option("--approve/--reject", help="Godkänn eller avslå.")],
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Andra personens beslut."""
    with errors(as_json):
        client = target(data, url, key).client(authority, "admin")
        done = client.post(f"/v1/disclosures/{disclosure}", {"approve": approve, "reason": reason})
        show(done, as_json, lambda: console.print(f"Utlämnandet är {done['state']}."))


@app.command("release")
def release(
    disclosure: Disclosure,
    authority: AuthorityOption,
    out: Annotated[Path, typer.Option("--out", "-o", help="HTML-fil; beviset läggs bredvid som .bevis.json.")],
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Ta fram det som lämnas ut, och beviset."""
    with errors(as_json):
        made = target(data, url, key).client(authority, "caseworker").post(f"/v1/disclosures/{disclosure}/release", {})
        proof = out.with_suffix(".bevis.json")
        out.write_text(str(made["page"]), encoding="utf-8")
        proof.write_text(json.dumps(made["proof"], ensure_ascii=False), encoding="utf-8")
        written: dict[str, Json] = {"file": str(out), "proof": str(proof)}
        show(written, as_json, lambda: console.print(f"Skrev {out} och {proof}.", markup=False))


@app.command("check")
def check(
    proof: Annotated[Path, typer.Argument(help="Filen .bevis.json.")],
    data: Data = DEFAULT,  # noqa: ARG001 - every command takes it; this one needs no node
    as_json: AsJson = False,
) -> None:
    """Kontrollera utan plattform att det omaskade är oförändrat. Slutkod 1 om något inte stämmer."""
    with errors(as_json):
        found = faults(_read(proof))

        def text() -> None:
            for each in found:
                console.print(f"[red]✗[/] {each}")
            if not found:
                console.print("Delarna utan maskning är ordagrant de som finns i loggen.")

        show({"ok": not found, "faults": [*found]}, as_json, text)
        if found:
            raise typer.Exit(EXIT_NO)


def _read(path: Path) -> dict[str, Json]:
    if not path.is_file():
        raise NotFound("file.not_found", f"Det finns ingen fil {path}.")
    try:
        value: Json = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InvalidInput("file.not_json", f"{path} är inte JSON.") from error
    if not isinstance(value, dict):
        raise InvalidInput("file.not_json", f"{path} är inte ett JSON-objekt.")
    return value
