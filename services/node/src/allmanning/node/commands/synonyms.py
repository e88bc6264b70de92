"""`allmanning synonyms`: an authority's own words."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, cast

import typer

from allmanning.node.folder import DEFAULT
from allmanning.node.output import AsJson, AuthorityOption, Data, KeyOption, Url, console, errors, show, target
from allmanning.node.synonym_file import rows, written
from allmanning.runtime.record import Json

app = typer.Typer(help="Myndighetens egna ord: vad folk säger, och vad dokumenten skriver.", no_args_is_help=True)


@app.command("show")
def show_synonyms(
    authority: AuthorityOption,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Visa listan, så som `set` läser den."""
    with errors(as_json):
        known = target(data, url, key).client(authority, "caseworker").synonyms()
        text = written(known["synonyms"])
        show(cast("Mapping[str, Json]", known), as_json, lambda: console.print(text, end="", markup=False))


@app.command("set")
def set_synonyms(
    file: Annotated[Path, typer.Argument(help="YAML med en rad per ord: dagis*: [förskola]")],
    authority: AuthorityOption,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Byt ut hela listan mot filens. Gäller från nästa sökning."""
    with errors(as_json):
        stored = target(data, url, key).client(authority, "admin").put_synonyms(list(rows(file)))
        count = len(stored["synonyms"])
        show(cast("Mapping[str, Json]", stored), as_json, lambda: console.print(f"Listan har nu {count} ord."))
