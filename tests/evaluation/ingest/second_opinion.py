"""Whether the reason that a file was rejected for is true, by other libraries than the readers'."""

from __future__ import annotations

import email
import email.policy
import io
import logging
import zipfile
from enum import StrEnum
from pathlib import Path

import olefile
import pypdf
from lxml import etree

# It tells of everything that is wrong with a file.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)

# Fewer letters a page than a stamp on a scan has.
_LETTERS_ON_A_PAGE = 25
_KINDS = (
    ".pdf .docx .doc .pptx .ppt .xlsx .xlsm .xls .odt .ods .odp .rtf .epub .html .htm .md .txt .csv .tsv .json .jsonl"
    " .xml .rst .eml .msg .zip .png .jpg .jpeg .tif .tiff"
)


class Opinion(StrEnum):
    """What another library says of the reason."""

    TRUE = "true"
    FALSE = "false"
    # Nobody here can tell: a person looks.
    OPEN = "open"


def opinion(path: Path, code: str) -> Opinion:
    """Is `code` a true reason to reject the file?"""
    data = path.read_bytes()
    match code:
        case "document.encrypted":
            return _said(_is_encrypted(data))
        case "file.unreadable":
            return _said(_is_damaged(data, path.suffix.lower()))
        case "document.no_text" | "document.needs_ocr":
            return _said(_has_no_text(data, path.suffix.lower()))
        case "file.type_unknown":
            return _said(path.suffix.lower() not in _KINDS.split())
        case "file.empty":
            return _said(not data)
        case _:
            return Opinion.OPEN


def _said(answer: bool | None) -> Opinion:
    if answer is None:
        return Opinion.OPEN
    return Opinion.TRUE if answer else Opinion.FALSE


def _is_encrypted(data: bytes) -> bool | None:
    if b"%PDF-" in data[:1024]:
        try:
            reader = pypdf.PdfReader(io.BytesIO(data))
            # The owner's password may be empty: readers are still asked for the user's.
            return reader.is_encrypted and reader.decrypt("") is not pypdf.PasswordType.USER_PASSWORD
        except Exception:  # noqa: BLE001 - a file made to break parsers
            return b"/Encrypt" in data
    if olefile.isOleFile(io.BytesIO(data)):
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            if ole.exists("EncryptedPackage") or ole.exists("EncryptedSummary"):
                return True
            # MS-DOC 2.5.2: fEncrypted is bit 8 of the flags at offset 10.
            return bool(ole.exists("WordDocument") and ole.openstream("WordDocument").read(12)[11] & 1) or None
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return any(each.flag_bits & 1 for each in archive.infolist())
    return "pkcs7" in str(email.message_from_bytes(data, policy=email.policy.default).get_content_type()) or None


def _is_damaged(data: bytes, suffix: str) -> bool | None:
    if b"%PDF-" in data[:1024]:
        try:
            return not len(pypdf.PdfReader(io.BytesIO(data)).pages)
        except Exception:  # noqa: BLE001
            return True
    if data.startswith(b"PK"):
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                if archive.testzip() is not None:
                    return True
                for name in archive.namelist():
                    if name.endswith((".xml", ".rels")):
                        etree.fromstring(archive.read(name))
        except Exception:  # noqa: BLE001
            return True
        return None
    if suffix in {".docx", ".pptx", ".xlsx", ".odt", ".ods", ".odp", ".epub"}:
        return True
    return None


def _has_no_text(data: bytes, suffix: str) -> bool | None:
    if b"%PDF-" in data[:1024]:
        try:
            pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages]
        except Exception:  # noqa: BLE001
            return None
        letters = sum(character.isalnum() for page in pages for character in page)
        return letters < _LETTERS_ON_A_PAGE * len(pages) or not letters
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            texts = [archive.read(name) for name in archive.namelist() if name.endswith((".xml", ".html", ".xhtml"))]
        try:
            words = "".join("".join(etree.fromstring(each).itertext()) for each in texts if b"<" in each)
        except etree.XMLSyntaxError:
            return None
        return not any(character.isalpha() for character in words) or None
    if suffix in {".png", ".jpg", ".jpeg", ".tif", ".tiff"}:
        return True
    return not any(character.isalnum() for character in data.decode("utf-8", errors="replace")) or None
