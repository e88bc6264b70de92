"""Zip files, before a parser opens them: how much they hold, and that it is not too much."""

from __future__ import annotations

import struct
import zipfile
from copy import copy
from pathlib import Path
from typing import BinaryIO, Final

from allmanning.runtime.errors import Unprocessable

_MEGABYTE: Final = 1024 * 1024
MOST_BYTES: Final = 1024 * _MEGABYTE
MOST_MEMBERS: Final = 20_000
# Sheets of equal rows are packed a hundred times; bombs a thousand. Small files may do as they like.
_MOST_RATIO: Final = 300
_UNSUSPECTED: Final = 64 * _MEGABYTE
_CHUNK: Final = _MEGABYTE
_ENCRYPTED: Final = 0x1

_LARGEST_DIRECTORY: Final = 8 * _MEGABYTE
_END: Final = struct.Struct("<4s4H2LH")
_END64_PLACE: Final = struct.Struct("<4sLQL")
_END64: Final = struct.Struct("<4sQ2H2L4Q")
_LONGEST_COMMENT: Final = 65_535


def check_unpacked(path: Path, *, most_bytes: int = MOST_BYTES, most_members: int = MOST_MEMBERS) -> None:
    """Refuse a zip file that unpacks to too much. Its members are unpacked and counted: what they declare may be a lie.

    Encrypted members, which nobody here unpacks, count as they declare.

    Raises:
        Unprocessable: `archive.bomb`.
        zipfile.BadZipFile, zlib.error, NotImplementedError, OSError: it is damaged.
    """
    most = min(most_bytes, max(_UNSUSPECTED, _MOST_RATIO * path.stat().st_size))
    if directory_bytes(path) > _LARGEST_DIRECTORY:
        raise _bomb()
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if len(members) > most_members:
            raise _bomb()
        left = most
        for member in members:
            left -= member.file_size if member.flag_bits & _ENCRYPTED else _actual(archive, member, left)
            if left < 0:
                raise _bomb()


def member_names(path: Path) -> frozenset[str]:
    """The names in a zip file; none when it is damaged or has a directory too large to be read where it matters."""
    try:
        if directory_bytes(path) > _LARGEST_DIRECTORY:
            return frozenset()
        with zipfile.ZipFile(path) as archive:
            return frozenset(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, struct.error):
        return frozenset()


def directory_bytes(path: Path) -> int:
    """Size of the zip file's list of members, which `zipfile` takes into memory at once; 0 when it has none.

    Source: APPNOTE.TXT 4.3.14-4.3.16.
    """
    with path.open("rb") as file:
        size = file.seek(0, 2)
        from_here = max(0, size - _LONGEST_COMMENT - _END.size)
        file.seek(from_here)
        tail = file.read()
        at = tail.rfind(b"PK\x05\x06")
        if at < 0 or len(tail) - at < _END.size:
            return 0
        return max(int(_END.unpack_from(tail, at)[5]), _directory_bytes_64(file, from_here + at))


def _directory_bytes_64(file: BinaryIO, end: int) -> int:
    if end < _END64_PLACE.size:
        return 0
    file.seek(end - _END64_PLACE.size)
    signature, _, place, _ = _END64_PLACE.unpack(file.read(_END64_PLACE.size))
    if signature != b"PK\x06\x07":
        return 0
    # `zipfile` looks right before the pointer, the format where the pointer points.
    largest = 0
    for at in (place, end - _END64_PLACE.size - _END64.size):
        if 0 <= at < end:
            file.seek(at)
            record = file.read(_END64.size)
            if len(record) == _END64.size and record.startswith(b"PK\x06\x06"):
                largest = max(largest, _END64.unpack(record)[8])
    return largest


def _actual(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> int:
    """Bytes of a member as it unpacks, counted to just above `most`."""
    # `zipfile` stops at the declared size; other readers go on.
    honest = copy(member)
    honest.file_size = most + 2 * _CHUNK
    counted = 0
    with archive.open(honest) as file:
        while counted <= most and (chunk := file.read(_CHUNK)):
            counted += len(chunk)
    return counted


def _bomb() -> Unprocessable:
    return Unprocessable(
        "archive.bomb",
        "Filen packas upp till orimligt mycket och läses inte; dela upp den. "
        "(The file unpacks to far too much and is not read.)",
    )
