"""The parts of a Word file of before 2007: where its text lies, and what is said of each stretch of it.

Source: [MS-DOC] 2.4 to 2.9.
"""

from __future__ import annotations

import struct
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import olefile  # type: ignore[import-untyped]

from allmanning.runtime.errors import Unprocessable

_PAGE: Final = 512
# Word 95 writes 104, Word 97 and all later ones 193.
_WORD_97: Final = 105
_FCLCB: Final = 0x9A
_ENCRYPTED: Final = 0x0100
_TABLE_1: Final = 0x0200
_COMPRESSED: Final = 0x40000000
# Sizes of the operands of property modifiers; 0 is told by the operand itself.
_OPERAND_SIZE: Final = (1, 1, 2, 4, 2, 2, 0, 3)
_DEFINE_TABLE: Final = 0xD608
_CHANGE_TABS: Final = 0xC615

Properties = dict[int, bytes]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Properties of the bytes from start to end of the stream WordDocument; `style` is -1 for stretches of letters."""

    start: int
    end: int
    style: int
    properties: Properties


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    end: int
    offset: int
    width: int


@dataclass
class Ranges:
    """Where each part of the text begins, in characters."""

    body: range
    footnotes: range
    comments: range
    endnotes: range
    boxes: range


@dataclass
class DocFile:
    """A Word file taken apart."""

    text: str
    ranges: Ranges
    table: bytes
    places: dict[int, tuple[int, int]]
    paragraphs: list[Stretch] = field(default_factory=list)
    letters: list[Stretch] = field(default_factory=list)
    _pieces: list[_Piece] = field(default_factory=list)

    def paragraph_at(self, position: int) -> Stretch | None:
        """What is said of the paragraph that the character at `position` ends."""
        return _covering(self.paragraphs, self._offset(position))

    def letters_in(self, start: int, end: int) -> Iterator[tuple[int, int, Properties]]:
        """Stretches of letters from start to end (exclusive), and what is said of them."""
        at = start
        while at < end:
            piece = self._piece(at)
            if piece is None:
                yield at, end, {}
                return
            offset = piece.offset + (at - piece.start) * piece.width
            stretch = _covering(self.letters, offset)
            until = min(end, piece.end)
            if stretch is not None:
                until = min(until, at + max(1, (stretch.end - offset) // piece.width))
            yield at, until, stretch.properties if stretch else {}
            at = until

    def part(self, index: int) -> bytes:
        """The structure in the table stream that the file's header gives at `index`."""
        start, size = self.places.get(index, (0, 0))
        return self.table[start : start + size]

    def _piece(self, position: int) -> _Piece | None:
        at = bisect_right(self._pieces, position, key=lambda piece: piece.start) - 1
        return self._pieces[at] if at >= 0 and position < self._pieces[at].end else None

    def _offset(self, position: int) -> int:
        piece = self._piece(position)
        return -1 if piece is None else piece.offset + (position - piece.start) * piece.width


def opened(path: Path) -> DocFile:
    """Take a Word file apart.

    Raises:
        Unprocessable: `document.encrypted`, and `file.unreadable` for one older than Word 97 that is not plain.
        OSError, struct.error, IndexError: it is damaged.
    """
    with olefile.OleFileIO(str(path)) as ole:
        main = bytes(ole.openstream("WordDocument").read())
        version, flags = struct.unpack_from("<H", main, 2)[0], struct.unpack_from("<H", main, 10)[0]
        if flags & _ENCRYPTED:
            raise Unprocessable(
                "document.encrypted", "Filen är låst med lösenord. (The file is locked with a password.)"
            )
        if version < _WORD_97:
            return _word_6(main)
        name = "1Table" if flags & _TABLE_1 else "0Table"
        table = bytes(ole.openstream(name if ole.exists(name) else "0Table" if name == "1Table" else "1Table").read())
    counts = struct.unpack_from("<8l", main, 0x4C)
    (pairs,) = struct.unpack_from("<H", main, 0x98)
    places = {index: struct.unpack_from("<LL", main, _FCLCB + 8 * index) for index in range(min(pairs, 200))}
    file = DocFile("", _ranges(counts), table, places)
    file._pieces = list(_pieces(file.part(33)))  # noqa: SLF001 - it is made here
    file.text = _text(main, file._pieces)  # noqa: SLF001
    file.paragraphs = sorted(_stretches(main, file.part(13), paragraphs=True), key=lambda each: each.start)
    file.letters = sorted(_stretches(main, file.part(12), paragraphs=False), key=lambda each: each.start)
    return file


