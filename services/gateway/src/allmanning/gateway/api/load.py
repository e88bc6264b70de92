"""How busy the answering is, and what the asker's authority may use of it."""

from __future__ import annotations

from fastapi import APIRouter
from typing_extensions import TypedDict

from allmanning.contracts.generate.v1.generate_pb import GetLoadRequest, GetLoadResponse
from allmanning.gateway.asker import Keyed, TheParts
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime import subjects

router = APIRouter(prefix="/v1/load", tags=["chat"])


class LoadOut(TypedDict):
    """Of the process that answered: `places`, `taken`, `waiting` (all authorities) and `answer_s`, the mean time that
    an answer keeps its place (null before the first). `own_…`: of the authority. `max_…`: beyond these, a question is
    told to come back later. `tokens_per_day`: null without a limit; `tokens_used` counts the Swedish day.
    """

    places: int
    taken: int
    waiting: int
    answer_s: float | None
    own_taken: int
    own_waiting: int
    weight: float
    channel_weights: dict[str, float]
    max_own_waiting: int
    max_waiting: int
    max_wait_s: float
    tokens_used: int
    tokens_per_day: int | None


@router.get("")
async def load(asker: Keyed, parts: TheParts) -> LoadOut:
    """The limits in force for the authority, and how busy it is now."""
    asker.require(Permission.LOAD_READ)
    found = await parts.bus.call(
        subjects.GENERATE_GET_LOAD, GetLoadRequest(principal=asker.principal), GetLoadResponse
    )  # fmt: skip
    return LoadOut(
        places=found.places,
        taken=found.taken,
        waiting=found.waiting,
        answer_s=found.answer_s or None,
        own_taken=found.own_taken,
        own_waiting=found.own_waiting,
        weight=found.weight,
        channel_weights=dict(found.channel_weights),
        max_own_waiting=found.max_own_waiting,
        max_waiting=found.max_waiting,
        max_wait_s=found.max_wait_s,
        tokens_used=found.tokens_used,
        tokens_per_day=found.tokens_per_day or None,
    )
