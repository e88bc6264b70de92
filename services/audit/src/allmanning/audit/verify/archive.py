"""Read a ZIP that anybody may have made. Nothing of it is written to disk, and one file at a time is in memory."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final, TypeAlias

from allmanning.audit.export.layout import MAX_FILE_BYTES, NAMES
from allmanning.audit.export.zipped import Entry, directory
from allmanning.audit.verify.report import Unreadable

Source: TypeAlias = Path | bytes

MAX_FILES: Final = 200_000
# Text of our kind packs at most some twenty times; a file of zeros a thousand times.
MAX_RATIO: Final = 200
_RATIO_FROM_BYTES: Final = 1 << 20
_ENCRYPTED: Final = 0x1
_LOCAL_BYTES: Final = 30


def _refuse(code: str, detail: str) -> Unreadable:
    return Unreadable("archive", f"bundle.{code}", detail)


class Archive:
    """The files of a ZIP by name.

    Raises:
        Unreadable: for what is no ZIP, is damaged, or holds names or files that a bundle does not have.
    """

    def __init__(self, source: Source) -> None:
        self._file: BinaryIO = io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")
        try:
            with zipfile.ZipFile(self._file) as archive:
                found = archive.infolist()
        except (zipfile.BadZipFile, EOFError, struct.error) as error:
            raise _refuse("damaged", "ZIP-filen är skadad.") from error
        except (NotImplementedError, RuntimeError, ValueError, OverflowError, OSError) as error:
            raise _refuse("damaged", "ZIP-filen är packad på ett sätt som inte förekommer i ett paket.") from error
        if len(found) > MAX_FILES:
            raise _refuse("too_large", f"ZIP-filen innehåller {len(found)} filer.")
        self._found: dict[str, zipfile.ZipInfo] = {}
        for entry in found:
            self._check(entry)
            self._found[entry.orig_filename] = entry

    def close(self) -> None:
        self._file.close()

    def _check(self, entry: zipfile.ZipInfo) -> None:
        name = entry.orig_filename
        if "\\" in name or name.startswith("/") or ".." in name.split("/") or "\0" in name:
            raise _refuse("unsafe_path", f"ZIP-filen innehåller en otillåten sökväg: {name!r}.")
        if not NAMES.fullmatch(name):
            raise _refuse("unexpected_file", f"Filen {name!r} hör inte till ett paket.")
        if name in self._found:
            raise _refuse("duplicate_file", f"Filen {name} finns två gånger.")
        if entry.flag_bits & _ENCRYPTED:
            raise _refuse("encrypted", f"Filen {name} är krypterad.")
        if entry.file_size > MAX_FILE_BYTES or entry.compress_size > MAX_FILE_BYTES:
            raise _refuse("too_large", f"Filen {name} är större än någon fil i ett paket.")
        if entry.file_size > _RATIO_FROM_BYTES and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise _refuse("too_large", f"Filen {name} packar upp till orimligt mycket data.")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _refuse("damaged", f"Filen {name} är packad på ett sätt som inte förekommer i ett paket.")

    def __contains__(self, name: str) -> bool:
        return name in self._found

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def under(self, folder: str) -> list[str]:
        """Names of the files in a folder, in order."""
        return sorted(name for name in self._found if name.startswith(folder))

    def read(self, name: str) -> bytes:
        """The bytes of a file. Its CRC is not compared: the manifest's SHA-256 says more.

        Raises:
            Unreadable: `bundle.missing_file`, `bundle.damaged`.
        """
        entry = self._found.get(name)
        if entry is None:
            raise Unreadable("files", "bundle.missing_file", f"Filen {name} saknas i paketet.")
        try:
            self._file.seek(entry.header_offset)
            header = self._file.read(_LOCAL_BYTES)
            names, extra = struct.unpack("<2H", header[26:])
            self._file.seek(names + extra, io.SEEK_CUR)
            data = self._file.read(entry.compress_size)
            if entry.compress_type == zipfile.ZIP_DEFLATED:
                data = zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, entry.file_size + 1)
        except (struct.error, zlib.error, OSError, ValueError, OverflowError) as error:
            raise _refuse("damaged", f"Filen {name} går inte att läsa ur ZIP-filen.") from error
        if len(data) != entry.file_size:
            raise _refuse("damaged", f"Filen {name} är avhuggen.")
        return data

    def canonical(self) -> bool:
        """Whether the ZIP is byte for byte what `ZipWriter` makes of these files, whatever the files hold."""
        at = 0
        entries: list[Entry] = []
        for name, found in self._found.items():
            entry = Entry(name, found.CRC, found.file_size, at)
            if (
                found.header_offset != at
                or found.compress_size != found.file_size
                or not self._stands(at, entry.header)
            ):
                return False
            entries.append(entry)
            at = entry.end
        end = directory(entries)
        return self._stands(at, end) and self._file.seek(0, io.SEEK_END) == at + len(end)

    def crc_holds(self, name: str, data: bytes) -> bool:
        """Whether the checksum in the ZIP is that of these bytes."""
        return zlib.crc32(data) == self._found[name].CRC

    def _stands(self, at: int, data: bytes) -> bool:
        self._file.seek(at)
        return self._file.read(len(data)) == data
