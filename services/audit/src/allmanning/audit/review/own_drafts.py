"""A caseworker asks a colleague to look at an answer before it is used: an entry in the review queue."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import Final

from allmanning.audit.log.actor import actor, key_in
from allmanning.audit.log.reading import Reading
from allmanning.audit.review.case import OPEN, File, cases, contents
from allmanning.audit.review.desk import Desk, Key, reviewer
from allmanning.audit.review.projection import DRAFT_SENT
from allmanning.audit.review.schema import reviews
from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.contracts.audit.v1.audit_pb import Review
from allmanning.contracts.audit.v1.review_pb import SendDraftRequest
from allmanning.runtime.errors import InvalidInput, NotFound
from allmanning.runtime.record import Content

MAX_TEXT_CHARS: Final = 20_000
MAX_MESSAGE_CHARS: Final = 2_000
_ASKED: Final = "question.received"


class OwnDrafts:
    """Takes drafts in. Who sent one never reviews it: `claims.refuse_strangers`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._turns: defaultdict[Key, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def send(self, request: SendDraftRequest) -> Review:
        """Record it, and so open its review. The same words again, while they wait, get the same answer.

        Raises:
            Forbidden: `review.forbidden`. InvalidInput: `review.text`, `review.message`.
            NotFound: `decision.not_found`, also for an answer that somebody else asked for.
            Unavailable: `audit.unavailable`, `audit.pending`.
        """
        principal = _checked(request)
        key = Key(principal.authority, request.decision_id)
        async with self._turns[key]:
            opened = await asyncio.to_thread(self._waiting, principal, request)
            if not opened:
                opened = await self._desk.ledger.leave(
                    DRAFT_SENT,
                    authority=principal.authority,
                    decision=request.decision_id,
                    fields={"review": {"role": principal.role.name.lower(), "unit": principal.unit}},
                    parts={
                        "draft": Content(request.text.strip()),
                        "message": Content(request.message.strip()),
                        "sender": actor(principal),
                    },
                )
        if not self._turns[key].locked():
            self._turns.pop(key, None)
        file = await self._desk.look(Key(principal.authority, opened))
        return file.review(principal, self._desk.terms.deadline_hours)

    def _waiting(self, principal: Principal, request: SendDraftRequest) -> str:
        """The review in which these words wait already; empty when they don't."""
        with self._desk.ledger.records.reading(principal.authority) as log:
            if not _asked_by(log, request.decision_id, principal.key_id):
                raise NotFound(
                    "decision.not_found",
                    "Du har inget svar med det numret. (You have no answer with that number.)",
                )
            here = (reviews.c.own, reviews.c.contests == request.decision_id, reviews.c.state == OPEN)
            files = [File.read(log, each) for each in cases(log, *here)]
        same = (each for each in files if each.sender == principal.key_id and each.draft == request.text.strip())
        return next((each.case.decision for each in same), "")


def _asked_by(log: Reading, decision: str, key_id: str) -> bool:
    asked = (each.leaf for each in log.records(decision) if each.leaf.kind() == _ASKED)
    return any(key_in(contents(log, leaf).get("actor")) == key_id for leaf in asked)


def _checked(request: SendDraftRequest) -> Principal:
    principal = reviewer(request.principal)
    if not request.text.strip():
        raise InvalidInput("review.text", "Skriv texten som en kollega ska läsa. (Write the text.)")
    if len(request.text) > MAX_TEXT_CHARS:
        raise InvalidInput("review.text", f"Texten får vara högst {MAX_TEXT_CHARS} tecken. (The text is too long.)")
    if not request.message.strip() or len(request.message) > MAX_MESSAGE_CHARS:
        raise InvalidInput(
            "review.message",
            f"Skriv vad kollegan ska titta på, högst {MAX_MESSAGE_CHARS} tecken. (Write what to look at.)",
        )
    return principal
