"""What a document says about itself fills what the submit left empty."""

from __future__ import annotations

from pathlib import PurePath

from allmanning.contracts.passage.v1.passage_pb import DocumentVersion
from allmanning.ingest.read.document import Extract, Original
from allmanning.ingest.submission import check_dates, secrecy_of


def completed(document: DocumentVersion, original: Original, extract: Extract) -> DocumentVersion:
    """`document` with every field set; a class that nobody named is the original's default.

    Raises:
        InvalidInput: `metadata.invalid`, for what is written in the document.
    """
    written = extract.metadata
    secrecy = document.secrecy or secrecy_of(written.get("secrecy", "")) or original.default_secrecy
    valid_from = document.valid_from or written.get("valid_from", "")
    valid_to = document.valid_to or written.get("valid_to", "")
    check_dates(valid_from, valid_to)
    return DocumentVersion(
        id=document.id,
        version=document.version,
        authority=document.authority,
        collection=document.collection,
        title=document.title or extract.title or PurePath(original.filename.replace("\\", "/")).stem,
        uri=document.uri,
        media_type=document.media_type,
        secrecy=secrecy,
        secrecy_provision=document.secrecy_provision or written.get("secrecy_provision", ""),
        document_type=document.document_type or written.get("document_type", ""),
        owner_unit=document.owner_unit or written.get("owner_unit", ""),
        shared=document.shared or written.get("shared", "").lower() in ("true", "yes", "ja"),
        valid_from=valid_from,
        valid_to=valid_to,
    )
