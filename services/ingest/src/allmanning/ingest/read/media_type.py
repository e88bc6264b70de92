"""What kind of file this is: the content decides, the extension only where contents look alike."""

from __future__ import annotations

import mmap
import re
import struct
import zipfile
import zlib
from pathlib import Path, PurePath
from typing import Final

import olefile  # type: ignore[import-untyped]

from allmanning.ingest.read.unpacked import member_names
from allmanning.runtime.errors import Unsupported

PDF: Final = "application/pdf"
DOC: Final = "application/msword"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLS: Final = "application/vnd.ms-excel"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPT: Final = "application/vnd.ms-powerpoint"
PPTX: Final = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
ODT: Final = "application/vnd.oasis.opendocument.text"
ODS: Final = "application/vnd.oasis.opendocument.spreadsheet"
ODP: Final = "application/vnd.oasis.opendocument.presentation"
RTF: Final = "application/rtf"
EPUB: Final = "application/epub+zip"
HTML: Final = "text/html"
MARKDOWN: Final = "text/markdown"
RST: Final = "text/x-rst"
TEXT: Final = "text/plain"
CSV: Final = "text/csv"
TSV: Final = "text/tab-separated-values"
JSON: Final = "application/json"
JSONL: Final = "application/jsonl"
XML: Final = "application/xml"
EML: Final = "message/rfc822"
MSG: Final = "application/vnd.ms-outlook"
ZIP: Final = "application/zip"
PNG: Final = "image/png"
JPEG: Final = "image/jpeg"
TIFF: Final = "image/tiff"

_OFFICE_EXTENSIONS: Final = {
    **dict.fromkeys((".doc", ".dot"), DOC),
    **dict.fromkeys((".docx", ".docm", ".dotx", ".dotm"), DOCX),
    **dict.fromkeys((".xls", ".xlt"), XLS),
    **dict.fromkeys((".xlsx", ".xlsm", ".xltx", ".xltm"), XLSX),
    **dict.fromkeys((".ppt", ".pps", ".pot"), PPT),
    **dict.fromkeys((".pptx", ".pptm", ".ppsx", ".potx"), PPTX),
    **dict.fromkeys((".odt", ".ott"), ODT),
    **dict.fromkeys((".ods", ".ots"), ODS),
    **dict.fromkeys((".odp", ".otp"), ODP),
    ".epub": EPUB,
    ".msg": MSG,
    ".zip": ZIP,
}
_TEXT_EXTENSIONS: Final = {
    **dict.fromkeys((".html", ".htm", ".xhtml"), HTML),
    **dict.fromkeys((".md", ".markdown"), MARKDOWN),
    **dict.fromkeys((".rst", ".rest"), RST),
    **dict.fromkeys((".txt", ".text", ""), TEXT),
    ".csv": CSV,
    **dict.fromkeys((".tsv", ".tab"), TSV),
    ".json": JSON,
    **dict.fromkeys((".jsonl", ".ndjson"), JSONL),
    ".xml": XML,
    ".eml": EML,
}
# Systems export tables as text under the name of a workbook, and text under other names it does not deserve.
_MISNAMED_TEXT: Final = {
    **dict.fromkeys((".xls", ".xlsx", ".xlsm", ".ods"), CSV),
    **dict.fromkeys((".pdf", ".doc", ".docx", ".ppt", ".pptx", ".odt", ".odp", ".rtf", ".epub", ".msg"), TEXT),
    **dict.fromkeys((".zip", ".png", ".jpg", ".jpeg", ".tif", ".tiff"), TEXT),
}
# Written by hand: what looks like markup in them is their subject.
_ALWAYS_TEXT: Final = frozenset({MARKDOWN, RST, TEXT})

