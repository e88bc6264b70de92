"""The one way in for a parse worker: bytes of a known type become an extract."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from importlib import import_module
from typing import Final

from allmanning.ingest.read import media_type
from allmanning.ingest.read.document import Extract
from allmanning.ingest.read.length import Allowance
from allmanning.ingest.read.original import Original
from allmanning.ingest.read.quality import with_quality
from allmanning.runtime.errors import Internal, PlatformError, Unprocessable, Unsupported

# Media type -> module:function, imported when first needed.
_READERS: Final = {
    media_type.PDF: "pdf:read_pdf",
    media_type.DOCX: "docx:read_docx",
    media_type.XLSX: "xlsx:read_xlsx",
    media_type.DOC: "doc:read_doc",
    media_type.PPTX: "pptx:read_pptx",
    media_type.PPT: "ppt:read_ppt",
    media_type.RTF: "rtf:read_rtf",
    media_type.XLS: "xls:read_xls",
    media_type.ODT: "odt:read_odt",
    media_type.ODS: "ods:read_ods",
    media_type.ODP: "odp:read_odp",
    media_type.EPUB: "epub:read_epub",
    media_type.CSV: "delimited:read_delimited",
    media_type.TSV: "delimited:read_delimited",
    media_type.JSON: "json_records:read_json",
    media_type.JSONL: "json_records:read_json",
    media_type.XML: "xml_elements:read_xml",
    media_type.RST: "rst:read_rst",
    media_type.HTML: "html:read_html",
    media_type.MARKDOWN: "markdown:read_markdown",
    media_type.TEXT: "text:read_text",
    media_type.PNG: "image:read_image",
    media_type.JPEG: "image:read_image",
    media_type.TIFF: "image:read_image",
    media_type.EML: "mail:read_mail",
    media_type.MSG: "msg:read_msg",
    media_type.ZIP: "archive:read_zip",
}


def read(original: Original) -> Extract:
    """Read a file.

    Raises:
        Unprocessable: `document.encrypted`, `document.needs_ocr`, `document.no_text`, `document.too_long`,
            `archive.bomb`, `file.too_large`, or `file.unreadable` for whatever a parser stumbles on.
        Unsupported: `file.type_unknown`.
        Internal: `reader.broken`, when a parser itself can't be loaded; the file is not to blame.
    """
    if media_type.is_encrypted_office(original.path):
        raise Unprocessable("document.encrypted", "Filen är låst med lösenord. (The file is locked with a password.)")
    reader = _reader(original.media_type)
    try:
        extract = reader(original)
    except PlatformError:
        raise
    except zipfile.BadZipFile as error:
        raise Unprocessable(
            "file.unreadable", "Filen är avbruten eller skadad: den går inte att packa upp. (The file is truncated.)"
        ) from error
    # Parsers raise whatever they like on files made to break them.
    except Exception as error:
        raise Unprocessable("file.unreadable", "Filen är skadad och kan inte läsas. (The file is damaged.)") from error
    Allowance().take(len(extract.text))
    if not extract.members and not any(character.isalnum() for character in extract.text):
        raise Unprocessable("document.no_text", "Dokumentet innehåller ingen text. (The document has no text.)")
    return with_quality(extract)


def _reader(kind: str) -> Callable[[Original], Extract]:
    if kind not in _READERS:
        raise Unsupported("file.type_unknown", "Filtypen kan inte läsas. (This kind of file cannot be read.)")
    module, _, name = _READERS[kind].partition(":")
    try:
        reader: Callable[[Original], Extract] = getattr(import_module(f"allmanning.ingest.read.{module}"), name)
    except (ImportError, OSError, MemoryError) as error:
        raise Internal("reader.broken", f"Läsaren för {kind} kan inte laddas.") from error
    return reader
