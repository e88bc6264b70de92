"""A file of keys and accounts, and a clock that stands still."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from allmanning.gateway.keyring import Keyring
from allmanning.gateway.keys import put_authority

AUTHORITY = "exempelby"


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keyring(tmp_path: Path) -> Iterator[Keyring]:
    put_authority(tmp_path, AUTHORITY, "Exempelby kommun")
    keyring = Keyring(tmp_path)
    keyring.warm_up()
    yield keyring
    keyring.close()
