"""Rows of the registry as the messages that leave it, and back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import RowMapping

from allmanning.contracts.access.v1.access_pb import Secrecy
from allmanning.contracts.ingest.v1.ingest_pb import Document, State
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion

# What of a version is described by its metadata, with the same names in the message and in the table.
DESCRIPTION: Final = (
    "media_type",
    "title",
    "document_type",
    "secrecy_provision",
    "owner_unit",
    "shared",
    "valid_from",
    "valid_to",
)


@dataclass(frozen=True)
class Upload:
    """A file in the object store: `object` is its name there and its SHA-256.

    `default_secrecy` is its class when the file itself names none.
    """

    filename: str
    object: str
    size_bytes: int
    default_secrecy: Secrecy = Secrecy.SECRET


@dataclass(frozen=True)
class Job:
    """A version, and what the work on it needs to know."""

    version: DocumentVersion
    upload: Upload
    state: State
    attempt: int
    passages: int
    code: str
    reason: str
    newest: bool
    published: bool


def values_of(version: DocumentVersion) -> dict[str, object]:
    """The columns that describe a version."""
    return {name: getattr(version, name) for name in DESCRIPTION} | {"secrecy": int(version.secrecy)}


def version_of(row: RowMapping) -> DocumentVersion:
    """The version in a row of both tables joined."""
    return DocumentVersion(
        id=row["id"],
        version=row["version"],
        authority=row["authority"],
        collection=row["collection"],
        uri=row["uri"],
        secrecy=Secrecy(row["secrecy"]),
        **{name: row[name] for name in DESCRIPTION},
    )


def document_of(row: RowMapping) -> Document:
    """The same as the outside sees it."""
    return Document(
        version=version_of(row),
        state=State(row["state"]),
        passages=row["passages"],
        size_bytes=row["size_bytes"],
        updated_at=row["updated_at"],
        code=row["code"],
        reason=row["reason"],
        object=row["object"],
    )


def job_of(row: RowMapping) -> Job:
    return Job(
        version=version_of(row),
        upload=Upload(row["filename"], row["object"], row["size_bytes"], Secrecy(row["default_secrecy"])),
        state=State(row["state"]),
        attempt=row["attempt"],
        passages=row["passages"],
        code=row["code"],
        reason=row["reason"],
        newest=row["newest"] == row["version"],
        published=row["published"] == row["version"],
    )


def now() -> str:
    """RFC 3339, UTC, milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
