"""A platform whose search finds one passage about altaner."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from allmanning.runtime.bus import Bus
from tests.integration.generate.scripted_platform import ALTAN, Platform, passage, platform


@pytest.fixture
async def served(bus: Bus) -> AsyncIterator[Platform]:
    async with platform(bus) as made:
        made.passages = [passage(ALTAN, headings=["När behövs bygglov"])]
        yield made
