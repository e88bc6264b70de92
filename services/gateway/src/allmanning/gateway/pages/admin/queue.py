"""How the work on an authority's documents goes, as a panel that follows it live."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from allmanning.contracts.ingest.v1.ingest_pb import QueueRequest, QueueResponse
from allmanning.gateway.asker import TheParts
from allmanning.gateway.events import EventStream, changes, event
from allmanning.gateway.pages.admin.document_words import ATTENTION, COUNTED
from allmanning.gateway.pages.admin.register_row import RegisterRow, register_row
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.parts import Parts
from allmanning.gateway.rendering import fragment
from allmanning.gateway.shapes import STATES as STATE_NAMES
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime import subjects
from allmanning.runtime.swedish_day import today

router = APIRouter(prefix="/admin/documents")

_MINUTE_S: Final = 60


@dataclass(frozen=True)
class Queue:
    """What the panel shows; `counts` are documents by state, those that need somebody first."""

    paused: bool
    waiting: int
    counts: list[tuple[str, str, int]]
    per_minute: int
    minutes_left: int
    working: list[RegisterRow]


async def queue_of(parts: Parts, authority: str) -> Queue:
    """The queue of an authority now."""
    found = await parts.bus.call(subjects.INGEST_QUEUE, QueueRequest(authority=authority), QueueResponse)
    by_state = {STATE_NAMES[each.state]: each.documents for each in found.counts if each.state in STATE_NAMES}
    order = ("indexed", "scheduled", *ATTENTION, "cancelled", "expanded", "retired")
    day = today().isoformat()
    return Queue(
        paused=found.paused,
        waiting=by_state.get("received", 0),
        counts=[(name, COUNTED[name], by_state[name]) for name in order if by_state.get(name)],
        per_minute=found.settled_per_minute,
        minutes_left=-(-found.seconds_left // _MINUTE_S),
        working=[register_row(each, day, "sv") for each in found.working],
    )


@router.get("/events")
async def events(request: Request, parts: TheParts) -> Response:
    """The panel again whenever it has changed, as server-sent events named `queue`."""
    asker = staff(request, Permission.DOCUMENTS_MANAGE)

    async def look() -> Queue:
        return await queue_of(parts, asker.principal.authority)

    def panel(queue: Queue) -> str:
        return event(
            {"html": fragment(request, "admin/queue.html", {"queue": queue}), "waiting": queue.waiting}, "queue"
        )

    return EventStream(changes(request, look, panel))
