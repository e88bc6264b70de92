"""The ingest service for evaluations: real broker, registry, parse processes and store; the embedder counts letters."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from allmanning.index.store.server import ServerStore
from allmanning.ingest.settings import IngestSettings
from allmanning.runtime import streams
from allmanning.runtime.bus import Bus
from tests.conftest import Nats, free_port, start_nats
from tests.integration.ingest.running import Ingest, LetterEmbedder


@asynccontextmanager
async def running_service(folder: Path, **settings: object) -> AsyncIterator[Ingest]:
    """The service on a NATS and a store of its own, until the block ends."""
    broker = folder / "nats"
    broker.mkdir()
    port, password = free_port(), secrets.token_hex(8)
    nats = Nats(port, password, start_nats(broker, port, password))
    try:
        bus = await Bus.connect(nats.settings(), name="node")
        await streams.apply(bus.js)
        service_bus = await Bus.connect(nats.settings("ingest"), name="ingest")
        store = ServerStore(":memory:", "evaluation", LetterEmbedder.dimension)
        await store.warm_up()
        chosen = IngestSettings.model_validate({"data_dir": folder / "data", **settings})
        ingest = Ingest(bus, service_bus, store, LetterEmbedder(), chosen)
        async with ingest.running():
            yield ingest
        await store.close()
        await service_bus.close()
        await bus.close()
    finally:
        nats.process.kill()
        nats.process.wait()
