"""OLE files, and the Word, PowerPoint and Excel files of before 2007 in them, made by hand.

Sources: [MS-CFB], [MS-DOC], [MS-PPT], [MS-XLS].
"""

from __future__ import annotations

import struct
from typing import NamedTuple

SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def ole(streams: dict[str, bytes]) -> bytes:
    """An OLE file with these streams at its root."""
    # Streams of 4096 bytes and more lie in sectors of their own.
    padded = {name: data.ljust(4096, b"\0") for name, data in streams.items()}
    sectors: list[bytes] = []
    chains: list[int] = []
    starts = {}
    for name, data in padded.items():
        starts[name] = len(sectors)
        pieces = [data[at : at + SECTOR].ljust(SECTOR, b"\0") for at in range(0, len(data), SECTOR)]
        sectors += pieces
        chains += [*range(starts[name] + 1, starts[name] + len(pieces)), END]
    entries = [_entry("Root Entry", 5, child=1)]
    for number, (name, data) in enumerate(padded.items(), start=1):
        following = number + 1 if number < len(padded) else FREE
        entries.append(_entry(name, 2, right=following, start=starts[name], size=len(data)))
    directory = b"".join(entries).ljust(-(-128 * len(entries) // SECTOR) * SECTOR, b"\0")
    directory_at = len(sectors)
    pieces = [directory[at : at + SECTOR] for at in range(0, len(directory), SECTOR)]
    sectors += pieces
    chains += [*range(directory_at + 1, directory_at + len(pieces)), END]
    fat_at = len(sectors)
    assert fat_at < SECTOR // 4
    chains.append(FAT)
    sectors.append(struct.pack("<128L", *chains, *[FREE] * (128 - len(chains))))
    return _header(directory_at, fat_at) + b"".join(sectors)


def _header(directory_at: int, fat_at: int) -> bytes:
    return (
        bytes.fromhex("d0cf11e0a1b11ae1")
        + bytes(16)
        + struct.pack("<HHHHH6x", 62, 3, 0xFFFE, 9, 6)
        + struct.pack("<LLLLLLLLL", 0, 1, directory_at, 0, 4096, END, 0, END, 0)
        + struct.pack("<109L", fat_at, *[FREE] * 108)
    )


def _entry(name: str, kind: int, *, child: int = FREE, right: int = FREE, start: int = 0, size: int = 0) -> bytes:
    encoded = name.encode("utf-16-le") + b"\0\0"
    return (
        encoded.ljust(64, b"\0")
        + struct.pack("<HBBLLL", len(encoded), kind, 1, FREE, right, child)
        + bytes(36)
        + struct.pack("<LQ", start, size)
    )


class Run:
    """Letters with property modifiers, such as b"\\x3c\\x08\\x01" for hidden ones."""

    def __init__(self, text: str, modifiers: bytes = b"") -> None:
        self.text = text
        self.modifiers = modifiers


HIDDEN = struct.pack("<HB", 0x083C, 1)
WHITE = struct.pack("<H4B", 0x6870, 255, 255, 255, 0)
TINY = struct.pack("<HH", 0x4A43, 2)
IN_TABLE = struct.pack("<HB", 0x2416, 1)
ROW_END = IN_TABLE + struct.pack("<HB", 0x2417, 1)


def doc(paragraphs: list[tuple[list[Run], int, bytes]], *, encrypted: bool = False, comments: str = "") -> bytes:
    """A Word 97 file: each paragraph is its runs (the last ends in its mark), the index of its style (0 is body text,
    1 is heading 1) and its property modifiers.
    """
    body = "".join(run.text for runs, _, _ in paragraphs for run in runs)
    start = 1024
    text = (body + comments).encode("utf-16-le")
    at = start
    paragraph_stretches, letter_stretches = [], []
    for runs, style, modifiers in paragraphs:
        begin = at
        for run in runs:
            letter_stretches.append((at, at + _bytes(run.text), bytes([len(run.modifiers)]) + run.modifiers))
            at += _bytes(run.text)
        said = struct.pack("<H", style) + modifiers
        said += b"\0" * (1 - len(said) % 2)
        paragraph_stretches.append((begin, at, bytes([(len(said) + 1) // 2]) + said))
    first_page = -(-(start + len(text)) // 512)
    pages = _page(paragraph_stretches, 13) + _page(letter_stretches, 1)
    styles = struct.pack("<HHH", 18, 2, 10) + bytes(14) + _style(0, "Normal") + _style(1, "heading 1")
    pieces = struct.pack("<LL", 0, len(text) // 2) + struct.pack("<HLH", 0, start, 0)
    clx = b"\x02" + struct.pack("<L", len(pieces)) + pieces
    bounds = struct.pack("<LL", start, at)
    parts = {
        1: styles,
        12: bounds + struct.pack("<L", first_page + 1),
        13: bounds + struct.pack("<L", first_page),
        33: clx,
    }
    table = b""
    places = [(0, 0)] * 93
    for index, part in parts.items():
        places[index] = (len(table), len(part))
        table += part
    header = struct.pack("<HH6xH", 0xA5EC, 193, 0x0200 | (0x0100 if encrypted else 0)).ljust(0x4C, b"\0")
    counts = struct.pack("<8l", _bytes(body) // 2, 0, 0, 0, _bytes(comments) // 2, 0, 0, 0)
    main = (header + counts).ljust(0x98, b"\0") + struct.pack("<H", 93)
    main += b"".join(struct.pack("<LL", *place) for place in places)
    main = main.ljust(start, b"\0") + text
    return ole({"WordDocument": main.ljust(first_page * 512, b"\0") + pages, "1Table": table})


def _bytes(text: str) -> int:
    return len(text.encode("utf-16-le"))


def _page(stretches: list[tuple[int, int, bytes]], width: int) -> bytes:
    page = bytearray(512)
    bounds = [*(first for first, _, _ in stretches), stretches[-1][1]]
    struct.pack_into(f"<{len(bounds)}L", page, 0, *bounds)
    at = 510
    for index, (_, _, said) in enumerate(stretches):
        at = (at - len(said)) // 2 * 2
        page[at : at + len(said)] = said
        page[4 * len(bounds) + index * width] = at // 2
    page[511] = len(stretches)
    return bytes(page)


def _style(number: int, name: str) -> bytes:
    head = struct.pack("<HHHHH", number, (0xFFF << 4) | 1, 0, 0, 0)
    data = head + struct.pack("<H", len(name)) + name.encode("utf-16-le") + b"\0\0"
    return struct.pack("<H", len(data)) + data


def record(kind: int, data: bytes, *, instance: int = 0, container: bool = False) -> bytes:
    return struct.pack("<HHL", instance << 4 | (0xF if container else 0), kind, len(data)) + data


def box(kind: int, text: str, *, left: int = 100) -> bytes:
    """A shape with a text of this kind (0 title, 1 body, 4 other) on a slide of 5760 by 4320."""
    words = record(0x0F9F, struct.pack("<L", kind)) + record(0x0FA0, text.encode("utf-16-le"))
    anchor = record(0xF010, struct.pack("<4h", 100, left, left + 1000, 500))
    return record(0xF004, anchor + record(0xF00D, words), container=True)


def ppt(slides: list[tuple[bytes, bool]], notes: str = "", *, encrypted: bool = False) -> bytes:
    """A PowerPoint 97 file: each slide is its shapes and whether it is hidden; notes belong to the first."""
    stream = b""
    places = []

    def add(data: bytes) -> int:
        nonlocal stream
        places.append(len(stream))
        stream += data
        return len(places)

    def drawn(shapes: bytes) -> bytes:
        return record(0x040C, record(0xF002, record(0xF003, shapes, container=True), container=True), container=True)

    listed = b""
    for number, (shapes, hidden) in enumerate(slides):
        info = record(0x03F9, struct.pack("<LLBBHL", 0, 0, 0, 0, 4 if hidden else 0, 0))
        persist_id = add(record(0x03EE, info + drawn(shapes), container=True))
        listed += record(0x03F3, struct.pack("<LLlLL", persist_id, 0, 0, 256 + number, 0))
    document = record(0x03E9, struct.pack("<ll", 5760, 4320) + bytes(32))
    document += record(0x0FF0, listed, instance=0, container=True)
    if notes:
        atom = record(0x03F1, struct.pack("<LHH", 256, 0, 0))
        persist_id = add(record(0x03F0, atom + drawn(box(2, notes)), container=True))
        entry = record(0x03F3, struct.pack("<LLlLL", persist_id, 0, 0, 0, 0))
        document += record(0x0FF0, entry, instance=2, container=True)
    document_id = add(record(0x03E8, document, container=True))
    directory = len(stream)
    head = struct.pack("<L", len(places) << 20 | 1)
    stream += record(0x1772, head + struct.pack(f"<{len(places)}L", *places))
    edit = len(stream)
    stream += record(0x0FF5, struct.pack("<LLLLLLL", 0, 0, 0, directory, document_id, 0, 0))
    token = 0xF3D1C4DF if encrypted else 0xE391C05F
    user = record(0x0FF6, struct.pack("<LLL", 20, token, edit) + bytes(12))
    return ole({"PowerPoint Document": stream, "Current User": user})


class Sheet(NamedTuple):
    """Rows of texts and numbers; rows and columns from 0."""

    name: str
    rows: list[list[str | float]]
    hidden: bool = False
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    # First and last row, first and last column.
    merged: tuple[int, int, int, int] | None = None


def xls(*sheets: Sheet, encrypted: bool = False) -> bytes:
    """An Excel 97 file."""
    start = _biff(0x0809, struct.pack("<HHHHLL", 0x0600, 5, 0, 0, 0, 6)) + _biff(0x0042, struct.pack("<H", 1200))
    if encrypted:
        start += _biff(0x002F, struct.pack("<H", 1) + bytes(52))
    font = struct.pack("<HHHHHBBBB", 200, 0, 0x7FFF, 400, 0, 0, 0, 0, 0) + b"\x05\x00Arial"
    start += _biff(0x0031, font) * 5 + _biff(0x00E0, bytes(20)) * 16
    bodies = [_sheet(sheet) for sheet in sheets]
    length = len(start) + sum(12 + len(sheet.name) for sheet in sheets) + 4
    named = b""
    for sheet, body in zip(sheets, bodies, strict=True):
        name = struct.pack("<BB", len(sheet.name), 0) + sheet.name.encode("latin-1")
        named += _biff(0x0085, struct.pack("<LBB", length, 1 if sheet.hidden else 0, 0) + name)
        length += len(body)
    return ole({"Workbook": start + named + _biff(0x000A, b"") + b"".join(bodies)})


def _sheet(sheet: Sheet) -> bytes:
    body = _biff(0x0809, struct.pack("<HHHHLL", 0x0600, 0x10, 0, 0, 0, 6))
    for column in sheet.hidden_columns:
        body += _biff(0x007D, struct.pack("<HHHHHH", column, column, 2000, 0, 1, 0))
    for row in sheet.hidden_rows:
        body += _biff(0x0208, struct.pack("<HHHHHHHH", row, 0, 9, 255, 0, 0, 0x20, 0x0F))
    for at, row in enumerate(sheet.rows):
        for column, value in enumerate(row):
            if isinstance(value, str):
                said = struct.pack("<HHHHB", at, column, 15, len(value), 1) + value.encode("utf-16-le")
                body += _biff(0x0204, said) if value else b""
            else:
                body += _biff(0x0203, struct.pack("<HHHd", at, column, 15, value))
    if sheet.merged:
        body += _biff(0x00E5, struct.pack("<H4H", 1, *sheet.merged))
    return body + _biff(0x000A, b"")


def _biff(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data
