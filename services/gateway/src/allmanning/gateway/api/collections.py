"""An authority's collections, their rules on personal data, and the names it protects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal, TypeAlias

from fastapi import APIRouter
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from allmanning.contracts.ingest.v1.ingest_pb import (
    Collection,
    CollectionsRequest,
    CollectionsResponse,
    Handling,
    PutCollectionRequest,
    PutCollectionResponse,
)
from allmanning.gateway.asker import Keyed, TheParts
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime import subjects

router = APIRouter(tags=["documents"])

Handled: TypeAlias = Literal["block", "mask", "allow"]
_HANDLINGS: Final[Mapping[Handled, Handling]] = {
    "block": Handling.BLOCK,
    "mask": Handling.MASK,
    "allow": Handling.ALLOW,
}
_WRITTEN: Final[Mapping[Handling, Handled]] = {handling: written for written, handling in _HANDLINGS.items()}


class RulesIn(BaseModel):
    """What happens to each kind of personal data in open documents; "other": to every kind that is not named."""

    personal_data: dict[str, Handled]


class NamesIn(BaseModel):
    """First and last names that no collection lets through, in place of those there were."""

    names: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=10_000)]


class CollectionOut(TypedDict):
    """`documents` in use; `personal_data` holds the authority's own rules only."""

    name: str
    documents: int
    personal_data: dict[str, Handled]


class CollectionsOut(TypedDict):
    """`protected_names`: how many there are; the names themselves are never shown."""

    collections: list[CollectionOut]
    protected_names: int


@router.get("/v1/collections")
async def collections(asker: Keyed, parts: TheParts) -> CollectionsOut:
    """Every collection that has documents or rules."""
    asker.require(Permission.DOCUMENTS_MANAGE)
    request = CollectionsRequest(authority=asker.principal.authority)
    known = await parts.bus.call(subjects.INGEST_COLLECTIONS, request, CollectionsResponse)
    return CollectionsOut(
        collections=[_collection(each) for each in known.collections], protected_names=known.protected_names
    )


@router.put("/v1/collections/{name}")
async def put_collection(name: str, given: RulesIn, asker: Keyed, parts: TheParts) -> CollectionOut:
    """Replace a collection's rules: what they held is read again, and what is published where they are about it."""
    asker.require(Permission.DOCUMENTS_MANAGE)
    rules = {_kind(kind): _HANDLINGS[handled] for kind, handled in given.personal_data.items()}
    request = PutCollectionRequest(
        authority=asker.principal.authority, collection=Collection(name=name, personal_data=rules)
    )
    stored = await parts.bus.call(subjects.INGEST_PUT_COLLECTION, request, PutCollectionResponse)
    return _collection(stored.collection or Collection())


@router.put("/v1/protected-names")
async def put_protected_names(given: NamesIn, asker: Keyed, parts: TheParts) -> CollectionsOut:
    """Replace the list of protected names; every open document is compared with it again."""
    asker.require(Permission.DOCUMENTS_MANAGE)
    request = PutCollectionRequest(
        authority=asker.principal.authority, protected_names=given.names, set_protected_names=True
    )
    await parts.bus.call(subjects.INGEST_PUT_COLLECTION, request, PutCollectionResponse)
    return await collections(asker, parts)


def _kind(written: str) -> str:
    return "" if written == "other" else written


def _collection(known: Collection) -> CollectionOut:
    return CollectionOut(
        name=known.name,
        documents=known.documents,
        personal_data={
            kind or "other": _WRITTEN[handling]
            for kind, handling in known.personal_data.items()
            if handling in _WRITTEN
        },
    )
