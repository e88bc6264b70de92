from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.retrieve.rankers import Rankers


@pytest.fixture
def rankers() -> Iterator[Rankers]:
    rankers = Rankers()
    yield rankers
    rankers.close()
