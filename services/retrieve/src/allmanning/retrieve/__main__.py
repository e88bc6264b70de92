"""The retrieve service: settings, embedder, store, pipeline."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from allmanning.index.embed.tei import TeiEmbedder
from allmanning.index.remote_embedder import RemoteEmbedder
from allmanning.index.store.remote import RemoteStore
from allmanning.index.store.server import ServerStore
from allmanning.index.version import index_version
from allmanning.retrieve.handlers import RetrieveHandlers
from allmanning.retrieve.pipeline import Retrieval
from allmanning.retrieve.settings import RetrieveSettings
from allmanning.runtime.bus import Bus
from allmanning.runtime.run import Service, run


def main() -> None:
    settings = RetrieveSettings()

    @asynccontextmanager
    async def build(bus: Bus) -> AsyncIterator[Service]:
        async with AsyncExitStack() as stack:
            embedder = TeiEmbedder(settings.tei_url) if settings.tei_url else RemoteEmbedder(bus)
            stack.push_async_callback(embedder.close)
            await embedder.warm_up()
            version = index_version(embedder.model, embedder.dimension)
            store = (
                ServerStore(settings.qdrant_url, version, embedder.dimension, api_key=settings.qdrant_api_key)
                if settings.qdrant_url
                else RemoteStore(bus)
            )
            stack.push_async_callback(store.close)
            await store.warm_up()
            retrieval = Retrieval(
                embedder,
                store,
                pipeline_file=settings.retrieve_pipeline,
                tei_reranker_url=settings.tei_reranker_url,
                rerank_depth=settings.rerank_depth,
            )
            stack.push_async_callback(retrieval.close)
            await retrieval.warm_up()
            yield Service(endpoints=RetrieveHandlers(retrieval).endpoints())

    run("retrieve", settings, build)


if __name__ == "__main__":
    main()
