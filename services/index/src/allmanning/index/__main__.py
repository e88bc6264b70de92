"""The index process: it alone opens the embedded engine and holds the local model."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from allmanning.index.embed.local import LocalEmbedder
from allmanning.index.embed.protocol import OpenedEmbedder
from allmanning.index.handlers import IndexHandlers
from allmanning.index.settings import IndexSettings
from allmanning.index.store.edge import EdgeStore
from allmanning.index.version import index_version
from allmanning.runtime.bus import Bus
from allmanning.runtime.run import Service, run


def _embedder(settings: IndexSettings) -> OpenedEmbedder:
    if settings.tei_url:
        # Its client takes a second to import, which one machine can do without.
        from allmanning.index.embed.tei import TeiEmbedder

        return TeiEmbedder(settings.tei_url)
    return LocalEmbedder(threads=settings.embedder_threads)


def main() -> None:
    settings = IndexSettings()

    @asynccontextmanager
    async def build(_: Bus) -> AsyncIterator[Service]:
        embedder = _embedder(settings)
        try:
            await embedder.warm_up()
            version = index_version(embedder.model, embedder.dimension)
            store = EdgeStore(settings.index_dir, version, embedder.dimension)
            try:
                await store.warm_up()
                yield Service(endpoints=IndexHandlers(store, embedder).endpoints())
            finally:
                await store.close()
        finally:
            await embedder.close()

    run("index", settings, build)


if __name__ == "__main__":
    main()
