"""The ZIP of a bundle: the same files give the same bytes, so that no byte of it can change unseen."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Final

# The ZIP says nothing of when or on which system it was packed.
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_UNIX: Final = 3
_VERSION: Final = 20


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The files in their order. Stored, not deflated: what deflating gives differs between releases of zlib."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, _EPOCH)
            info.external_attr = 0o644 << 16
            info.create_system = _UNIX
            info.create_version = info.extract_version = _VERSION
            archive.writestr(info, data)
    return buffer.getvalue()
