"""How the work on documents goes, and what an administrator does about it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from allmanning.contracts.ingest.v1.ingest_pb import (
    CancelRequest,
    CancelResponse,
    QueueRequest,
    QueueResponse,
    RetryRequest,
    RetryResponse,
    SetQueueRequest,
    SetQueueResponse,
)
from allmanning.gateway.api.media import EVENTS, answers
from allmanning.gateway.api.work_words import STATE_OF, AgainName
from allmanning.gateway.asker import Keyed, TheParts
from allmanning.gateway.events import EventStream, changes, event
from allmanning.gateway.parts import Parts
from allmanning.gateway.shapes import STATES, DocumentOut, document
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime import subjects

router = APIRouter(prefix="/v1", tags=["documents"])

Batch = Annotated[
    str, Query(max_length=200, description="Only this import; empty: everything", examples=["flytt-2026"])
]


class CountOut(TypedDict):
    """How many documents are in a state, and how many passages they have."""

    documents: int
    passages: int


class QueueOut(TypedDict):
    """`seconds_left` at the pace of the last minute; null when that is not known."""

    paused: bool
    counts: dict[str, CountOut]
    settled_per_minute: int
    seconds_left: int | None
    working: list[DocumentOut]


class DoneOut(TypedDict):
    """How many documents it was done to."""

    documents: int


class RetryIn(BaseModel):
    """Which documents are run again: all of the authority in one of these states."""

    states: Annotated[list[AgainName], Field(min_length=1, examples=[["failed"]])]


class CancelIn(BaseModel):
    """Which import is cancelled."""

    batch: Annotated[str, Field(min_length=1, max_length=200, examples=["flytt-2026"])]


async def _queue(parts: Parts, authority: str, batch: str) -> QueueOut:
    request = QueueRequest(authority=authority, batch=batch)
    found = await parts.bus.call(subjects.INGEST_QUEUE, request, QueueResponse)
    return QueueOut(
        paused=found.paused,
        counts={
            STATES[each.state]: CountOut(documents=each.documents, passages=each.passages)
            for each in found.counts
            if each.state in STATES
        },
        settled_per_minute=found.settled_per_minute,
        seconds_left=found.seconds_left or None,
        working=[document(each, full=True) for each in found.working],
    )


@router.get("/queue")
async def queue(asker: Keyed, parts: TheParts, batch: Batch = "") -> QueueOut:
    """How many documents are in each state, what is being worked on, and how long the rest takes."""
    asker.require(Permission.DOCUMENTS_MANAGE)
    return await _queue(parts, asker.principal.authority, batch)


@router.get("/queue/events", response_class=Response, responses=answers(EVENTS))
async def events(request: Request, asker: Keyed, parts: TheParts, batch: Batch = "") -> Response:
    """The same as server-sent events named `queue`: one at once, then one whenever something has changed."""
    asker.require(Permission.DOCUMENTS_MANAGE)
    authority = asker.principal.authority

    async def look() -> QueueOut:
        return await _queue(parts, authority, batch)

    return EventStream(changes(request, look, lambda now: event(now, "queue")))


@router.post("/queue/pause")
async def pause(asker: Keyed, parts: TheParts) -> QueueOut:
    """Stop the authority's work within a second or two; what is being worked on is finished."""
    return await _set_paused(asker, parts, paused=True)


@router.post("/queue/resume")
async def resume(asker: Keyed, parts: TheParts) -> QueueOut:
    """Let the authority's work go on."""
    return await _set_paused(asker, parts, paused=False)


@router.post("/queue/retry")
async def retry_all(given: RetryIn, asker: Keyed, parts: TheParts) -> DoneOut:
    """Run every document of the authority again that is in one of these states."""
    asker.require(Permission.DOCUMENTS_MANAGE)
    states = [STATE_OF[name] for name in given.states]
    request = RetryRequest(authority=asker.principal.authority, states=states)
    return DoneOut(documents=(await parts.bus.call(subjects.INGEST_RETRY, request, RetryResponse)).documents)


@router.post("/queue/cancel")
async def cancel_batch(given: CancelIn, asker: Keyed, parts: TheParts) -> DoneOut:
    """Cancel what is not done yet of an import. What was searchable before stays so."""
    asker.require(Permission.DOCUMENTS_MANAGE)
    request = CancelRequest(authority=asker.principal.authority, batch=given.batch)
    return DoneOut(documents=(await parts.bus.call(subjects.INGEST_CANCEL, request, CancelResponse)).documents)


@router.post("/documents/{document_id}/retry")
async def retry(document_id: str, asker: Keyed, parts: TheParts) -> DoneOut:
    """Run a document again that was rejected, held, cancelled or given up; 0 when it is in another state."""
    asker.require(Permission.DOCUMENTS_MANAGE)
    request = RetryRequest(authority=asker.principal.authority, document_id=document_id)
    return DoneOut(documents=(await parts.bus.call(subjects.INGEST_RETRY, request, RetryResponse)).documents)


@router.post("/documents/{document_id}/cancel")
async def cancel(document_id: str, asker: Keyed, parts: TheParts) -> DoneOut:
    """Cancel a document that is not done yet, and what came out of it; 0 when it is done."""
    asker.require(Permission.DOCUMENTS_MANAGE)
    request = CancelRequest(authority=asker.principal.authority, document_id=document_id)
    return DoneOut(documents=(await parts.bus.call(subjects.INGEST_CANCEL, request, CancelResponse)).documents)


async def _set_paused(asker: Keyed, parts: TheParts, *, paused: bool) -> QueueOut:
    asker.require(Permission.DOCUMENTS_MANAGE)
    authority = asker.principal.authority
    await parts.bus.call(
        subjects.INGEST_SET_QUEUE, SetQueueRequest(authority=authority, paused=paused), SetQueueResponse
    )
    return await _queue(parts, authority, "")
