"""`allmanning report`: what was noticed in a document, and where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, cast

import typer

from allmanning.node.folder import DEFAULT
from allmanning.node.output import AsJson, AuthorityOption, Data, KeyOption, Url, console, errors, show, target
from allmanning.runtime.record import Json

if TYPE_CHECKING:
    from allmanning.gateway.api.report import PlaceOut, ReportOut


def report(
    document: Annotated[str, typer.Argument(help="Dokumentets id.")],
    authority: AuthorityOption,
    data: Data = DEFAULT,
    url: Url = "",
    key: KeyOption = "",
    as_json: AsJson = False,
) -> None:
    """Visa vad som märktes i ett dokument: personuppgifter, dold text och annat, med orden omkring."""
    with errors(as_json):
        client = target(data, url, key).client(authority, "admin")
        found = cast("ReportOut", client.get(f"/v1/documents/{document}/report"))
        show(cast("Mapping[str, Json]", found), as_json, lambda: _print(found))


def _print(found: ReportOut) -> None:
    about = found["document"]
    console.print(f"{about['title'] or about['uri']}: {about['state']} {about['code']}".rstrip(), markup=False)
    if about["reason"]:
        console.print(about["reason"], markup=False)
    for finding in found["findings"]:
        console.print(f"\n{finding['code']}: {finding['count']}", markup=False)
        for place in finding["places"]:
            console.print(f"  {_where(place)}", markup=False)


def _where(place: PlaceOut) -> str:
    page = f"sida {place['page']}, " if place["page"] else ""
    words = " ".join(f"…{place['before']}[{place['words']}]{place['after']}…".split())
    return f"{page}tecken {place['start']}–{place['end']}: {words}"
