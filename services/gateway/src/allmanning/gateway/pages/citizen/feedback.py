"""`/feedback`: whether an answer helped, and what was missing."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from allmanning.contracts.audit.v1.asker_pb import RateAnswerRequest, RateAnswerResponse
from allmanning.gateway.asker import Asker, TheParts, Visitor
from allmanning.gateway.language import marked
from allmanning.gateway.pages.citizen.conversation import Carried, Conversation
from allmanning.gateway.parts import Parts
from allmanning.gateway.rendering import fragment, render
from allmanning.runtime import subjects
from allmanning.runtime.errors import Forbidden

router = APIRouter()

REASONS: Final = {
    "wrong": marked("Svaret stämmer inte"),
    "outdated": marked("Svaret är gammalt"),
    "missing": marked("Det jag behöver veta saknas"),
    "unclear": marked("Svaret är svårt att förstå"),
    "other": marked("Något annat"),
}


@router.post("/feedback")
async def feedback(
    request: Request,
    visitor: Visitor,
    parts: TheParts,
    conversation: Carried,
    helped: Annotated[str, Form(max_length=3)] = "no",
    reason: Annotated[str, Form(max_length=20)] = "",
    comment: Annotated[str, Form()] = "",
    fragment_only: Annotated[str, Form(alias="fragment", max_length=1)] = "",
) -> Response:
    """Record it on the decision, which must be the asker's own; a no without a reason is asked for one.

    With `fragment` only the piece that takes the form's place in the conversation.
    """
    await rate(parts, visitor, conversation, helped=helped == "yes", reason=reason, comment=comment)
    asks = helped != "yes" and not reason
    values = {"turn": conversation.turns[-1], "asks": asks, "helped": helped == "yes", "reasons": REASONS}
    if fragment_only:
        return HTMLResponse(fragment(request, "citizen/thanks.html", values))
    return render(request, "citizen/feedback.html", values)


async def rate(
    parts: Parts, asker: Asker, conversation: Conversation, *, helped: bool, reason: str, comment: str
) -> None:
    """Record what the asker thinks of the newest answer of a conversation.

    Raises:
        Forbidden: `conversation.not_own`. InvalidInput and Unavailable: the audit service's own.
    """
    own = conversation.own_decisions(parts, asker)
    if not own:
        raise not_own()
    rating = RateAnswerRequest(
        principal=asker.principal, decision_id=own[-1], helped=helped, reason=reason, comment=comment
    )
    await parts.bus.call(subjects.AUDIT_RATE_ANSWER, rating, RateAnswerResponse)


def not_own() -> Forbidden:
    return Forbidden("conversation.not_own", "Det går inte att se att samtalet är ditt. Ställ frågan igen, så går det.")
