"""Whose decisions these are is for the caller to know; that there are such is for the log to say."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from allmanning.audit.log.ledger import Ledger
from allmanning.audit.log.reading import Placed
from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.runtime.errors import Forbidden, NotFound
from allmanning.runtime.identity import checked_authority


def who_asked(principal: Principal | None) -> Principal:
    """Raises Forbidden: `asker.missing`. InvalidInput: `authority.invalid`."""
    if principal is None:
        raise Forbidden("asker.missing", "Det framgår inte vem som frågade. (Nobody is said to have asked.)")
    checked_authority(principal.authority)
    return principal


async def records_of(ledger: Ledger, authority: str, decisions: Sequence[str]) -> list[Placed]:
    """The records of these decisions.

    Raises:
        NotFound: `decision.not_found`, also when one of them has no record.
    """

    def look() -> list[list[Placed]]:
        with ledger.records.reading(authority) as log:
            return [log.records(each) for each in decisions]

    found = await asyncio.to_thread(look)
    if not found or not all(found):
        raise NotFound("decision.not_found", "Det finns inget beslut med det numret. (No such decision.)")
    return [each for records in found for each in records]
