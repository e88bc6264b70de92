"""The audit service on a real NATS, and somebody who leaves records."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from allmanning.audit.__main__ import service
from allmanning.audit.settings import AuditSettings
from allmanning.runtime.bus import Bus
from allmanning.runtime.record import Recorder
from tests.integration.audit.asker import Asker
from tests.serving import Serving


@pytest.fixture
async def asker(bus: Bus, tmp_path: Path) -> AsyncIterator[Asker]:
    settings = AuditSettings(data_dir=tmp_path / "data")
    async with service(bus, settings) as built, Serving(bus, "audit", built):
        yield Asker(bus, Recorder(bus, "generate"))
        # What is on its way is taken in before the log closes.
        await asyncio.sleep(0)
