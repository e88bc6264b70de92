"""Take a document in: its bytes to the object store under their hash, then a reference to ingest."""

from __future__ import annotations

import asyncio
import hashlib
import io
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO, cast

from starlette.datastructures import UploadFile

from allmanning.contracts.ingest.v1.ingest_pb import Priority, SubmitRequest, SubmitResponse
from allmanning.gateway.parts import Parts
from allmanning.runtime import subjects
from allmanning.runtime.errors import InvalidInput, TooLarge

# Ingest looks into a container, and copies it to do so.
_SUBMIT_TIMEOUT_S = 120.0
_PIECE_BYTES = 1024 * 1024
# Names that Windows does not save a file under, whatever follows the dot.
_DEVICES = frozenset({"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(1, 10))})


@dataclass(frozen=True)
class Details:
    """What the uploader says of the document; empty fields are filled from the document itself."""

    collection: str
    uri: str = ""
    title: str = ""
    document_type: str = ""
    secrecy: str = ""
    default_secrecy: str = ""
    secrecy_provision: str = ""
    owner_unit: str = ""
    shared: bool = False
    valid_from: str = ""
    valid_to: str = ""
    record_type: str = ""
    retention: str = ""
    review_on: str = ""
    priority: Priority = Priority.UNSPECIFIED
    batch: str = ""


async def submit(parts: Parts, authority: str, file: UploadFile, details: Details) -> SubmitResponse:
    """Store the file and hand it to ingest. It lies on disk already, and is never in memory as a whole.

    Raises:
        InvalidInput: `file.empty`, and what ingest says of the details.
        TooLarge: `file.too_large`.
        Unavailable: `objects.unavailable`, `objects.full`, `ingest.unavailable`.
    """
    limit = parts.settings.max_document_bytes
    content = file.file
    size_bytes = await asyncio.to_thread(content.seek, 0, io.SEEK_END)
    if not size_bytes:
        raise InvalidInput("file.empty", "Filen är tom.")
    if size_bytes > limit:
        raise TooLarge("file.too_large", f"Filen är större än {limit // (1024 * 1024)} MB.")
    name = safe_name(file.filename or "")
    digest = await asyncio.to_thread(_sha256, content)
    if not await parts.originals.exists(digest):
        await parts.originals.put(digest, cast("io.BufferedIOBase", content))
    request = SubmitRequest(
        authority=authority,
        collection=details.collection,
        filename=name,
        uri=details.uri or name,
        object=digest,
        size_bytes=size_bytes,
        title=details.title,
        document_type=details.document_type,
        secrecy=details.secrecy,
        default_secrecy=details.default_secrecy,
        secrecy_provision=details.secrecy_provision,
        owner_unit=details.owner_unit,
        shared=details.shared,
        valid_from=details.valid_from,
        valid_to=details.valid_to,
        record_type=details.record_type,
        retention=details.retention,
        review_on=details.review_on,
        priority=details.priority,
        batch=details.batch,
    )
    return await parts.bus.call(subjects.INGEST_SUBMIT, request, SubmitResponse, timeout_s=_SUBMIT_TIMEOUT_S)


def _sha256(content: BinaryIO) -> str:
    """Leaves `content` at its start."""
    content.seek(0)
    digest = hashlib.sha256()
    while piece := content.read(_PIECE_BYTES):
        digest.update(piece)
    content.seek(0)
    return digest.hexdigest()


def safe_name(name: str) -> str:
    """The last part of a file name that a client made up, at most 200 characters, as any system can save it.

    Without control characters and marks that turn the direction of writing, which make "fdp.exe" read as "exe.pdf".
    """
    last = PurePosixPath(name.replace("\\", "/")).name
    printable = "".join(each for each in last if not unicodedata.category(each).startswith("C"))
    kept = unicodedata.normalize("NFC", printable)[-200:].strip(" .")
    if not kept:
        return "dokument"
    return f"_{kept}" if kept.partition(".")[0].rstrip().upper() in _DEVICES else kept
