"""An authority's registers: read, written in, published, and the use that was declared."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from allmanning.audit.log.actor import actor
from allmanning.audit.log.ledger import Ledger
from allmanning.audit.registers.band import Band
from allmanning.audit.registers.book import BOOK, DECLARED, PUBLISHED, WRITTEN, Book, book_of
from allmanning.audit.registers.card import Card, Named, card_of
from allmanning.audit.registers.form import Form, form, writable
from allmanning.audit.registers.register import filled
from allmanning.contracts.access.v1.access_pb import Principal, Role
from allmanning.runtime.errors import Conflict, Forbidden, InvalidInput, NotFound
from allmanning.runtime.identity import checked_authority
from allmanning.runtime.record import Content, Json, canonical, digest, now

MAX_TEXT_CHARS: Final = 20_000
MAX_REASON_CHARS: Final = 2_000
MAX_ALL_TEXTS_BYTES: Final = 400_000
# Preserved: what an authority has told of itself, and who decided so.
_KEPT: Final = "B"


class Registers:
    """One method for what an administrator does; everything that changes something is a record."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._records = ledger.records
        # One change at a time: texts are written on top of those that were there.
        self._changing: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def card(self, authority: str, named: Named) -> Card:
        """The system card as it is now."""
        return await asyncio.to_thread(self._card, checked_authority(authority), named)

    def _card(self, authority: str, named: Named) -> Card:
        with self._records.reading(authority) as log:
            return card_of(log, now(), named)

    async def book(self, authority: str) -> Book:
        """What the log says of the registers."""
        return await asyncio.to_thread(self._book, checked_authority(authority))

    def _book(self, authority: str) -> Book:
        with self._records.reading(authority) as log:
            return book_of(log)

    async def document(self, authority: str, named: Named, register: str) -> dict[str, Json]:
        """A register as it would be now, with marks where a person must write.

        Raises:
            NotFound: `register.unknown`.
        """
        return filled(form(register), await self.card(authority, named)).as_json()

    async def published(self, authority: str, register: str) -> Mapping[str, Json]:
        """A register as it was last published; only one that is meant for the public.

        Raises:
            NotFound: `register.unknown`, `register.not_published`.
        """
        if not form(register).public:
            raise _not_published()
        return await asyncio.to_thread(self._published, checked_authority(authority), register)

    def _published(self, authority: str, register: str) -> Mapping[str, Json]:
        with self._records.reading(authority) as log:
            publication = book_of(log).published(register)
            leaf = next(
                (each.leaf for each in log.records(BOOK) if publication and each.leaf.id == publication.record), None
            )
            part = log.parts(leaf).get("document") if leaf else None
        value: Json = json.loads(part.content) if part else None
        if not isinstance(value, dict):
            raise _not_published()
        return value

    async def write(self, principal: Principal, texts: Mapping[str, str]) -> dict[str, str]:
        """Keep what people have written, on top of what was written before; an empty text is taken away.

        Raises:
            Forbidden: `register.forbidden`. InvalidInput: `register.text`.
            Unavailable: `audit.unavailable`, `audit.pending`.
        """
        authority = _administrator(principal)
        known = writable()
        if not texts or (unknown := sorted(texts.keys() - known.keys())):
            raise InvalidInput("register.text", f"De texterna finns inte: {', '.join(unknown) if texts else '(inga)'}.")
        if any(len(each) > MAX_TEXT_CHARS for each in texts.values()):
            raise InvalidInput("register.text", f"En text får vara högst {MAX_TEXT_CHARS} tecken.")
        async with self._changing[authority]:
            before = (await self.book(authority)).texts
            after = {key: text.strip() for key, text in (before | dict(texts)).items() if text.strip()}
            if len(canonical(after)) > MAX_ALL_TEXTS_BYTES:
                raise InvalidInput("register.text", f"Texterna är tillsammans över {MAX_ALL_TEXTS_BYTES // 1000} kB.")
            await self._leave(
                principal,
                WRITTEN,
                {"texts": list[Json](sorted(texts))},
                {"texts": Content(dict(after), retention=_KEPT)},
            )
        return after

    async def publish(self, principal: Principal, named: Named, register: str, reason: str) -> tuple[str, str, str]:
        """Publish a register as it is now: the record's id, and the hashes of card and document.

        Raises:
            Forbidden: `register.forbidden`. NotFound: `register.unknown`.
            InvalidInput: `register.reason`. Conflict: `register.unwritten`, with the texts that are missing.
            Unavailable: `audit.unavailable`, `audit.pending`.
        """
        authority, wanted, why = _administrator(principal), form(register), _stated(reason)
        async with self._changing[authority]:
            card = await self.card(authority, named)
            document = _publishable(wanted, card)
            hashed = digest(canonical(document))
            said = {
                "register": register,
                "standard": wanted.standard,
                "card": card.hash,
                "document": hashed,
            }
            content = {
                "card": Content(dict(card.value), retention=_KEPT),
                "document": Content(document, retention=_KEPT),
                "reason": Content(why, retention=_KEPT),
            }
            record = await self._leave(principal, PUBLISHED, said, content)
        return record, card.hash, hashed

    async def declare(self, principal: Principal, band: Band, reason: str) -> str:
        """Declare the use that is expected; returns the record's id.

        Raises:
            Forbidden: `register.forbidden`. InvalidInput: `register.reason`, `band.*`.
            Unavailable: `audit.unavailable`, `audit.pending`.
        """
        authority, why = _administrator(principal), _stated(reason)
        said: Mapping[str, Json] = {"declared": band.checked().as_json()}
        async with self._changing[authority]:
            return await self._leave(principal, DECLARED, said, {"reason": Content(why, retention=_KEPT)})

    async def _leave(
        self, principal: Principal, kind: str, fields: Mapping[str, Json], parts: Mapping[str, Content]
    ) -> str:
        role = principal.role.name.lower()
        unit: dict[str, Json] = {"unit": principal.unit} if principal.unit else {}
        return await self._ledger.leave(
            kind,
            authority=principal.authority,
            decision=BOOK,
            fields={**fields, "role": role, **unit},
            parts={**parts, "actor": actor(principal)},
        )


def _publishable(wanted: Form, card: Card) -> dict[str, Json]:
    register = filled(wanted, card)
    if register.unwritten:
        raise Conflict("register.unwritten", f"Skriv först det som saknas: {', '.join(register.unwritten)}.")
    return register.as_json(published=True)


def _administrator(principal: Principal) -> str:
    if principal.role is not Role.ADMIN:
        raise Forbidden("register.forbidden", "Bara administratörer får ändra och publicera register.")
    return checked_authority(principal.authority)


def _stated(reason: str) -> str:
    if not 0 < len(reason.strip()) <= MAX_REASON_CHARS:
        raise InvalidInput(
            "register.reason", f"Skriv varför, med högst {MAX_REASON_CHARS} tecken. Det sparas i loggen."
        )
    return reason.strip()


def _not_published() -> NotFound:
    return NotFound("register.not_published", "Registret är inte publicerat.")