_OLE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED: Final = "EncryptedPackage"
# Names are the same in capitals or not.
_OLE_STREAMS: Final = {
    "__properties_version1.0": MSG,
    "worddocument": DOC,
    "powerpoint document": PPT,
    "workbook": XLS,
    "book": XLS,
}
_PICTURES: Final = {
    b"\x89PNG\r\n\x1a\n": PNG,
    b"\xff\xd8\xff": JPEG,
    b"II*\x00": TIFF,
    b"MM\x00*": TIFF,
}
_ZIP_STARTS: Final = (b"PK\x03\x04", b"PK\x05\x06")
_PARTS: Final = {"word/": DOCX, "xl/": XLSX, "ppt/": PPTX}
_BOMS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_HTML_START: Final = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html[\s>])", re.IGNORECASE | re.DOTALL
)
_XML_START: Final = re.compile(rb"\s*<\?xml\s")
_JSON_START: Final = re.compile(rb"""\s*(?:\{\s*["}]|\[\s*[\[{"\]\d-])""")
_HEADER: Final = re.compile(rb"(?:From [^\n]*\n|[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*)+")
_MAIL_FIELD: Final = re.compile(
    rb"^(?:message-id|mime-version|received|return-path|dkim-signature):", re.IGNORECASE | re.MULTILINE
)
_FROM: Final = re.compile(rb"^from:", re.IGNORECASE | re.MULTILINE)
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
    if start.startswith(_OLE):
        found = _ole(extension, path)
    elif start.startswith(_ZIP_STARTS):
        found = _zipped(extension, path)
    elif b"%PDF-" in start[:_PDF_HEADER_WITHIN]:
        found = PDF
    else:
        picture = next((kind for magic, kind in _PICTURES.items() if start.startswith(magic)), None)
        found = picture or _textual(extension, start)
    if found is None:
        raise Unsupported(
            "file.type_unknown",
            "Filtypen kan inte läsas. PDF, Word, Excel, PowerPoint, OpenDocument, RTF, EPUB, HTML, Markdown, text, "
            "CSV, JSON, XML, e-post, zip och bilder går bra. (This kind of file cannot be read.)",
        )
    return found


def needs_whole(start: bytes) -> bool:
    """Whether the kind of a file that begins so stands elsewhere in it; otherwise its first 64 KB tell."""
    return start.startswith((_OLE, *_ZIP_STARTS))


def is_encrypted_office(path: Path) -> bool:
    """Whether this is an Office file of today's kind locked with a password or a right."""
    with path.open("rb") as file:
        if file.read(len(_OLE)) != _OLE:
            return False
        streams = _streams(path)
        if streams is not None:
            return _ENCRYPTED.lower() in streams
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return data.find(_ENCRYPTED.encode("utf-16-le")) >= 0


def _ole(extension: str, path: Path) -> str | None:
    streams = _streams(path) or frozenset()
    if _ENCRYPTED.lower() in streams:
        return _OFFICE_EXTENSIONS.get(extension, DOCX)
    found = next((kind for name, kind in _OLE_STREAMS.items() if name in streams), None)
    # Damaged: the reader will say so.
    return found or _OFFICE_EXTENSIONS.get(extension)


def _streams(path: Path) -> frozenset[str] | None:
    """Names at the root of an OLE file, in lower case; None when it is damaged."""
    try:
        with olefile.OleFileIO(str(path)) as file:
            return frozenset(entry[0].lower() for entry in file.listdir())
    # What olefile stumbles on in a damaged file.
    except (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError, struct.error):
        return None


def _zipped(extension: str, path: Path) -> str | None:
    by_name = _OFFICE_EXTENSIONS.get(extension)
    names = member_names(path)
    if not names:
        # Damaged, or empty: the reader will say so.
        return by_name or ZIP
    if "mimetype" in names and (told := _mimetype(path)):
        return told
    if "[Content_Types].xml" in names:
        return next((kind for part, kind in _PARTS.items() if any(name.startswith(part) for name in names)), by_name)
    return ZIP


def _mimetype(path: Path) -> str | None:
    """What an OpenDocument or EPUB file says it is, in its first member."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open("mimetype") as file:
            told = file.read(200).decode("ascii", errors="replace").strip().removesuffix("-template")
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, RuntimeError, zlib.error):
        return None
    return told if told in (ODT, ODS, ODP, EPUB) else None


def _textual(extension: str, start: bytes) -> str | None:
    if start.startswith(b"{\\rtf"):
        return RTF
    if not _is_text(start):
        return None
    start = start.removeprefix(_BOMS[0])
    by_name = _TEXT_EXTENSIONS.get(extension)
    if by_name is EML or (by_name is not MARKDOWN and _is_mail(start)):
        return EML
    if extension and by_name in _ALWAYS_TEXT:
        return by_name
    if _HTML_START.match(start):
        return HTML
    if _XML_START.match(start):
        return HTML if by_name is HTML else XML
    if by_name is None and extension in _MISNAMED_TEXT:
        return JSON if _JSON_START.match(start) else _MISNAMED_TEXT[extension]
    return by_name


def _is_mail(start: bytes) -> bool:
    """Whether it begins with a header that a mail program wrote, not merely with lines like "Från: ..."."""
    header = _HEADER.match(start.replace(b"\r\n", b"\n"))
    return header is not None and bool(_MAIL_FIELD.search(header[0]) and _FROM.search(header[0]))


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
