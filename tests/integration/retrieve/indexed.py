"""Passages in a real store, embedded by their words."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from allmanning.contracts.access.v1.access_pb import Principal, Secrecy
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, Passage
from allmanning.contracts.retrieve.v1.retrieve_pb import SearchResponse
from allmanning.index.encode import encode_passages
from allmanning.index.store.server import ServerStore
from allmanning.index.version import index_version
from tests.integration.retrieve.word_embedder import WordEmbedder

CITIZEN = Principal(authority="soltuna", clearances=[Secrecy.OPEN])


@asynccontextmanager
async def opened_store() -> AsyncIterator[ServerStore]:
    """An empty store in memory."""
    store = ServerStore(":memory:", index_version(WordEmbedder.model, WordEmbedder.dimension), WordEmbedder.dimension)
    await store.warm_up()
    try:
        yield store
    finally:
        await store.close()


async def publish(store: ServerStore, document: DocumentVersion, texts: Sequence[str]) -> list[str]:
    """Store texts as the passages of a document, and return their ids."""
    passages = [
        Passage(id=f"{document.id}-{at}", document=document, text=text, position=at) for at, text in enumerate(texts)
    ]
    await store.stage(await encode_passages(passages, WordEmbedder()))
    await store.publish(document.authority, document.id, document.version)
    return [passage.id for passage in passages]


def document(name: str, **fields: object) -> DocumentVersion:
    """An open document of the citizen's authority, unless `fields` say otherwise."""
    values: dict[str, object] = {"version": "1", "authority": "soltuna", "secrecy": Secrecy.OPEN, **fields}
    return DocumentVersion(id=name, **values)  # type: ignore[arg-type]


def texts(answer: SearchResponse) -> list[str]:
    return [each.passage.text for each in answer.passages if each.passage]
