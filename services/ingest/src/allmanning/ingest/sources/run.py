"""One run of a source: what is new or changed is handed in, what is gone is retired."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import logging
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

from allmanning.contracts.ingest.v1.ingest_pb import Priority, RetireRequest, SubmitRequest
from allmanning.ingest.handlers import Handlers
from allmanning.ingest.originals import Originals
from allmanning.ingest.registry.source_items import (
    ADDED,
    CHANGED,
    FAILED,
    PENDING,
    REMOVED,
    SKIPPED,
    UNCHANGED,
    Known,
    SourceItems,
)
from allmanning.ingest.registry.sources import Claim
from allmanning.ingest.sources.accepted import METADATA
from allmanning.ingest.sources.kinds import CONFIRM_REMOVED
from allmanning.ingest.sources.protocol import (
    Fetched,
    Item,
    ItemFailed,
    ItemGone,
    Source,
    SourceError,
    SourceUnreachable,
)
from allmanning.ingest.submission import identity
from allmanning.runtime.errors import NotFound, PlatformError

# So many at once may go without a question.
_FEW: Final = 10
_TOGETHER: Final = 200
_LONGEST_FETCH_S: Final = 900.0
_FLAGS: Final = ("true", "yes", "ja", "1")

log = logging.getLogger(__name__)


class SourceRun:
    """Goes through a source once. May be begun again after a crash: what is done already is known."""

    def __init__(
        self, claim: Claim, source: Source, items: SourceItems, handlers: Handlers, originals: Originals
    ) -> None:
        self._claim = claim
        self._source = source
        self._items = items
        self._handlers = handlers
        self._originals = originals
        self._known: Mapping[str, Known] = {}
        self._gone: set[str] = set()
        self._as_before: list[str] = []

    async def run(self) -> tuple[str, str]:
        """Code and reason why it could not go on, both empty when it has done everything.

        Raises:
            PlatformError: the platform's own parts do not answer, or the lease is lost; the run is not done.
        """
        self._known = await self._items.known(self._claim.authority, self._claim.source.id)
        listed: set[str] = set()
        ended: SourceError | None = None
        try:
            async for item in self._source.items():
                if item.uri not in listed:
                    listed.add(item.uri)
                    await self._one(item)
        except SourceUnreachable as error:
            ended = error
        await self._note_unchanged()
        if ended:
            return ended.code, ended.message
        missing = [
            each
            for each in self._known.values()
            if each.document_id and (each.uri not in listed or each.uri in self._gone)
        ]
        refused = self._too_many(missing, listed - self._gone)
        if refused:
            return refused
        for each in missing:
            await self._remove(each)
        return await self._failures()

    async def _one(self, item: Item) -> None:
        known = self._known.get(item.uri, Known(item.uri))
        described = self._described(item)
        # What is said of it decides as its bytes do.
        fingerprint = known.fingerprint if known.described == described else ""
        if fingerprint and fingerprint == item.fingerprint:
            await self._unchanged(known)
            return
        try:
            if item.problem:
                raise item.problem
            with self._originals.desks.desk() as folder:
                into = folder / "original"
                fetched = await self._fetched(item, fingerprint, into)
                if fetched is None:
                    await self._unchanged(known)
                elif fetched.skipped:
                    await self._skip(known, fetched, described)
                else:
                    await self._submit(item, known, fetched, described, into)
        except ItemGone:
            self._gone.add(item.uri)
        except SourceUnreachable:
            raise
        except PlatformError as error:
            if error.retryable and not isinstance(error, SourceError):
                raise
            await self._items.write(self._claim, item.uri, FAILED, code=error.code, reason=error.message)

    async def _fetched(self, item: Item, known: str, into: Path) -> Fetched | None:
        try:
            async with asyncio.timeout(_LONGEST_FETCH_S):
                return await self._source.fetch(item, known, into)
        except TimeoutError as error:
            raise ItemFailed("source.item_timeout", "Hämtningen tog för lång tid. (Fetching took too long.)") from error
        except PlatformError:
            raise
        except Exception as error:
            log.exception("source %s broke on an item", self._claim.source.id)
            raise ItemFailed(
                "source.item_broken", "Källan klarade inte detta. Felet finns i tjänstens logg."
            ) from error

    async def _submit(self, item: Item, known: Known, fetched: Fetched, described: str, path: Path) -> None:
        claim, source = self._claim, self._claim.source
        document_id = identity(claim.authority, source.collection, item.uri)
        if known.document_id not in ("", document_id):
            # The collection is another now.
            await self._retire(known.document_id)
        fields = dict(source.metadata) | dict(item.metadata) | dict(fetched.metadata)
        if unknown := fields.keys() - METADATA:
            raise ItemFailed("metadata.invalid", f"Källan ger okända uppgifter: {', '.join(sorted(unknown))}.")
        shared = fields.pop("shared", "").strip().lower() in _FLAGS
        size_bytes = (await asyncio.to_thread(path.stat)).st_size
        await self._items.write(claim, item.uri, PENDING, document_id=document_id)
        request = SubmitRequest(
            authority=claim.authority,
            collection=source.collection,
            filename=fetched.filename or item.filename,
            uri=item.uri,
            object=await self._originals.keep_file(path),
            size_bytes=size_bytes,
            shared=shared,
            priority=Priority.BULK,
            batch=claim.batch,
            source=source.id,
            **fields,
        )
        answer = await self._handlers.submit(request)
        # Handed in by this run before it was interrupted, or just now.
        fresh = not answer.unchanged or (answer.document is not None and answer.document.batch == claim.batch)
        outcome = (CHANGED if known.fingerprint else ADDED) if fresh else UNCHANGED
        await self._items.write(
            claim, item.uri, outcome, fingerprint=fetched.fingerprint, described=described, document_id=document_id
        )

    async def _skip(self, known: Known, fetched: Fetched, described: str) -> None:
        if known.document_id:
            self._gone.add(known.uri)
            return
        await self._items.write(self._claim, known.uri, SKIPPED, fingerprint=fetched.fingerprint, described=described)

    async def _unchanged(self, known: Known) -> None:
        if not known.document_id:
            await self._items.write(self._claim, known.uri, SKIPPED)
        elif known.seen != self._claim.started_at or known.outcome not in (ADDED, CHANGED):
            # What this run did before it was interrupted stays counted as that.
            self._as_before.append(known.uri)
            if len(self._as_before) == _TOGETHER:
                await self._note_unchanged()

    async def _note_unchanged(self) -> None:
        await self._items.unchanged(self._claim, self._as_before)
        self._as_before.clear()

    def _too_many(self, missing: Collection[Known], there: Collection[str]) -> tuple[str, str] | None:
        """Code and reason why so much must not be removed without somebody's word."""
        before = sum(bool(each.document_id) for each in self._known.values())
        confirmed = int(self._claim.source.options.get(CONFIRM_REMOVED, "0"))
        if not missing or len(missing) <= confirmed:
            return None
        how = f"Stämmer det, så sätt alternativet {CONFIRM_REMOVED}={len(missing)} och kör igen."
        if not there:
            return "source.empty", f"Källan är tom men hade {before} dokument. Inget har tagits bort. {how}"
        if len(missing) > _FEW and len(missing) * 2 > before:
            text = f"{len(missing)} av {before} dokument finns inte längre. Inget har tagits bort. {how}"
            return "source.too_many_removed", f"{text} (More than half would be removed at once.)"
        return None

    async def _remove(self, known: Known) -> None:
        await self._retire(known.document_id)
        await self._items.write(self._claim, known.uri, REMOVED, fingerprint="", described="", document_id="")

    async def _retire(self, document_id: str) -> None:
        authority = self._claim.authority
        if not await self._items.elsewhere(authority, self._claim.source.id, document_id):
            with contextlib.suppress(NotFound):
                await self._handlers.retire(RetireRequest(authority=authority, document_id=document_id))

    async def _failures(self) -> tuple[str, str]:
        """A run with failed items is done; its reason tells of one of them."""
        failure = await self._items.first_failure(self._claim)
        if failure is None:
            return "", ""
        uri, code, reason = failure
        return "", f"Allt gick inte att hämta. Ett av dem är {uri}: {reason} ({code})"

    def _described(self, item: Item) -> str:
        source = self._claim.source
        said = dict(source.metadata) | dict(item.metadata)
        deciding = [source.collection, item.filename, sorted(said.items())]
        return hashlib.sha256(json.dumps(deciding, ensure_ascii=False).encode()).hexdigest()
