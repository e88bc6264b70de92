"""What is submitted: checked, and given its identity."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from datetime import date
from pathlib import PurePosixPath
from typing import Final

from allmanning.contracts.access.v1.access_pb import Secrecy
from allmanning.contracts.ingest.v1.ingest_pb import SubmitRequest
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion
from allmanning.runtime.errors import InvalidInput, TooLarge

_NAMESPACE: Final = uuid.UUID("6f9c2f5e-6f0c-5a0b-8f36-3d1c3f5f7a55")
_AUTHORITY: Final = re.compile(r"[a-z0-9-]{1,63}")
_COLLECTION: Final = re.compile(r"[^\x00-\x1f\x7f/]{1,100}")
_OBJECT: Final = re.compile(r"[0-9a-f]{64}")
_LONGEST: Final = 1_000
# Also as people write it in a file's front matter.
_SECRECY: Final = {
    "": Secrecy.UNSPECIFIED,
    "open": Secrecy.OPEN,
    "öppen": Secrecy.OPEN,
    "internal": Secrecy.INTERNAL,
    "intern": Secrecy.INTERNAL,
    "secret": Secrecy.SECRET,
    "sekretess": Secrecy.SECRET,
}
# What of a version decides which passages it has and who may read them.
_DECIDING: Final = (
    "filename",
    "object",
    "title",
    "document_type",
    "secrecy",
    "default_secrecy",
    "secrecy_provision",
    "owner_unit",
    "shared",
    "valid_from",
    "valid_to",
)
_DECIDING_TOO: Final = ("record_type", "retention", "review_on")
_FREE_TEXT: Final = ("uri", "title", "document_type", "secrecy_provision", "owner_unit", "record_type", "batch")
_RETENTION: Final = re.compile(r"bevaras|P[1-9]\d{0,2}[YM]")


def identity(authority: str, collection: str, uri: str) -> str:
    """The document's id: the same three always name the same document."""
    return str(uuid.uuid5(_NAMESPACE, f"{authority}/{collection}/{uri}"))


def submitted(request: SubmitRequest, largest_bytes: int) -> DocumentVersion:
    """The version a request describes, without its media type.

    Raises:
        InvalidInput: `authority.invalid`, `collection.invalid`, `file.name_invalid`, `file.empty`, `object.invalid`,
            `metadata.invalid`.
        TooLarge: `file.too_large`.
    """
    check_authority(request.authority)
    check_collection(request.collection)
    if not PurePosixPath(request.filename.replace("\\", "/")).name or len(request.filename) > _LONGEST:
        raise InvalidInput("file.name_invalid", "Filnamnet saknas eller är för långt. (The file has no usable name.)")
    if not _OBJECT.fullmatch(request.object):
        raise InvalidInput("object.invalid", "Originalet ska anges med sin SHA-256.")
    if request.size_bytes == 0:
        raise empty()
    if request.size_bytes > largest_bytes:
        raise too_large(largest_bytes)
    for name in _FREE_TEXT:
        value = getattr(request, name)
        if len(value) > _LONGEST or not value.isprintable():
            raise InvalidInput("metadata.invalid", f"Fältet {name} är för långt eller har styrtecken.")
    check_dates(request.valid_from, request.valid_to)
    check_dates(request.review_on, "")
    check_retention(request.retention)
    uri = request.uri or request.filename
    return DocumentVersion(
        id=identity(request.authority, request.collection, uri),
        version=_version(request),
        authority=request.authority,
        collection=request.collection,
        title=request.title.strip(),
        uri=uri,
        secrecy=secrecy_of(request.secrecy),
        secrecy_provision=request.secrecy_provision,
        owner_unit=request.owner_unit,
        document_type=request.document_type.strip(),
        shared=request.shared,
        valid_from=request.valid_from,
        valid_to=request.valid_to,
        record_type=request.record_type,
        retention=request.retention,
        review_on=request.review_on,
        container=request.container,
    )


def check_authority(written: str) -> None:
    """Raises `InvalidInput`: `authority.invalid`."""
    if not _AUTHORITY.fullmatch(written):
        raise InvalidInput("authority.invalid", "Myndigheten ska skrivas med a-z, 0-9 och bindestreck.")


def check_collection(written: str) -> None:
    """Raises `InvalidInput`: `collection.invalid`."""
    if not _COLLECTION.fullmatch(written):
        raise InvalidInput("collection.invalid", "Samlingen ska ha ett namn på högst 100 tecken, utan snedstreck.")


def empty() -> InvalidInput:
    return InvalidInput("file.empty", "Filen är tom. (The file is empty.)")


def too_large(largest_bytes: int) -> TooLarge:
    limit = largest_bytes // (1024 * 1024)
    return TooLarge("file.too_large", f"Filen är större än {limit} MB. (The file is larger than {limit} MB.)")


def secrecy_of(written: str) -> Secrecy:
    """The class a person wrote. Raises `InvalidInput`: `metadata.invalid`."""
    found = _SECRECY.get(written.strip().lower())
    if found is None:
        raise InvalidInput("metadata.invalid", "Sekretessklassen ska vara open, internal eller secret.")
    return found


def check_dates(valid_from: str, valid_to: str) -> None:
    """Raises `InvalidInput`: `metadata.invalid`, unless both are empty or dates in this order."""
    for written in (valid_from, valid_to):
        if written and not _is_date(written):
            raise InvalidInput("metadata.invalid", "Datum ska skrivas ÅÅÅÅ-MM-DD. (Dates are written YYYY-MM-DD.)")
    if valid_from and valid_to and valid_from > valid_to:
        raise InvalidInput("metadata.invalid", "Dokumentet slutar gälla före sin första dag. (valid_to is too early.)")


def check_retention(written: str) -> None:
    """Raises `InvalidInput`: `metadata.invalid`, unless it is empty, "bevaras" or a duration in years or months."""
    if written and not _RETENTION.fullmatch(written):
        raise InvalidInput(
            "metadata.invalid", 'Gallringsfristen skrivs "bevaras" eller som "P5Y" (fem år). (Retention is unclear.)'
        )


def _is_date(written: str) -> bool:
    try:
        # Also the basic format and week dates parse; the contract allows one form.
        return date.fromisoformat(written).isoformat() == written
    except ValueError:
        return False


def _version(request: SubmitRequest) -> str:
    deciding: list[object] = [getattr(request, name) for name in _DECIDING]
    # What is kept of a version lies under its name: did two documents share one, what the collection of one masks would
    # be shown by the other.
    deciding.append(identity(request.authority, request.collection, request.uri or request.filename))
    # What earlier releases did not know changes nothing where it is empty.
    deciding += [[name, value] for name in _DECIDING_TOO if (value := getattr(request, name))]
    return hashlib.sha256(json.dumps(deciding, ensure_ascii=False).encode()).hexdigest()
