"""The ZIP of a bundle: the same files give the same bytes, so that no byte of it can change unseen.

Files are stored and not deflated: what deflating gives differs between releases of zlib. The ZIP says nothing of when
or where it was packed. All but the files' own bytes follows from their names, checksums and sizes, so a reader can tell
whether anything else was put in (APPNOTE 6.3.10).
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Mapping, Sequence
from typing import BinaryIO, Final, NamedTuple

_LOCAL: Final = struct.Struct("<4s5H3L2H")
_CENTRAL: Final = struct.Struct("<4s2B5H3L5H2L")
_END: Final = struct.Struct("<4s4H2LH")
_END_64: Final = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_64: Final = struct.Struct("<4sLQL")
_OFFSET_64: Final = struct.Struct("<2HQ")
_VERSION: Final = 20
_VERSION_64: Final = 45
_UNIX: Final = 3
_MODE: Final = 0o644 << 16
# 1 January 1980, the first day that a ZIP can tell of.
_DAY: Final = 0x21
_MAX_16: Final = 0xFFFF
_MAX_32: Final = 0xFFFFFFFF


class Entry(NamedTuple):
    """A file in the ZIP: its ASCII name, the CRC-32 and number of its bytes, and where its header begins."""

    name: str
    crc: int
    size: int
    offset: int

    @property
    def header(self) -> bytes:
        """What stands before the file's bytes."""
        name = self.name.encode()
        return _LOCAL.pack(
            b"PK\x03\x04", _VERSION, 0, 0, 0, _DAY, self.crc, self.size, self.size, len(name), 0
        ) + name  # fmt: skip

    @property
    def end(self) -> int:
        """Where the next file's header begins."""
        return self.offset + _LOCAL.size + len(self.name) + self.size

    @property
    def listed(self) -> bytes:
        """The file's line in the directory at the end."""
        far = self.offset >= _MAX_32
        extra = _OFFSET_64.pack(1, 8, self.offset) if far else b""
        name = self.name.encode()
        return _CENTRAL.pack(
            b"PK\x01\x02", _VERSION, _UNIX, _VERSION_64 if far else _VERSION, 0, 0, 0, _DAY, self.crc, self.size,
            self.size, len(name), len(extra), 0, 0, 0, _MODE, _MAX_32 if far else self.offset,
        ) + name + extra  # fmt: skip


def directory(entries: Sequence[Entry]) -> bytes:
    """What stands after the last file."""
    start = entries[-1].end if entries else 0
    listed = b"".join(entry.listed for entry in entries)
    count = len(entries)
    large = count >= _MAX_16 or start >= _MAX_32 or len(listed) >= _MAX_32
    extra = b""
    if large:
        at = start + len(listed)
        extra = _END_64.pack(
            b"PK\x06\x06", _END_64.size - 12, _VERSION_64, _VERSION_64, 0, 0, count, count, len(listed), start
        ) + _LOCATOR_64.pack(b"PK\x06\x07", 0, at, 1)  # fmt: skip
    short = (min(count, _MAX_16), min(count, _MAX_16), min(len(listed), _MAX_32), min(start, _MAX_32))
    return listed + extra + _END.pack(b"PK\x05\x06", 0, 0, *short, 0)


class ZipWriter:
    """Writes a ZIP front to back; holds no more of it than its directory."""

    def __init__(self, sink: BinaryIO) -> None:
        self._sink = sink
        self._entries: list[Entry] = []

    @property
    def size(self) -> int:
        """Bytes written so far."""
        return self._entries[-1].end if self._entries else 0

    def add(self, name: str, data: bytes) -> None:
        entry = Entry(name, zlib.crc32(data), len(data), self.size)
        self._sink.write(entry.header)
        self._sink.write(data)
        self._entries.append(entry)

    def close(self) -> int:
        """Write the directory; returns the size of the ZIP in bytes. The sink stays open."""
        end = directory(self._entries)
        self._sink.write(end)
        return self.size + len(end)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The files in their order."""
    buffer = io.BytesIO()
    writer = ZipWriter(buffer)
    for name, data in files.items():
        writer.add(name, data)
    writer.close()
    return buffer.getvalue()
