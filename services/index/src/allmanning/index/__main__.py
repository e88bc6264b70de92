"""The index process: it alone opens the embedded engine and holds the local model."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from allmanning.index.handlers import IndexHandlers
from allmanning.index.opening import opened
from allmanning.index.settings import IndexSettings
from allmanning.index.upkeep import Upkeep
from allmanning.runtime.bus import Bus
from allmanning.runtime.run import Service, run


def main() -> None:
    settings = IndexSettings()

    @asynccontextmanager
    async def build(_: Bus) -> AsyncIterator[Service]:
        async with opened(settings) as index:
            yield Service(
                endpoints=IndexHandlers(index.store, index.embedder, index.previous).endpoints(),
                tasks=[Upkeep(index.store, settings.optimise_after).run],
            )

    run("index", settings, build)


if __name__ == "__main__":
    main()
