"""Names and bytes of tiles and entry bundles (C2SP tlog-tiles)."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from allmanning.audit.log.tree import HASH_BYTES

WIDTH: Final = 256
HEIGHT: Final = 8
MAX_LEVEL: Final = 63
ENTRIES: Final = -1
_NAME: Final = re.compile(
    r"tile/(?P<level>entries|0|[1-9]\d?)/(?P<index>(?:x\d{3}/)*\d{3})(?:\.p/(?P<width>[1-9]\d{0,2}))?", re.ASCII
)


@dataclass(frozen=True)
class Tile:
    """One file: a tile of hashes at a level, or, at the level `ENTRIES`, a bundle of entries.

    A tile of less than `WIDTH` is the beginning of the full one, which comes when the tree has grown.
    """

    level: int
    index: int
    width: int = WIDTH

    @classmethod
    def parse(cls, name: str) -> Tile:
        """Read a name that `path` gives.

        Raises:
            ValueError: for any other text.
        """
        match = _NAME.fullmatch(name)
        if not match:
            raise ValueError("inte namnet på en fil i loggen")
        level = ENTRIES if match["level"] == "entries" else int(match["level"])
        index = int("".join(match["index"].split("/")).replace("x", ""))
        tile = cls(level, index, int(match["width"] or WIDTH))
        if level > MAX_LEVEL or tile.width > WIDTH or tile.path != name:
            raise ValueError("inte namnet på en fil i loggen")
        return tile

    @property
    def path(self) -> str:
        """Where it lies under the log's address: `tile/0/x001/234.p/17`."""
        level = "entries" if self.level == ENTRIES else str(self.level)
        groups: list[str] = []
        rest = self.index
        while True:
            rest, group = divmod(rest, 1000)
            groups.append(f"x{group:03d}" if groups else f"{group:03d}")
            if not rest:
                break
        name = f"tile/{level}/{'/'.join(reversed(groups))}"
        return name if self.width == WIDTH else f"{name}.p/{self.width}"

    @property
    def start(self) -> int:
        """Index within its level of the first hash or entry."""
        return self.index * WIDTH

    def within(self, size: int) -> bool:
        """Whether a tree of `size` leaves has everything that the tile holds."""
        return self.start + self.width <= size >> (HEIGHT * max(self.level, 0))


def tiles_of(size: int, since: int = 0) -> Iterator[Tile]:
    """The files that a tree of `size` leaves needs and one of `since` leaves did not have, entries first."""
    yield from _level(ENTRIES, size, since)
    level = 0
    while size >> (HEIGHT * level):
        yield from _level(level, size >> (HEIGHT * level), since >> (HEIGHT * level))
        level += 1


def _level(level: int, count: int, before: int) -> Iterator[Tile]:
    if count == before:
        return
    for index in range(before // WIDTH, count // WIDTH):
        yield Tile(level, index)
    if count % WIDTH:
        yield Tile(level, count // WIDTH, count % WIDTH)


def bundle_of(entries: Iterable[bytes]) -> bytes:
    """Entries, each after its length as a big-endian uint16."""
    return b"".join(struct.pack(">H", len(entry)) + entry for entry in entries)


def entries_of(bundle: bytes) -> list[bytes]:
    """The entries of a bundle.

    Raises:
        ValueError: when it ends within an entry.
    """
    entries: list[bytes] = []
    at = 0
    while at < len(bundle):
        length = int.from_bytes(bundle[at : at + 2], "big")
        entry = bundle[at + 2 : at + 2 + length]
        if at + 2 > len(bundle) or len(entry) != length:
            raise ValueError("paketet med poster är avkortat")
        entries.append(entry)
        at += 2 + length
    return entries


def hashes_of(tile: bytes) -> list[bytes]:
    """The hashes of a tile.

    Raises:
        ValueError: when it holds anything but whole hashes, none of them, or too many.
    """
    if not tile or len(tile) % HASH_BYTES or len(tile) > WIDTH * HASH_BYTES:
        raise ValueError("plattan har fel längd")
    return [tile[at : at + HASH_BYTES] for at in range(0, len(tile), HASH_BYTES)]
