"""A document as a row of the register."""

from __future__ import annotations

from dataclasses import dataclass

from allmanning.contracts.ingest.v1.ingest_pb import Document, Progress, State
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion
from allmanning.gateway.language import error_message
from allmanning.gateway.pages.admin.document_words import ORDINARY, STATES
from allmanning.gateway.shapes import SECRECIES, STAGES, review_overdue
from allmanning.gateway.shapes import STATES as STATE_NAMES


@dataclass(frozen=True)
class RegisterRow:
    """`now` is "ended", "later" or empty: whether a document that can be searched is in force today."""

    id: str
    title: str
    uri: str
    collection: str
    state: str
    state_words: str
    reason: str
    now: str
    valid_from: str
    valid_to: str
    review_on: str
    review_due: bool
    secrecy: str
    passages: int
    pages: int
    updated_at: str
    attention: int
    stage: str
    done: int
    of: int


def register_row(document: Document, today: str, language: str) -> RegisterRow:
    """`today` is an ISO date."""
    version = document.version or DocumentVersion()
    state = STATE_NAMES.get(document.state, "received")
    progress = document.progress or Progress()
    return RegisterRow(
        id=version.id,
        title=version.title or version.uri,
        uri=version.uri,
        collection=version.collection,
        state=state,
        state_words=STATES[state],
        reason=error_message(document.code, document.reason, language) if document.reason else "",
        now=_now(document, version, today),
        valid_from=version.valid_from,
        valid_to=version.valid_to,
        review_on=version.review_on,
        review_due=review_overdue(version),
        secrecy=SECRECIES.get(version.secrecy, "secret"),
        passages=document.passages,
        pages=document.pages,
        updated_at=document.updated_at,
        attention=sum(each.count for each in document.findings if each.code not in ORDINARY),
        stage=STAGES[progress.stage] if document.state is State.RECEIVED else "",
        done=progress.done,
        of=progress.total,
    )


def _now(document: Document, version: DocumentVersion, today: str) -> str:
    if document.state is not State.INDEXED:
        return ""
    if version.valid_to and version.valid_to < today:
        return "ended"
    return "later" if version.valid_from > today else ""
