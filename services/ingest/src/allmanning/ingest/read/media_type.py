"""What kind of file this is: the content decides, the extension only where contents look alike."""

from __future__ import annotations

import mmap
import re
import zipfile
from pathlib import Path, PurePath
from typing import Final

from allmanning.runtime.errors import Unsupported

PDF: Final = "application/pdf"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HTML: Final = "text/html"
MARKDOWN: Final = "text/markdown"
TEXT: Final = "text/plain"

_TEXT_EXTENSIONS: Final = {
    ".html": HTML,
    ".htm": HTML,
    ".xhtml": HTML,
    ".md": MARKDOWN,
    ".markdown": MARKDOWN,
    ".txt": TEXT,
    ".text": TEXT,
    "": TEXT,
}
_OFFICE_EXTENSIONS: Final = {".docx": DOCX, ".xlsx": XLSX}
_OLE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
# Name of the stream that holds a password-protected Office file.
_ENCRYPTED_PACKAGE: Final = "EncryptedPackage".encode("utf-16-le")
_BOMS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_HTML_START: Final = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html[\s>])", re.IGNORECASE | re.DOTALL
)
# The PDF specification's implementation notes let other bytes precede the header.
_PDF_HEADER_WITHIN: Final = 1024
_SNIFFED: Final = 65_536


def media_type_of(filename: str, path: Path) -> str:
    """The media type of the file at `path`, which some reader here reads.

    Raises:
        Unsupported: `file.type_unknown`.
    """
    extension = PurePath(filename).suffix.lower()
    with path.open("rb") as file:
        start = file.read(_SNIFFED)
    if b"%PDF-" in start[:_PDF_HEADER_WITHIN]:
        return PDF
    found = _office(extension, start, path) or _textual(extension, start)
    if found is None:
        raise Unsupported(
            "file.type_unknown",
            "Filtypen kan inte läsas. PDF, Word (docx), Excel (xlsx), HTML, Markdown och ren text går bra. "
            "(This kind of file cannot be read.)",
        )
    return found


def is_encrypted_office(path: Path) -> bool:
    """Whether this is an Office file locked with a password."""
    with path.open("rb") as file:
        if file.read(len(_OLE)) != _OLE:
            return False
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return data.find(_ENCRYPTED_PACKAGE) >= 0


def _office(extension: str, start: bytes, path: Path) -> str | None:
    if is_encrypted_office(path):
        return _OFFICE_EXTENSIONS.get(extension, DOCX)
    if not start.startswith(b"PK\x03\x04"):
        return None
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        # Damaged: the reader will say so.
        return _OFFICE_EXTENSIONS.get(extension)
    if "word/document.xml" in names:
        return DOCX
    if "xl/workbook.xml" in names:
        return XLSX
    # Some writers name the main part otherwise.
    return _OFFICE_EXTENSIONS.get(extension) if "[Content_Types].xml" in names else None


def _textual(extension: str, start: bytes) -> str | None:
    if not _is_text(start):
        return None
    if extension not in (".md", ".markdown", ".txt", ".text") and _HTML_START.match(start.removeprefix(_BOMS[0])):
        return HTML
    return _TEXT_EXTENSIONS.get(extension)


def _is_text(start: bytes) -> bool:
    if start.startswith(_BOMS):
        return True
    nuls = start.count(0)
    if nuls:
        # UTF-16 without a mark: every other byte of Western text is zero.
        even, odd = start[::2].count(0), start[1::2].count(0)
        return nuls > len(start) * 0.3 and max(even, odd) > 0.9 * nuls
    controls = sum(start.count(byte) for byte in (*range(1, 9), *range(14, 27), *range(28, 32)))
    return controls <= len(start) * 0.01
