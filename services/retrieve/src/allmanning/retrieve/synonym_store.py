"""Where the authorities' own words are kept: a key-value bucket that all retrieve processes share."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from nats.errors import Error as NatsError
from nats.js.errors import KeyNotFoundError
from nats.js.kv import KeyValue

from allmanning.contracts.retrieve.v1.retrieve_pb import GetSynonymsResponse, Synonym
from allmanning.retrieve.synonyms import OwnWords, checked_synonyms, own_words_of, version_of
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import InvalidInput, Unavailable
from allmanning.runtime.identity import checked_authority

BUCKET: Final = "synonyms"
# What another process has written is known here after this long: half a second for a read of half a millisecond.
_FRESH_S: Final = 0.5
# A search does not wait for a bucket that is slow, nor ask one that did not answer again and again.
_SEARCH_TIMEOUT_S: Final = 0.3
_TIMEOUT_S: Final = 5.0
_RETRY_S: Final = 3.0

log = logging.getLogger(__name__)


@dataclass
class _Known:
    words: OwnWords
    revision: int
    fresh_until: float


class SynonymStore:
    """A `Vocabulary` that can be read and written.

    `get` and `put` raise `Unavailable` (`synonyms.unavailable`) when the bucket does not answer.
    """

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._bucket: KeyValue | None = None
        self._known: dict[str, _Known] = {}

    async def get(self, authority: str) -> GetSynonymsResponse:
        """The rows of an authority as they are now, and their hash."""
        try:
            _, rows = await self._read(checked_authority(authority), _TIMEOUT_S)
        except (NatsError, TimeoutError) as error:
            raise _unavailable() from error
        return rows

    async def put(self, authority: str, synonyms: Sequence[Synonym]) -> str:
        """Keep these rows in place of all there were, and return their hash.

        Raises `InvalidInput`: `synonyms.invalid`.
        """
        rows = checked_synonyms(synonyms)
        kept = GetSynonymsResponse(synonyms=rows, version=version_of(rows))
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                revision = await (await self._opened()).put(checked_authority(authority), kept.to_binary())
        except (NatsError, TimeoutError) as error:
            raise _unavailable() from error
        self._known[authority] = _Known(own_words_of(rows), revision, time.monotonic() + _FRESH_S)
        return kept.version

    async def own_words(self, authority: str) -> OwnWords:
        """The words of an authority, at most half a second old; while the bucket does not answer, the last known."""
        known = self._known.setdefault(authority, _Known(OwnWords(), revision=-1, fresh_until=0.0))
        now = time.monotonic()
        if now < known.fresh_until:
            return known.words
        if known.revision >= 0:
            # One search reads; those that come meanwhile take what is known.
            known.fresh_until = now + _FRESH_S
        try:
            revision, rows = await self._read(checked_authority(authority), _SEARCH_TIMEOUT_S)
        except InvalidInput:
            return known.words
        except (NatsError, TimeoutError) as error:
            log.warning("synonyms cannot be read: %s", type(error).__name__)
            known.fresh_until = time.monotonic() + _RETRY_S
            return known.words
        if revision > known.revision:
            known.words, known.revision = own_words_of(rows.synonyms), revision
        known.fresh_until = time.monotonic() + _FRESH_S
        return known.words

    async def _read(self, key: str, timeout_s: float) -> tuple[int, GetSynonymsResponse]:
        """The revision, 0 for none, and the rows."""
        async with asyncio.timeout(timeout_s):
            try:
                entry = await (await self._opened()).get(key)
            except KeyNotFoundError:
                return 0, GetSynonymsResponse()
        return entry.revision or 0, GetSynonymsResponse.from_binary(entry.value or b"")

    async def _opened(self) -> KeyValue:
        if self._bucket is None:
            self._bucket = await self._bus.js.key_value(BUCKET)
        return self._bucket


def _unavailable() -> Unavailable:
    return Unavailable("synonyms.unavailable", "Ordlistan svarar inte just nu. Försök igen om en stund.")
