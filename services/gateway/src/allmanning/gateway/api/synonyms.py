"""The authority's own words: what people say, and what its documents write."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from allmanning.contracts.retrieve.v1.retrieve_pb import (
    GetSynonymsRequest,
    GetSynonymsResponse,
    PutSynonymsRequest,
    PutSynonymsResponse,
    Synonym,
)
from allmanning.gateway.api.text import Text
from allmanning.gateway.asker import Keyed, TheParts
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime import subjects

router = APIRouter(prefix="/v1/synonyms", tags=["search"])


class SynonymIn(BaseModel):
    """A word, or with * the first part of longer ones, and what to search for besides it."""

    word: Text
    words: list[Text]


class SynonymsIn(BaseModel):
    """All of an authority's synonyms, in place of those there were."""

    synonyms: Annotated[list[SynonymIn], Field(max_length=10_000)]


class SynonymOut(TypedDict):
    """A row of the list."""

    word: str
    words: list[str]


class SynonymsOut(TypedDict):
    """`version` is a hash of the list, empty without any."""

    synonyms: list[SynonymOut]
    version: str


@router.get("")
async def synonyms(asker: Keyed, parts: TheParts) -> SynonymsOut:
    """The authority's own synonyms."""
    asker.require(Permission.SYNONYMS_READ)
    request = GetSynonymsRequest(authority=asker.principal.authority)
    known = await parts.bus.call(subjects.RETRIEVE_GET_SYNONYMS, request, GetSynonymsResponse)
    rows = [SynonymOut(word=each.word, words=list(each.words)) for each in known.synonyms]
    return SynonymsOut(synonyms=rows, version=known.version)


@router.put("")
async def put_synonyms(given: SynonymsIn, asker: Keyed, parts: TheParts) -> SynonymsOut:
    """Replace the authority's own synonyms; searches use them from the next one on."""
    asker.require(Permission.SYNONYMS_WRITE)
    rows = [Synonym(word=each.word, words=each.words) for each in given.synonyms]
    request = PutSynonymsRequest(authority=asker.principal.authority, synonyms=rows)
    stored = await parts.bus.call(subjects.RETRIEVE_PUT_SYNONYMS, request, PutSynonymsResponse)
    return SynonymsOut(
        synonyms=[SynonymOut(word=each.word, words=each.words) for each in given.synonyms], version=stored.version
    )
