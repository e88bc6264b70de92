"""Where what is asked may stand, as JSON: places in documents, and no answer."""

from __future__ import annotations

from collections.abc import Sequence

from typing_extensions import TypedDict

from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, Passage
from allmanning.gateway.shapes import Place, Source, place, source, view_of


class NearbyOut(TypedDict):
    """Where what is asked may stand; `view` is the path of the page that shows it, `link` its whole address."""

    document: Source
    location: Place
    view: str
    link: str


def nearby(passages: Sequence[Passage], origin: str) -> list[NearbyOut]:
    """In their order; `origin` is the address that links begin with."""
    return [
        NearbyOut(
            document=source(each.document or DocumentVersion()),
            location=place(each.location),
            view=view_of(each),
            link=f"{origin}{view_of(each)}",
        )
        for each in passages
    ]
