"""What a document says about itself fills what the submit left empty."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath
from typing import Final

from allmanning.contracts.access.v1.access_pb import Secrecy
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion
from allmanning.index.language import detect
from allmanning.ingest.read.document import Extract
from allmanning.ingest.read.finding import SECRECY_UNKNOWN, Finding
from allmanning.ingest.read.original import Original
from allmanning.ingest.submission import check_dates, check_retention, secrecy_of
from allmanning.runtime.errors import InvalidInput

# Characters that tell which language a document is in.
_SAMPLE: Final = 20_000
# Characters of a title or another field: each passage carries them.
_LONGEST: Final = 300


def completed(document: DocumentVersion, original: Original, extract: Extract) -> tuple[DocumentVersion, Extract]:
    """`document` with every field set, and `extract` with what was noticed in its metadata.

    A class that nobody named is the original's default. One that the document itself names and nobody knows is secret,
    and what it says of sharing and is no clear yes is a no: its author wanted it kept from somebody.

    Raises:
        InvalidInput: `metadata.invalid`, for other things that are written in the document.
    """
    written = {name: value[:_LONGEST] for name, value in extract.metadata.items()}
    secrecy, findings = document.secrecy, extract.findings
    if not secrecy:
        try:
            secrecy = secrecy_of(written.get("secrecy", "")) or original.default_secrecy
        except InvalidInput:
            secrecy, findings = Secrecy.SECRET, (*findings, Finding(SECRECY_UNKNOWN))
    valid_from = document.valid_from or written.get("valid_from", "")
    valid_to = document.valid_to or written.get("valid_to", "")
    check_dates(valid_from, valid_to)
    review_on = document.review_on or written.get("review_on", "")
    check_dates(review_on, "")
    retention = document.retention or written.get("retention", "")
    check_retention(retention)
    described = DocumentVersion(
        id=document.id,
        version=document.version,
        authority=document.authority,
        collection=document.collection,
        title=(document.title or extract.title or PurePath(original.filename.replace("\\", "/")).stem)[:_LONGEST],
        uri=document.uri,
        media_type=document.media_type,
        secrecy=secrecy,
        secrecy_provision=document.secrecy_provision or written.get("secrecy_provision", ""),
        document_type=document.document_type or written.get("document_type", ""),
        owner_unit=document.owner_unit or written.get("owner_unit", ""),
        shared=document.shared or written.get("shared", "").lower() in ("true", "yes", "ja"),
        valid_from=valid_from,
        valid_to=valid_to,
        record_type=document.record_type or written.get("record_type", ""),
        retention=retention,
        review_on=review_on,
        language=document.language or detect(extract.text[:_SAMPLE]),
        container=document.container,
    )
    return described, replace(extract, findings=findings)
