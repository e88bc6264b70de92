"""Somebody wants a person to get in touch, and hands the conversation over: an entry in the review queue."""

from __future__ import annotations

import asyncio
from typing import Final

from allmanning.audit.asking.own_decision import records_of, who_asked
from allmanning.audit.log.ledger import Ledger
from allmanning.audit.review.projection import CONTACT_REQUESTED
from allmanning.contracts.audit.v1.asker_pb import RequestContactRequest
from allmanning.runtime.errors import Conflict, InvalidInput
from allmanning.runtime.record import Content

MAX_CHARS: Final = 200
MAX_MESSAGE_CHARS: Final = 4_000
MAX_CONVERSATION_CHARS: Final = 100_000


class Contacts:
    """Takes requests in."""

    def __init__(self, ledger: Ledger, hours: int) -> None:
        self._ledger = ledger
        self._hours = hours
        self._one_at_a_time = asyncio.Lock()

    async def request(self, request: RequestContactRequest) -> str:
        """Record it, with who and what in sealed parts; returns the id of the review that it opens.

        Raises:
            Forbidden: `asker.missing`. NotFound: `decision.not_found`.
            InvalidInput: `contact.reach_missing`, `contact.too_long`. Conflict: `contact.sent`.
        """
        principal = who_asked(request.principal)
        _checked(request)
        decisions = list(request.decision_ids)
        # A double click must not make two: the second one sees the first one's record.
        async with self._one_at_a_time:
            records = await records_of(self._ledger, principal.authority, decisions)
            if any(each.leaf.kind() == CONTACT_REQUESTED and each.leaf.decision == decisions[-1] for each in records):
                raise Conflict(
                    "contact.sent",
                    "Vi har redan fått samtalet, och en människa hör av sig. (We have it already.)",
                )
            return await self._ledger.leave(
                CONTACT_REQUESTED,
                authority=principal.authority,
                decision=decisions[-1],
                fields={"review": {"deadline_hours": self._hours}},
                parts={
                    "name": Content(request.name.strip()),
                    "reach": Content(request.reach.strip()),
                    "message": Content(request.message.strip()),
                    "talk": Content(request.conversation),
                },
            )


def _checked(request: RequestContactRequest) -> None:
    if not request.reach.strip():
        raise InvalidInput(
            "contact.reach_missing",
            "Skriv ett telefonnummer eller en e-postadress, så att vi kan nå dig. (Write how to reach you.)",
        )
    limits = ((request.name, MAX_CHARS), (request.reach, MAX_CHARS), (request.message, MAX_MESSAGE_CHARS))
    if any(len(text) > most for text, most in (*limits, (request.conversation, MAX_CONVERSATION_CHARS))):
        raise InvalidInput(
            "contact.too_long",
            f"Skriv namn och kontaktväg med högst {MAX_CHARS} tecken och meddelandet med högst {MAX_MESSAGE_CHARS}. "
            f"(At most {MAX_CHARS} and {MAX_MESSAGE_CHARS} characters.)",
        )
