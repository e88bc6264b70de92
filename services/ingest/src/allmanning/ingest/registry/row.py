"""Rows of the registry as the messages that leave it, and back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import RowMapping

from allmanning.contracts.access.v1.access_pb import Secrecy
from allmanning.contracts.ingest.v1.ingest_pb import Document, Finding, Priority, State
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
    "record_type",
    "retention",
    "review_on",
    "language",
    "container",
)

# As people and submits write them.
SECRECIES: Final = {Secrecy.OPEN: "open", Secrecy.INTERNAL: "internal", Secrecy.SECRET: "secret"}


@dataclass(frozen=True)
class Upload:
    """A file in the object store: `object` is its name there and its SHA-256.

    `default_secrecy` is its class when the file itself names none.
    """

    filename: str
    object: str
    size_bytes: int
    default_secrecy: Secrecy = Secrecy.SECRET
    priority: Priority = Priority.UNSPECIFIED
    # The import it belongs to, and the source that fetched it; empty for most.
    batch: str = ""
    source: str = ""


@dataclass(frozen=True)
class Reading:
    """What came out of a version: how much, and what was noticed."""

    passages: int = 0
    findings: Sequence[Finding] = ()
    pages: int = 0
    members: int = 0
    # 0..1; 0 without OCR text.
    ocr_quality: float = 0.0


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
        findings=findings_of(row["findings"]),
        batch=row["batch"],
        priority=Priority(row["priority"]),
        pages=row["pages"],
        ocr_quality=row["ocr_quality"],
        source=row["source"],
        attempts=row["tries"],
        members=row["members"],
        filename=row["filename"],
        default_secrecy=SECRECIES.get(Secrecy(row["default_secrecy"]), ""),
        published=row["published"] or "",
    )


def findings_of(column: str) -> list[Finding]:
    """The findings in a row."""
    return [
        Finding(
            code=code,
            count=count,
            places=[Finding.Place(page=page, start=start, end=end) for page, start, end in places],
        )
        for code, count, places in json.loads(column)
    ]


def findings_column(findings: Sequence[Finding]) -> str:
    """The same as the table holds them."""
    return json.dumps(
        [[each.code, each.count, [[at.page, at.start, at.end] for at in each.places]] for each in findings]
    )


def job_of(row: RowMapping) -> Job:
    return Job(
        version=version_of(row),
        upload=Upload(
            filename=row["filename"],
            object=row["object"],
            size_bytes=row["size_bytes"],
            default_secrecy=Secrecy(row["default_secrecy"]),
            priority=Priority(row["priority"]),
            batch=row["batch"],
            source=row["source"],
        ),
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
    return rfc3339(datetime.now(UTC))


def rfc3339(moment: datetime) -> str:
    """A moment in UTC as the table holds it."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
