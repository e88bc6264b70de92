"""What a question passes before any work is done on it: its authority's budget, then a place."""

from __future__ import annotations

from collections.abc import AsyncIterator

from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.generate.admission.budget import Budget
from allmanning.generate.admission.lines import Lines
from allmanning.generate.admission.quota import BATCH
from allmanning.generate.admission.quotas import Quotas
from allmanning.generate.admission.ticket import Place, Ticket
from allmanning.generate.draft import Answerer


class Visit:
    """One question inside; `leave` in any case."""

    def __init__(self, ticket: Ticket, budget: Budget, reserved: int) -> None:
        self._ticket = ticket
        self._budget = budget
        self._reserved = reserved

    @property
    def waited_ms(self) -> int:
        return self._ticket.waited_ms

    def turn(self) -> AsyncIterator[Place]:
        """Ends when the turn has come, see `Ticket.turn`."""
        return self._ticket.turn()

    def leave(self, used: int) -> None:
        """The answer has ended, or is not wanted; a model used so many tokens for it. Safe to call once."""
        self._ticket.leave()
        self._budget.charge(self._ticket.flow.authority, self._reserved, used)


class Door:
    """Lets questions in, in fair order."""

    def __init__(self, lines: Lines, budget: Budget, quotas: Quotas) -> None:
        self._lines = lines
        self._budget = budget
        self._quotas = quotas

    async def enter(self, principal: Principal, answerer: Answerer, *, batch: bool) -> Visit:
        """Ask for a turn for an answer that `answerer` is to word.

        Raises:
            Busy: `budget.used_up`, `queue.full`, `queue.too_long`; each says when to come back.
            Unavailable: `budget.unavailable`, `quota.unavailable`.
        """
        authority, most_tokens = principal.authority, answerer.most_tokens
        quota = await self._quotas.now(authority)
        if most_tokens:
            await self._budget.check(authority, quota.limit)
        ticket = self._lines.before(answerer).enter(authority, BATCH if batch else principal.channel)
        self._budget.reserve(authority, most_tokens)
        return Visit(ticket, self._budget, most_tokens)
