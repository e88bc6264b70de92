"""The ingest service as a process of its own, whose leases end after a second: `python -m … <dimension>`."""

from __future__ import annotations

import asyncio

from allmanning.index.store.server import ServerStore
from allmanning.ingest.__main__ import Index, service
from allmanning.ingest.settings import IngestSettings
from allmanning.ingest.sources import runner
from allmanning.runtime.bus import Bus
from allmanning.runtime.run import serve
from tests.integration.ingest.running import LetterEmbedder


async def main() -> None:
    settings = IngestSettings()
    store = ServerStore(":memory:", "test", LetterEmbedder.dimension)
    await store.warm_up()
    bus = await Bus.connect(settings, name="ingest")
    async with service(bus, settings, Index(store, LetterEmbedder())) as built:
        await serve(bus, "ingest", built, asyncio.Event(), drain_timeout_s=1)


if __name__ == "__main__":
    # Tests can't wait as long as an operator can.
    runner.LEASE_S = 1.0  # type: ignore[misc]
    runner.RENEW_EVERY_S = 0.25  # type: ignore[misc]
    asyncio.run(main())
