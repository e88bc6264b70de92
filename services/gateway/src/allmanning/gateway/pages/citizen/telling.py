"""An answer as a page tells it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from allmanning.contracts.generate.v1.generate_pb import Citation, Finished, Referral
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, Location, Passage
from allmanning.gateway.shapes import OUTCOMES, view_of


@dataclass(frozen=True)
class SourceLine:
    """One numbered source under an answer."""

    number: int
    title: str
    heading: str
    page: int
    valid_from: str
    quote: str
    view: str


@dataclass(frozen=True)
class Telling:
    """Question, answer and sources; `language` and `asked_in` are for the `lang` of the answer and its foreword."""

    question: str
    foreword: str
    asked_in: str
    paragraphs: Sequence[str]
    outcome: str
    decision_id: str
    language: str
    sources: Sequence[SourceLine]
    referral: Referral | None


def telling(question: str, finished: Finished) -> Telling:
    own = finished.text.removeprefix(finished.foreword)
    by_number = {each.number: each for each in reversed(finished.citations)}
    return Telling(
        question=question,
        foreword=finished.foreword,
        asked_in=finished.language or "sv",
        paragraphs=[line.strip() for line in own.split("\n") if line.strip()],
        outcome=OUTCOMES.get(finished.outcome, "abstained"),
        decision_id=finished.decision_id,
        language=finished.text_language or finished.language or "sv",
        sources=[_line(by_number[number]) for number in sorted(by_number)],
        referral=finished.referral,
    )


def _line(citation: Citation) -> SourceLine:
    passage = citation.passage or Passage()
    version = passage.document or DocumentVersion()
    location = passage.location or Location()
    return SourceLine(
        number=citation.number,
        title=version.title or version.uri,
        heading=location.headings[-1] if location.headings else "",
        page=location.page,
        valid_from=version.valid_from,
        quote=citation.quote,
        view=view_of(passage, citation.quote),
    )
