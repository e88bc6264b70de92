"""Ours, under `allmanning` in a response: what the answer rests on and how it can be checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fastapi import Request
from typing_extensions import TypedDict

from allmanning.contracts.generate.v1.generate_pb import Finished, Reason
from allmanning.gateway.asker import Asker
from allmanning.gateway.language import api_language, translate
from allmanning.gateway.links import origin_of
from allmanning.gateway.nearby import NearbyOut, nearby
from allmanning.gateway.shapes import OUTCOMES, CitationOut, citations

NOTICE: Final = (
    "Svaret är skrivet av en AI-tjänst och bygger bara på myndighetens dokument. Kontrollera det mot källan."
)


class Opening(TypedDict):
    """What the first piece of a stream says: which decision it is, and that an AI speaks (AI Act, art. 50.1)."""

    decision_id: str
    notice: str


class ReferralOut(TypedDict):
    """The authority to turn to instead; empty texts are unknown."""

    name: str
    url: str
    phone: str


class Grounds(TypedDict):
    """`reason` says why there is no ordinary answer, and is empty when there is one.

    `language` is the question's, `text_language` the answer's own; `foreword` is what the text begins with in the
    question's language when they differ. `nearby` are up to three places where what is asked may stand, when no sure
    answer was found: they are no answer. `pins` are hashes of what decides how answers come about, by kind;
    `not_followed` names what was asked for in vain.
    """

    decision_id: str
    outcome: str
    reason: str
    referral: ReferralOut | None
    citations: list[CitationOut]
    nearby: list[NearbyOut]
    rule: str
    model: str
    language: str
    text_language: str
    foreword: str
    notice: str
    receipt: str
    pins: dict[str, str]
    not_followed: list[str]


@dataclass(frozen=True)
class Teller:
    """What telling of an answer needs to know of the call: whose it is, its language, and the address it came to."""

    authority: str
    language: str
    origin: str
    unused: Sequence[str] = ()

    @classmethod
    def of(cls, request: Request, asker: Asker, unused: Sequence[str] = ()) -> Teller:
        return cls(asker.principal.authority, api_language(request.headers), origin_of(request), unused)

    def opening(self, decision_id: str) -> Opening:
        return Opening(decision_id=decision_id, notice=translate(NOTICE, self.language))

    def grounds(self, finished: Finished) -> Grounds:
        """The notice is in the answer's language, or the call's when that is unknown."""
        to = finished.referral
        return Grounds(
            decision_id=finished.decision_id,
            outcome=OUTCOMES.get(finished.outcome, "abstained"),
            reason="" if finished.reason is Reason.UNSPECIFIED else finished.reason.name.lower(),
            referral=ReferralOut(name=to.name, url=to.url, phone=to.phone) if to else None,
            citations=citations(finished.citations, self.origin),
            nearby=nearby(finished.nearby, self.origin),
            rule=finished.rule_id,
            model=finished.model,
            language=finished.language,
            text_language=finished.text_language,
            foreword=finished.foreword,
            notice=translate(NOTICE, finished.language or self.language),
            receipt=f"/v1/decisions/{finished.decision_id}/receipt?authority={self.authority}",
            pins=dict(finished.pins),
            not_followed=[*finished.not_followed, *self.unused],
        )
