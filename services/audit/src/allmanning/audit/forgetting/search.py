"""Find what the log holds of a person: by words in the content, by decision, by key."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Final

from allmanning.audit.forgetting.naming import SHORTEST, names
from allmanning.audit.forgetting.persons import administrator, stated
from allmanning.audit.forgetting.projection import SEARCHED
from allmanning.audit.forgetting.targets import held_of
from allmanning.audit.log.actor import actor
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.ledger import Ledger
from allmanning.audit.log.reading import Reading
from allmanning.contracts.audit.v1 import erasure_pb as proto
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.identity import uuid7
from allmanning.runtime.record import Content, Json

MOST_FOUND: Final = 1_000


class Search:
    """Opens content to find a person, which is itself on record."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def find(self, request: proto.SearchPersonRequest) -> proto.SearchPersonResponse:
        """The records that name the person, without their content.

        Raises:
            Forbidden: `forget.forbidden`. InvalidInput: `forget.reason`, `search.empty`.
            Unavailable: `audit.unavailable`, when the search can't be recorded.
        """
        principal = administrator(request.principal)
        if not (request.decision_ids or request.key_id or len(request.text.strip()) >= SHORTEST):
            raise InvalidInput(
                "search.empty",
                f"Ange minst {SHORTEST} tecken, beslut eller en nyckel. (Give words, decisions or a key.)",
            )
        query: Json = {"text": request.text, "decisions": list(request.decision_ids), "key_id": request.key_id}
        search = await self._ledger.leave(
            SEARCHED,
            authority=principal.authority,
            decision=uuid7(),
            parts={"actor": actor(principal), "reason": stated(request.reason), "query": Content(query)},
        )
        return await asyncio.to_thread(self._find, principal.authority, request, search)

    def _find(self, authority: str, request: proto.SearchPersonRequest, search: str) -> proto.SearchPersonResponse:
        found: list[proto.SearchPersonResponse.Found] = []
        with self._ledger.records.reading(authority) as log:
            held = held_of(log.connection, authority)
            for leaf in _leaves(log, request):
                named = [
                    part.name for part in log.parts(leaf).values() if names(part.content, request.text, request.key_id)
                ]
                whole = leaf.decision in request.decision_ids and leaf.parts
                if leaf.id == search or not (named or whole):
                    continue
                if len(found) == MOST_FOUND:
                    return proto.SearchPersonResponse(found=found, more=True)
                found.append(
                    proto.SearchPersonResponse.Found(
                        record_id=leaf.id,
                        decision_id=leaf.decision,
                        type=leaf.kind(),
                        time=leaf.time,
                        parts=sorted(named or leaf.parts),
                        held=leaf.decision in held,
                    )
                )
        return proto.SearchPersonResponse(found=found)


def _leaves(log: Reading, request: proto.SearchPersonRequest) -> Iterator[Leaf]:
    if request.text or request.key_id:
        for state in log.logs():
            yield from log.leaves(state, state.size)
        return
    for decision in dict.fromkeys(request.decision_ids):
        for placed in log.records(decision):
            yield placed.leaf
