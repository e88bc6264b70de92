"""The retrieve service: settings, embedder, store, pipeline."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from allmanning.index.connect import embedder_at, store_at
from allmanning.retrieve.handlers import RetrieveHandlers
from allmanning.retrieve.pipeline import Retrieval
from allmanning.retrieve.settings import RetrieveSettings
from allmanning.retrieve.synonym_store import SynonymStore
from allmanning.runtime.bus import Bus
from allmanning.runtime.run import Service, run


def main() -> None:
    settings = RetrieveSettings()

    @asynccontextmanager
    async def build(bus: Bus) -> AsyncIterator[Service]:
        async with (
            embedder_at(bus, settings.tei_url) as embedder,
            store_at(bus, settings.qdrant_url, settings.qdrant_api_key, embedder) as store,
        ):
            await embedder.warm_up()
            synonyms = SynonymStore(bus)
            retrieval = Retrieval(
                embedder,
                store,
                vocabulary=synonyms,
                without_embedder=settings.without_embedder,
                pipeline_file=settings.retrieve_pipeline,
                tei_reranker_url=settings.tei_reranker_url,
                rerank_depth=settings.rerank_depth,
            )
            try:
                await retrieval.warm_up()
                yield Service(endpoints=RetrieveHandlers(retrieval, store, synonyms).endpoints())
            finally:
                await retrieval.close()

    run("retrieve", settings, build)


if __name__ == "__main__":
    main()
