"""A platform whose parts the tests may hurt; each test leaves it working."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.platform_node import Platform


@pytest.fixture(scope="module")
def lively(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    platform = Platform(tmp_path_factory.mktemp("lively")).start()
    platform.deploy("exempelby")
    yield platform
    platform.stop()
