"""One platform with the demo authority, shared by the tests that only ask it things."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.platform_node import Platform


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    # One authority more, which demands two factors of everybody; and tests ask faster than people do.
    strict = {
        "ALLMANNING_SECOND_FACTOR": "tvafaktorby/*",
        "ALLMANNING_RATE_PER_MINUTE": "0",
        "ALLMANNING_ANONYMOUS_RATE_PER_MINUTE": "0",
    }
    platform = Platform(tmp_path_factory.mktemp("demo"), demo=True, environment=strict).start()
    yield platform
    assert platform.stop() == 0


@pytest.fixture(scope="session")
def keys(demo: Platform) -> dict[str, str]:
    """The printed sign-ins of the demo authority, by role."""
    keys = demo.ready["keys"]
    assert isinstance(keys, dict)
    return keys
