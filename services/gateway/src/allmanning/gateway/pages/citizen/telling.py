"""An answer as a page tells it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from allmanning.contracts.generate.v1.generate_pb import Citation, Finished, Reason, Referral
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, Location, Passage
from allmanning.gateway.pages.citizen.conversation import CitedSource, SourcePlace, Turn
from allmanning.gateway.shapes import OUTCOMES, view_of

# Somebody who looks after the documents can do something about these.
_GAPS = (Reason.NOT_IN_SOURCES, Reason.OUT_OF_SCOPE, Reason.CONFLICTING_SOURCES)
# Emergency and helpline numbers, and those of an area with its code.
_NUMBER: Final = re.compile(r"(?<![\d.-])(?:0\d{1,3}[- ]\d[\d ]{4,9}\d|116 ?\d{3}|90 ?101|1177|112)(?![\d-])")


@dataclass(frozen=True)
class Telling:
    """A turn of the conversation, and what only the newest one tells."""

    turn: Turn
    outcome: str
    referral: Referral | None
    gap: bool
    """The documents have no answer, and perhaps should."""
    crisis: bool = False
    """Somebody may be in danger: they are asked for nothing."""

    @property
    def numbers(self) -> Sequence[str]:
        """Phone numbers in what is told to somebody in danger, to be called at a press; otherwise none."""
        return list(dict.fromkeys(_NUMBER.findall(self.turn.answered))) if self.crisis else []


def telling(question: str, finished: Finished, token: str) -> Telling:
    """`token` shows later that the answer went to whoever has it."""
    by_number = {each.number: each for each in reversed(finished.citations)}
    own = finished.text.removeprefix(finished.foreword)
    turn = Turn(
        asked=question,
        answered=own,
        foreword=finished.foreword,
        asked_in=finished.language or "sv",
        decision=finished.decision_id,
        token=token,
        language=finished.text_language or finished.language or "sv",
        sources=tuple(_source(by_number[number]) for number in sorted(by_number)),
        nearby=tuple(_place(each) for each in finished.nearby),
        nearby_heading=finished.nearby_heading,
    )
    outcome = OUTCOMES.get(finished.outcome, "abstained")
    return Telling(
        turn,
        outcome,
        finished.referral,
        gap=outcome == "abstained" and finished.reason in _GAPS,
        crisis=finished.reason is Reason.CRISIS,
    )


def _source(citation: Citation) -> CitedSource:
    place = _place(citation.passage or Passage(), citation.quote)
    return CitedSource(number=citation.number, **place.model_dump())


def _place(passage: Passage, quote: str = "") -> SourcePlace:
    version = passage.document or DocumentVersion()
    location = passage.location or Location()
    return SourcePlace(
        title=version.title or version.uri,
        heading=location.headings[-1] if location.headings else "",
        page=location.page,
        valid_from=version.valid_from,
        view=view_of(passage, quote),
    )
