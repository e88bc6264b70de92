"""The town of these tests: one for all of them, on the platform that the demo runs on."""

from __future__ import annotations

import pytest

from tests.e2e.faces.furniture import furnish
from tests.e2e.faces.town import Town, populated


@pytest.fixture(scope="session")
def town(demo) -> Town:
    town = populated(demo)
    furnish(town)
    return town