def properties_of(modifiers: bytes) -> Properties:
    """Property modifiers as modifier -> operand. A damaged end is left out."""
    found: Properties = {}
    at = 0
    while at + 2 <= len(modifiers):
        (code,) = struct.unpack_from("<H", modifiers, at)
        at += 2
        size = _OPERAND_SIZE[code >> 13]
        if not size:
            if at >= len(modifiers):
                break
            if code == _DEFINE_TABLE:
                size = int.from_bytes(modifiers[at : at + 2], "little") + 1
            elif code == _CHANGE_TABS and modifiers[at] == 255:
                break
            else:
                size = modifiers[at] + 1
        found[code] = modifiers[at : at + size]
        at += size
    return found


def _word_6(main: bytes) -> DocFile:
    """Word 6 and 95: the letters lie in one piece where the file was not saved in haste."""
    start, end = struct.unpack_from("<LL", main, 0x18)
    if struct.unpack_from("<H", main, 10)[0] & 0x0004:
        raise Unprocessable(
            "file.unreadable",
            "Filen är snabbsparad av Word 6 eller 95: spara om den som docx. (Save the file as docx and try again.)",
        )
    text = main[start:end].decode("cp1252", errors="replace")
    nothing = range(0)
    return DocFile(text, Ranges(range(len(text)), nothing, nothing, nothing, nothing), b"", {})


def _ranges(counts: tuple[int, ...]) -> Ranges:
    body, footnotes, headers, macros, comments, endnotes, boxes, _ = (max(0, each) for each in counts)
    notes = range(body, body + footnotes)
    at = notes.stop + headers + macros
    commented = range(at, at + comments)
    ends = range(commented.stop, commented.stop + endnotes)
    return Ranges(range(body), notes, commented, ends, range(ends.stop, ends.stop + boxes))


def _pieces(clx: bytes) -> Iterator[_Piece]:
    at = 0
    while at < len(clx) and clx[at] == 1:
        at += 3 + int(struct.unpack_from("<H", clx, at + 1)[0])
    (size,) = struct.unpack_from("<L", clx, at + 1)
    table = clx[at + 5 : at + 5 + size]
    number = (len(table) - 4) // 12
    bounds = struct.unpack_from(f"<{number + 1}L", table)
    for index in range(number):
        (place,) = struct.unpack_from("<L", table, 4 * (number + 1) + 8 * index + 2)
        narrow = bool(place & _COMPRESSED)
        offset = (place & ~_COMPRESSED & 0xFFFFFFFF) // (2 if narrow else 1)
        yield _Piece(bounds[index], bounds[index + 1], offset, 1 if narrow else 2)


def _text(main: bytes, pieces: list[_Piece]) -> str:
    """All characters, one for each that the file counts."""
    parts = []
    for piece in pieces:
        length = piece.end - piece.start
        data = main[piece.offset : piece.offset + length * piece.width]
        if piece.width == 1:
            text = data.decode("cp1252", errors="replace")
        else:
            units = array("H", data[: len(data) // 2 * 2])
            text = "".join(map(chr, units))
        parts.append(text.ljust(length, "\0"))
    return "".join(parts)


def _stretches(main: bytes, table: bytes, *, paragraphs: bool) -> Iterator[Stretch]:
    """What the formatted pages that `table` lists say."""
    number = (len(table) - 4) // 8
    for index in range(number):
        (page,) = struct.unpack_from("<L", table, 4 * (number + 1) + 4 * index)
        at = (page & 0x3FFFFF) * _PAGE
        data = main[at : at + _PAGE]
        if len(data) < _PAGE:
            continue
        runs = data[_PAGE - 1]
        width = 13 if paragraphs else 1
        if 4 * (runs + 1) + runs * width > _PAGE:
            continue
        bounds = struct.unpack_from(f"<{runs + 1}L", data)
        for run in range(runs):
            place = data[4 * (runs + 1) + run * width] * 2
            style, modifiers = (
                _modifiers(data, place, paragraphs=paragraphs) if place else (0 if paragraphs else -1, b"")
            )
            yield Stretch(bounds[run], bounds[run + 1], style, properties_of(modifiers))


def _modifiers(data: bytes, place: int, *, paragraphs: bool) -> tuple[int, bytes]:
    if not paragraphs:
        return -1, data[place + 1 : place + 1 + data[place]]
    size, start = 2 * data[place] - 1, place + 1
    if data[place] == 0:
        size, start = 2 * data[place + 1], place + 2
    said = data[start : start + size]
    return int.from_bytes(said[:2], "little"), said[2:]


def _covering(stretches: list[Stretch], offset: int) -> Stretch | None:
    at = bisect_right(stretches, offset, key=lambda stretch: stretch.start) - 1
    return stretches[at] if at >= 0 and offset < stretches[at].end else None
