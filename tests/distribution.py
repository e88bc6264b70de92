"""Which tests run in the same process of `pytest -n`, and which of them begin."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Final

import pytest
from xdist.scheduler import LoadScopeScheduling

_ROOT: Final = Path(__file__).resolve().parents[1]
_E2E: Final = "tests/e2e/"
# How a test names the platform of tests/e2e/conftest.py, the town on it, or the file that it takes its fixtures from.
_DEMO: Final = re.compile(r"\b(demo|town|test_auditor)\b")


class Distribution(LoadScopeScheduling):
    """A file's tests stay together, and all that ask the demo's platform do: it is started and filled once."""

    def _split_scope(self, nodeid: str) -> str:
        return scope(nodeid.partition("::")[0])


@functools.cache
def scope(file: str) -> str:
    """The name of the group of a file, whose path is from the root of the checkout."""
    return "demo" if file.startswith(_E2E) and _DEMO.search((_ROOT / file).read_text()) else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Distribution:
    return Distribution(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The largest group comes first, for it is the last to end."""
    items.sort(key=lambda item: scope(item.nodeid.partition("::")[0]) != "demo")
