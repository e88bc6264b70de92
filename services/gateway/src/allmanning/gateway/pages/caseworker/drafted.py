"""An answer draft as a caseworker reads it: sources on top, and as text to copy with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from allmanning.contracts.generate.v1.generate_pb import Finished
from allmanning.gateway.nearby import NearbyOut, nearby
from allmanning.gateway.shapes import OUTCOMES, CitationOut, citations


@dataclass(frozen=True)
class Drafted:
    """`copied` is the whole as plain text, with its sources and its number in the log."""

    question: str
    paragraphs: Sequence[str]
    outcome: str
    decision_id: str
    language: str
    sources: Sequence[CitationOut]
    nearby: Sequence[NearbyOut]
    nearby_heading: str
    copied: str


def drafted(question: str, finished: Finished, origin: str) -> Drafted:
    """`origin` is the address that links begin with."""
    sources = citations(finished.citations, origin)
    lines = [line.strip() for line in finished.text.split("\n") if line.strip()]
    listed = [f"[{each['number']}] {source_line(each)}. {each['link']}" for each in sources]
    return Drafted(
        question=question,
        paragraphs=lines,
        outcome=OUTCOMES.get(finished.outcome, "abstained"),
        decision_id=finished.decision_id,
        language=finished.text_language or finished.language or "sv",
        sources=sources,
        nearby=nearby(finished.nearby, origin),
        nearby_heading=finished.nearby_heading,
        copied="\n".join([*lines, "", *listed, f"Utkast av AI, beslut {finished.decision_id}"]),
    )


def source_line(cited: CitationOut) -> str:
    """Title, section and page."""
    title = cited["document"]["title"] or cited["document"]["uri"]
    headings, page = cited["location"]["headings"], cited["location"]["page"]
    section = [headings[-1]] if headings and headings[-1] != title else []
    return ", ".join([title, *section, *([f"s. {page}"] if page else [])])
