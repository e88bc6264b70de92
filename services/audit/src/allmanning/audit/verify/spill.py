"""Questions about all records at once, in memory that does not grow with their number.

Rows of equal length, each beginning with a 16-byte key that is spread evenly, are put in buckets by their key. A bucket
overflows to a temporary file that has no name. All rows with the same key are in the same bucket, so each bucket can be
asked alone.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from typing import IO, Final

BUCKETS: Final = 64
KEY_BYTES: Final = 16
# Rows of a key below this stay in memory: a small bundle writes no file.
_IN_MEMORY_BYTES: Final = 128 << 10


def bucketed(rows: Sequence[bytes]) -> list[bytes]:
    """The rows of each bucket, one after the other. Keys are hashes or UUIDs, which end in random bits."""
    buckets: list[list[bytes]] = [[] for _ in range(BUCKETS)]
    for row in rows:
        buckets[row[KEY_BYTES - 1] % BUCKETS].append(row)
    return [b"".join(each) for each in buckets]


def _spooled() -> IO[bytes]:
    return tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES)


class Spill:
    """The buckets of one kind of row, of `size` bytes each."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._files: list[IO[bytes]] = [_spooled() for _ in range(BUCKETS)]

    def close(self) -> None:
        """Let go of the files."""
        for file in self._files:
            file.close()

    def add(self, buckets: Sequence[bytes]) -> None:
        """Take in what `bucketed` made."""
        for file, rows in zip(self._files, buckets, strict=True):
            file.write(rows)

    def groups(self) -> Iterator[dict[bytes, list[bytes]]]:
        """A bucket at a time: the rows without their key, by key."""
        for file in self._files:
            file.seek(0)
            data = file.read()
            groups: dict[bytes, list[bytes]] = {}
            for at in range(0, len(data), self._size):
                groups.setdefault(data[at : at + KEY_BYTES], []).append(data[at + KEY_BYTES : at + self._size])
            yield groups
