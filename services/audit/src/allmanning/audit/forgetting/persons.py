"""Who may decide over what is kept, and that it takes two."""

from __future__ import annotations

import asyncio
from typing import Final

from allmanning.audit.log.actor import key_of
from allmanning.audit.log.ledger import Ledger
from allmanning.contracts.access.v1.access_pb import Principal, Role
from allmanning.runtime.errors import Forbidden, InvalidInput, Unavailable
from allmanning.runtime.identity import checked_authority
from allmanning.runtime.record import Content

MAX_REASON_CHARS: Final = 2_000


def administrator(principal: Principal | None) -> Principal:
    """Who decides.

    Raises:
        Forbidden: `forget.forbidden`, for anybody else than an administrator with a key.
    """
    if principal is None or principal.role is not Role.ADMIN or not principal.key_id:
        raise Forbidden("forget.forbidden", "Bara administratörer får göra det här. (Only administrators may do this.)")
    checked_authority(principal.authority)
    return principal


def stated(reason: str) -> Content:
    """A reason as a part.

    Raises:
        InvalidInput: `forget.reason`, when it is empty or too long.
    """
    if not reason.strip() or len(reason) > MAX_REASON_CHARS:
        raise InvalidInput("forget.reason", f"Skriv skälet, högst {MAX_REASON_CHARS} tecken. (Write the reason.)")
    return Content(reason, retention="B")


async def refuse_the_same(ledger: Ledger, principal: Principal, decision: str, kind: str) -> str:
    """Check that somebody else left the record of this kind; returns that person's key.

    Raises:
        Forbidden: `forget.two_persons`. Unavailable: `forget.first_unknown`, when it can't be known who it was.
    """
    first = await asyncio.to_thread(_key_of, ledger, principal.authority, decision, kind)
    if not first:
        raise Unavailable(
            "forget.first_unknown", "Det går inte att läsa vem som begärde det. (Who asked for it can't be read.)"
        )
    if first == principal.key_id:
        raise Forbidden(
            "forget.two_persons", "En annan person än den som begärde det ska besluta. (Another person must decide.)"
        )
    return first


def _key_of(ledger: Ledger, authority: str, decision: str, kind: str) -> str:
    with ledger.records.reading(authority) as log:
        left = (each.leaf for each in log.records(decision) if each.leaf.kind() == kind)
        return next((key for leaf in left if (key := key_of(log, leaf))), "")
