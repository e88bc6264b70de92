"""The one way in for a parse worker: bytes of a known type become an extract."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import Final

from allmanning.index.injection import rules
from allmanning.ingest.read import media_type
from allmanning.ingest.read.document import Extract
from allmanning.ingest.read.hidden_characters import without_hidden
from allmanning.ingest.read.length import Allowance
from allmanning.ingest.read.ocr.pictures_within import read_pictures_within
from allmanning.ingest.read.original import Original
from allmanning.ingest.read.quality import with_quality
from allmanning.runtime.errors import Internal, PlatformError, TooLarge, Unprocessable, Unsupported

# In place of a media type: a page of a PDF as a picture, and whatever the pipeline gives to `unstructured`.
_DRAWING: Final = "drawing"
_UNSTRUCTURED: Final = "unstructured"
# Media type -> module:function, imported when first needed.
_READERS: Final = {
    media_type.PDF: "pdf.pdf:read_pdf",
    media_type.DOCX: "word.docx:read_docx",
    media_type.XLSX: "spreadsheet.xlsx:read_xlsx",
    media_type.DOC: "word.doc:read_doc",
    media_type.PPTX: "slides.pptx:read_pptx",
    media_type.PPT: "slides.ppt:read_ppt",
    media_type.RTF: "word.rtf:read_rtf",
    media_type.XLS: "spreadsheet.xls:read_xls",
    media_type.ODT: "opendocument.odt:read_odt",
    media_type.ODS: "opendocument.ods:read_ods",
    media_type.ODP: "opendocument.odp:read_odp",
    media_type.EPUB: "records.epub:read_epub",
    media_type.CSV: "spreadsheet.delimited:read_delimited",
    media_type.TSV: "spreadsheet.delimited:read_delimited",
    media_type.JSON: "records.json:read_json",
    media_type.JSONL: "records.json:read_json",
    media_type.XML: "records.xml:read_xml",
    media_type.RST: "records.rst:read_rst",
    media_type.HTML: "web.html:read_html",
    media_type.MARKDOWN: "web.markdown:read_markdown",
    media_type.TEXT: "plain.text:read_text",
    media_type.PNG: "ocr.image:read_image",
    media_type.JPEG: "ocr.image:read_image",
    media_type.TIFF: "ocr.image:read_image",
    media_type.EML: "mail.eml:read_mail",
    media_type.MSG: "mail.msg:read_msg",
    media_type.ZIP: "archive.zip:read_zip",
    _DRAWING: "pdf.page_picture:draw_page",
    _UNSTRUCTURED: "elements:read_by_unstructured",
}
_MEGABYTE: Final = 1024 * 1024
# Formats whose reader holds the whole file, or a tree of it, in memory: megabytes, and what people call them.
_LARGEST_MB: Final = {
    media_type.DOCX: (64, "Word"),
    media_type.XLSX: (64, "Excel"),
    media_type.XLS: (64, "Excel"),
    media_type.ODT: (64, "OpenDocument"),
    media_type.ODS: (64, "OpenDocument"),
    media_type.DOC: (64, "Word"),
    media_type.RTF: (64, "RTF"),
    media_type.EML: (128, "e-post"),
    media_type.MSG: (128, "e-post"),
    media_type.CSV: (64, "CSV"),
    media_type.TSV: (64, "TSV"),
    media_type.JSON: (64, "JSON"),
    media_type.JSONL: (64, "JSON"),
    media_type.XML: (64, "XML"),
    media_type.RST: (64, "reStructuredText"),
    media_type.HTML: (64, "HTML"),
    media_type.MARKDOWN: (64, "Markdown"),
    media_type.TEXT: (64, "text"),
}


def preload() -> None:
    """Load every reader, and what is read from files of ours. What can't be loaded is told of by `read`."""
    rules.shipped()
    for kind in _READERS:
        with suppress(Internal):
            _reader(kind)


def check_size(kind: str, size_bytes: int) -> None:
    """Raises `TooLarge`: `file.too_large`, for a file of a format that is read as a whole."""
    most, name = _LARGEST_MB.get(kind, (0, ""))
    if most and size_bytes > most * _MEGABYTE:
        raise TooLarge(
            "file.too_large",
            f"Filer av typen {name} får vara högst {most} MB. Dela upp filen i flera. "
            f"(Files of the kind {name} may have at most {most} MB. Split the file.)",
        )


def read(original: Original) -> Extract:
    """Read a file.

    Raises:
        Unprocessable: `document.encrypted`, `document.needs_ocr`, `document.no_text`, `document.too_long`,
            `archive.bomb`, `file.memory`, `file.too_large`, or `file.unreadable` for whatever a parser stumbles on.
        TooLarge: as `check_size`.
        Unsupported: `file.type_unknown`.
        Internal: `reader.broken`, when a parser itself can't be loaded; the file is not to blame.
    """
    if media_type.is_encrypted_office(original.path):
        raise Unprocessable("document.encrypted", "Filen är låst med lösenord. (The file is locked with a password.)")
    check_size(original.media_type, original.path.stat().st_size)
    reader = _reader(_reader_name(original))
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
        if _is_cause(error, MemoryError):
            raise out_of_memory() from error
        raise Unprocessable("file.unreadable", "Filen är skadad och kan inte läsas. (The file is damaged.)") from error
    Allowance().take(len(extract.text))
    if original.drawing:
        return extract
    extract = without_hidden(extract)
    if not extract.members and not any(character.isalnum() for character in extract.text):
        within = read_pictures_within(original)
        if within is None:
            raise Unprocessable("document.no_text", "Dokumentet innehåller ingen text. (The document has no text.)")
        within = without_hidden(within)
        extract = within.noting((*extract.findings, *within.findings))
    return with_quality(extract)


def out_of_memory() -> Unprocessable:
    return Unprocessable(
        "file.memory",
        "Filen behöver mer minne än vad som tillåts. Dela upp den i mindre filer och lämna in dem var för sig. "
        "(The file needs more memory than is allowed. Split it into smaller files.)",
    )


def _is_cause(error: BaseException | None, kind: type[BaseException]) -> bool:
    """Whether `error`, or what it was raised from, is of a kind."""
    while error is not None:
        if isinstance(error, kind):
            return True
        error = error.__cause__ or error.__context__
    return False


def _reader_name(original: Original) -> str:
    if original.drawing:
        return _DRAWING
    return _UNSTRUCTURED if original.by_unstructured else original.media_type


def _reader(kind: str) -> Callable[[Original], Extract]:
    if kind not in _READERS:
        raise Unsupported("file.type_unknown", "Filtypen kan inte läsas. (This kind of file cannot be read.)")
    module, _, name = _READERS[kind].partition(":")
    try:
        reader: Callable[[Original], Extract] = getattr(import_module(f"allmanning.ingest.read.{module}"), name)
    except (ImportError, OSError, MemoryError) as error:
        raise Internal("reader.broken", f"Läsaren för {kind} kan inte laddas.") from error
    return reader
