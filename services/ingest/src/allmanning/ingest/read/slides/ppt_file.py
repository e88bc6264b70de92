"""The records of a PowerPoint file of before 2007. Source: [MS-PPT] 2.1.2, 2.3.1; [MS-ODRAW] 2.2."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import olefile  # type: ignore[import-untyped]

from allmanning.runtime.errors import Unprocessable

_HEADER: Final = struct.Struct("<HHL")
_CONTAINER: Final = 0xF
_USER_EDIT: Final = 0x0FF5
_PERSIST_DIRECTORY: Final = 0x1772
_ENCRYPTED: Final = 0xF3D1C4DF
# Holds records although it does not say so: what came with later releases.
_TAG_DATA: Final = 0x138B
_MOST_EDITS: Final = 1_000
_DEEPEST: Final = 60


class Record(NamedTuple):
    """One record: its type, its instance, and its bytes without the header."""

    kind: int
    instance: int
    version: int
    data: bytes

    def children(self) -> Iterator[Record]:
        """The records in a container; a damaged end is left out."""
        if self.version == _CONTAINER or self.kind == _TAG_DATA:
            yield from records(self.data)

    def child(self, *kinds: int) -> Record | None:
        """The first record of the first kind in it, then in that the first of the next, and so on."""
        at: Record | None = self
        for kind in kinds:
            at = None if at is None else next((each for each in at.children() if each.kind == kind), None)
        return at

    def all(self, kind: int, depth: int = 0) -> Iterator[Record]:
        """All records of a kind in it, however deep."""
        for each in self.children():
            if each.kind == kind:
                yield each
            elif depth < _DEEPEST:
                yield from each.all(kind, depth + 1)


def records(data: bytes) -> Iterator[Record]:
    """The records that follow each other in `data`."""
    at = 0
    while at + _HEADER.size <= len(data):
        head, kind, size = _HEADER.unpack_from(data, at)
        at += _HEADER.size
        yield Record(kind, head >> 4, head & 0xF, data[at : at + size])
        at += size


class PptFile:
    """A presentation as it was last saved: its document, and the records that are named by number.

    Raises, when it is made:
        Unprocessable: `document.encrypted`.
        OSError, struct.error, KeyError, ValueError: it is damaged.
    """

    def __init__(self, path: Path) -> None:
        with olefile.OleFileIO(str(path)) as ole:
            self._stream = bytes(ole.openstream("PowerPoint Document").read())
            user = bytes(ole.openstream("Current User").read())
        token, edit = struct.unpack_from("<LL", user, 12)
        if token == _ENCRYPTED:
            raise Unprocessable(
                "document.encrypted", "Filen är låst med lösenord. (The file is locked with a password.)"
            )
        self._places: dict[int, int] = {}
        document = 0
        seen: set[int] = set()
        while edit not in seen and len(seen) < _MOST_EDITS and (edit or not seen):
            seen.add(edit)
            record = self._record(edit)
            if record.kind != _USER_EDIT:
                raise ValueError("no edit")
            _, _, before, directory, number = struct.unpack_from("<LLLLL", record.data)
            if len(record.data) >= 32:
                raise Unprocessable(
                    "document.encrypted", "Filen är låst med lösenord. (The file is locked with a password.)"
                )
            document = document or number
            for persist_id, place in _directory(self._record(directory)):
                # What was saved last counts.
                self._places.setdefault(persist_id, place)
            edit = before
        self.document = self.named(document)

    def named(self, persist_id: int) -> Record:
        """Raises `KeyError` when there is no such record."""
        return self._record(self._places[persist_id])

    def _record(self, place: int) -> Record:
        return next(records(self._stream[place:]))


def _directory(record: Record) -> Iterator[tuple[int, int]]:
    if record.kind != _PERSIST_DIRECTORY:
        raise ValueError("no directory")
    data = record.data
    at = 0
    while at + 4 <= len(data):
        (head,) = struct.unpack_from("<L", data, at)
        first, number = head & 0xFFFFF, head >> 20
        at += 4
        for index in range(min(number, (len(data) - at) // 4)):
            yield first + index, struct.unpack_from("<L", data, at + 4 * index)[0]
        at += 4 * number
