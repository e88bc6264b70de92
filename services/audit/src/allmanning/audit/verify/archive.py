"""Read a ZIP that anybody may have made. Nothing is written to disk."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import Final

from allmanning.audit.export.bundle import NAMES
from allmanning.audit.verify.report import Unreadable

MAX_FILES: Final = 2_000_000
MAX_BYTES: Final = 4 << 30
# Text of our kind packs at most some twenty times; a file of zeros a thousand times.
MAX_RATIO: Final = 200
RATIO_FROM_BYTES: Final = 1 << 20
_ENCRYPTED: Final = 0x1


def _refuse(code: str, detail: str) -> Unreadable:
    return Unreadable("archive", f"bundle.{code}", detail)


def read_archive(data: bytes) -> Mapping[str, bytes]:
    """Every file of the bundle by name.

    Raises:
        Unreadable: for what is no ZIP, is damaged, holds names or files that a bundle does not have, or unpacks to
            far more than it could honestly hold.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_entries(entries, len(data))
            return {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, zlib.error, EOFError, struct.error) as error:
        raise _refuse("damaged", "ZIP-filen är skadad.") from error
    except (NotImplementedError, RuntimeError, ValueError, OverflowError, OSError) as error:
        raise _refuse("damaged", "ZIP-filen är packad på ett sätt som inte förekommer i ett paket.") from error


def _check_entries(entries: list[zipfile.ZipInfo], packed_bytes: int) -> None:
    if len(entries) > MAX_FILES:
        raise _refuse("too_large", f"ZIP-filen innehåller {len(entries)} filer.")
    seen: set[str] = set()
    for entry in entries:
        name = entry.orig_filename
        if "\\" in name or name.startswith("/") or ".." in name.split("/") or "\0" in name:
            raise _refuse("unsafe_path", f"ZIP-filen innehåller en otillåten sökväg: {name!r}.")
        if not NAMES.fullmatch(name):
            raise _refuse("unexpected_file", f"Filen {name!r} hör inte till ett paket.")
        if name in seen:
            raise _refuse("duplicate_file", f"Filen {name} finns två gånger.")
        seen.add(name)
        if entry.flag_bits & _ENCRYPTED:
            raise _refuse("encrypted", f"Filen {name} är krypterad.")
        if entry.file_size > RATIO_FROM_BYTES and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise _refuse("too_large", f"Filen {name} packar upp till orimligt mycket data.")
    total = sum(entry.file_size for entry in entries)
    if total > MAX_BYTES or (total > 100 * RATIO_FROM_BYTES and total > MAX_RATIO * packed_bytes):
        raise _refuse("too_large", "ZIP-filen packar upp till orimligt mycket data.")
