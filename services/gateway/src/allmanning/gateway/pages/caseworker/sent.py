"""`/review/sent`: one's own drafts that colleagues look at before they are used, and what came of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, Field

from allmanning.contracts.audit.v1.audit_pb import Review
from allmanning.gateway.asker import TheParts
from allmanning.gateway.language import marked, page_language
from allmanning.gateway.pages.caseworker.outcome import outcome_of
from allmanning.gateway.pages.caseworker.waiting import Waiting, waiting
from allmanning.gateway.pages.form_page import form_page
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.rendering import render
from allmanning.gateway.reviewing import MOST_LISTED, Reviewing
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime.errors import InvalidInput

router = APIRouter(prefix="/review/sent")

STATES: Final[Mapping[str, str]] = {
    "open": marked("Väntar på en kollega"),
    "taken": marked("En kollega läser det nu"),
    "approved": marked("Godkänt"),
    "edited": marked("Ändrat av en kollega"),
    "rejected": marked("Avvisat"),
}


class Draft(BaseModel):
    """What is sent: the words, from which decision, and what a colleague should look at."""

    decision_id: Annotated[str, Field(max_length=64)] = ""
    text: Annotated[str, Field(max_length=50_000)] = ""
    message: Annotated[str, Field(max_length=20_000)] = ""


@dataclass(frozen=True)
class Sent:
    """One that was sent. `state` is a key of `STATES`; `told` the words that a colleague stands behind, if any."""

    row: Waiting
    review: Review
    state: str

    @property
    def told(self) -> str:
        return self.review.text if self.state in {"approved", "edited"} else ""


def sent_draft(review: Review, language: str) -> Sent:
    state = "taken" if review.state == "open" and review.claimed_until else review.state
    return Sent(waiting(review, language), review, state)


@router.get("")
async def sent_page(request: Request, parts: TheParts, done: str = "") -> Response:
    """Mina utkast: newest first."""
    asker = staff(request, Permission.DRAFT_SEND)
    language = page_language(request.query_params, request.headers)
    found = await Reviewing(parts, asker.principal).sent()
    values = {
        "sent": [sent_draft(each, language) for each in found],
        "states": STATES,
        "outcome": outcome_of(done, ""),
        "most": MOST_LISTED,
    }
    return render(request, "caseworker/sent.html", values)


@router.post("")
async def send(request: Request, parts: TheParts, draft: Annotated[Draft, Form()]) -> Response:
    """Send it to the queue. A second press of the button opens no second review."""
    asker = staff(request, Permission.DRAFT_SEND)
    # Browsers send line breaks as CR LF.
    text = draft.text.replace("\r\n", "\n")
    try:
        await Reviewing(parts, asker.principal).send(draft.decision_id, text, draft.message)
    except InvalidInput as error:
        return form_page(request, "caseworker/send_again.html", {"draft": draft}, error)
    return RedirectResponse("/review/sent?done=sent", status_code=303)
