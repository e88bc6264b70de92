"""The messages of an answer's stream."""

from __future__ import annotations

from typing import Literal

from protobuf import Oneof

from allmanning.contracts.generate.v1.generate_pb import AnswerResponse, Finished, Opened, Queued, Sentence
from allmanning.generate.admission.ticket import Place


def queued(place: Place) -> AnswerResponse:
    """The question waits for its turn."""
    waits = Queued(position=place.position, expected_wait_s=place.expected_wait_s)
    event: Oneof[Literal["queued"], Queued] = Oneof("queued", waits)
    return AnswerResponse(event=event)


def opened(decision_id: str) -> AnswerResponse:
    """The decision is on record."""
    event: Oneof[Literal["opened"], Opened] = Oneof("opened", Opened(decision_id=decision_id))
    return AnswerResponse(event=event)


def sentence(said: Sentence) -> AnswerResponse:
    """A sentence leaves."""
    event: Oneof[Literal["sentence"], Sentence] = Oneof("sentence", said)
    return AnswerResponse(event=event)


def finished(summary: Finished) -> AnswerResponse:
    """The decision is over."""
    event: Oneof[Literal["finished"], Finished] = Oneof("finished", summary)
    return AnswerResponse(event=event)
