"""An ingest service that looks for due sources often and may ask this machine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.integration.ingest.running import Ingest
from tests.integration.ingest.sources.asking import Asking


@pytest.fixture
def resting(stopped: Ingest) -> Ingest:
    """The service before it is started."""
    changes = {"source_look_every_s": 0.1, "source_private_hosts": "127.0.0.1", "max_file_mb": 1}
    return replace(stopped, settings=stopped.settings.model_copy(update=changes))


@pytest.fixture
async def asking(resting: Ingest) -> AsyncIterator[Asking]:
    async with resting.running():
        yield Asking(resting.bus, resting)


@pytest.fixture
def watched(resting: Ingest) -> Path:
    """A folder that may be watched."""
    folder = resting.settings.data_dir / "folders" / "plan"
    folder.mkdir(parents=True)
    return folder
