"""What the ingest service answers about collections and their rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from allmanning.contracts.ingest.v1.ingest_pb import (
    Collection,
    CollectionsRequest,
    CollectionsResponse,
    PutCollectionRequest,
    PutCollectionResponse,
    State,
)
from allmanning.ingest.handling import Rules, check
from allmanning.ingest.registry.collections import Collections
from allmanning.ingest.registry.reruns import Reruns
from allmanning.ingest.submission import check_authority, check_collection
from allmanning.runtime import subjects
from allmanning.runtime.endpoint import Answering, Endpoint
from allmanning.runtime.errors import InvalidInput

_MOST_NAMES: Final = 10_000
_LONGEST_NAME: Final = 200


class CollectionHandlers:
    """One method for each request."""

    def __init__(self, collections: Collections, reruns: Reruns) -> None:
        self._collections = collections
        self._reruns = reruns

    def endpoints(self) -> Sequence[Answering]:
        return [
            Endpoint(subjects.INGEST_COLLECTIONS, CollectionsRequest, self.collections),
            Endpoint(subjects.INGEST_PUT_COLLECTION, PutCollectionRequest, self.put),
        ]

    async def collections(self, request: CollectionsRequest) -> CollectionsResponse:
        listed = await self._collections.all(request.authority)
        return CollectionsResponse(collections=list(listed.collections), protected_names=listed.protected_names)

    async def put(self, request: PutCollectionRequest) -> PutCollectionResponse:
        """Keep a collection's rules, the authority's protected names, or both, in place of those there were.

        What the old rules held is read again, and what is published too where the new ones are about it.

        Raises:
            InvalidInput: `authority.invalid`, `collection.invalid`, `protected_names.invalid`, and as `handling.check`.
        """
        check_authority(request.authority)
        collection = request.collection or Collection()
        if request.set_protected_names:
            await self._protect(request.authority, request.protected_names)
        if collection.name or not request.set_protected_names:
            check_collection(collection.name)
            check(collection.personal_data)
            before = await self._collections.rules(request.authority, collection.name)
            after = Rules(dict(collection.personal_data))
            await self._collections.put(request.authority, collection.name, collection.personal_data)
            await self._read_again(request.authority, collection.name, published=after.concerns_published(before))
        listed = await self._collections.all(request.authority)
        kept = next((each for each in listed.collections if each.name == collection.name), Collection())
        return PutCollectionResponse(collection=kept)

    async def _protect(self, authority: str, names: Sequence[str]) -> None:
        if len(names) > _MOST_NAMES:
            raise InvalidInput("protected_names.invalid", f"Listan får ha högst {_MOST_NAMES} namn. (Too many names.)")
        written = [" ".join(name.split()) for name in names]
        for row, name in enumerate(written, 1):
            if " " not in name or len(name) > _LONGEST_NAME or not name.isprintable():
                # The name itself must not end up in an error that is logged.
                raise InvalidInput(
                    "protected_names.invalid",
                    f"Rad {row} ska vara ett för- och ett efternamn. (Row {row} is not a first and a last name.)",
                )
        await self._collections.protect(authority, written)
        await self._read_again(authority, "", published=True)

    async def _read_again(self, authority: str, collection: str, *, published: bool) -> None:
        # What is being read just now goes by the old rules.
        states = {State.HELD, State.RECEIVED} | ({State.INDEXED} if published else set())
        await self._reruns.read_again(authority, states, collection=collection)
