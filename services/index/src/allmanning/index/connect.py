"""The embedder and the store that a service uses: the index process on NATS, or servers by URL.

The clients of servers take a second to import and 40 MB, which one machine can do without: they are loaded when used.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from allmanning.index.embed.protocol import OpenedEmbedder
from allmanning.index.remote_embedder import RemoteEmbedder
from allmanning.index.store.protocol import PassageStore
from allmanning.index.store.remote import RemoteStore
from allmanning.index.version import index_version
from allmanning.runtime.bus import Bus


@asynccontextmanager
async def embedder_at(bus: Bus, tei_url: str) -> AsyncIterator[OpenedEmbedder]:
    """Text-embeddings-inference at `tei_url`, or without one the index process. Not warm yet."""
    if tei_url:
        from allmanning.index.embed.tei import TeiEmbedder

        embedder: TeiEmbedder | RemoteEmbedder = TeiEmbedder(tei_url)
    else:
        embedder = RemoteEmbedder(bus)
    try:
        yield embedder
    finally:
        await embedder.close()


@asynccontextmanager
async def store_at(bus: Bus, qdrant_url: str, api_key: str, embedder: OpenedEmbedder) -> AsyncIterator[PassageStore]:
    """Qdrant at `qdrant_url`, opened for what `embedder` makes, or without one the index process.

    The index process is reached at the first call, so that services start in any order.
    """
    if not qdrant_url:
        yield RemoteStore(bus)
        return
    from allmanning.index.store.server import ServerStore

    await embedder.warm_up()
    if isinstance(embedder, RemoteEmbedder):
        embedder.pin()
    version = index_version(embedder.model, embedder.dimension)
    store = ServerStore(qdrant_url, version, embedder.dimension, api_key=api_key)
    try:
        await store.warm_up()
        yield store
    finally:
        await store.close()
