"""`/person`: reach a person, and let the conversation go along."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from allmanning.contracts.audit.v1.asker_pb import RequestContactRequest, RequestContactResponse
from allmanning.gateway.asker import Asker, TheParts, Visitor
from allmanning.gateway.language import page_language
from allmanning.gateway.pages.citizen.conversation import Carried, Conversation
from allmanning.gateway.pages.citizen.feedback import not_own
from allmanning.gateway.parts import Parts
from allmanning.gateway.problems import problem
from allmanning.gateway.rendering import render
from allmanning.runtime import subjects
from allmanning.runtime.errors import PlatformError

router = APIRouter(prefix="/person")

# The record waits until it can be seen in the queue.
TIMEOUT_S = 15.0


@router.get("")
async def person_page(request: Request, _visitor: Visitor) -> Response:
    """When and how to reach a person."""
    return render(request, "citizen/person.html", _shown(Conversation(), may_send=False))


@router.post("")
async def person_page_with_conversation(
    request: Request, visitor: Visitor, parts: TheParts, conversation: Carried
) -> Response:
    """The same, with a form that sends the conversation; nothing is sent yet."""
    own = bool(conversation.own_decisions(parts, visitor))
    return render(request, "citizen/person.html", _shown(conversation, may_send=own))


@router.post("/send")
async def send(
    request: Request,
    visitor: Visitor,
    parts: TheParts,
    conversation: Carried,
    name: Annotated[str, Form()] = "",
    reach: Annotated[str, Form()] = "",
    message: Annotated[str, Form()] = "",
) -> Response:
    """Hand the conversation over to a caseworker, with a name and a way to reach whoever asked."""
    written = {"name": name, "reach": reach, "message": message}
    try:
        await hand_over(parts, visitor, conversation, **written)
    except PlatformError as error:
        shown = _shown(conversation, may_send=True) | {"written": written}
        shown["problem"] = problem(error, page_language(request.query_params, request.headers))
        return render(request, "citizen/person.html", shown, status=error.status)
    return render(request, "citizen/handed_over.html", {"reach": reach})


async def hand_over(
    parts: Parts, asker: Asker, conversation: Conversation, *, name: str, reach: str, message: str
) -> None:
    """Put the conversation in the review queue.

    Raises:
        Forbidden: `conversation.not_own`. InvalidInput: `contact.reach_missing`, `contact.too_long`.
        Conflict: `contact.sent`.
    """
    own = conversation.own_decisions(parts, asker)
    if not own:
        raise not_own()
    talk = "\n\n".join(f"Fråga: {each.asked}\nSvar: {each.answered}" for each in conversation.turns)
    asked = RequestContactRequest(
        principal=asker.principal, decision_ids=own, name=name, reach=reach, message=message, conversation=talk
    )
    await parts.bus.call(subjects.AUDIT_REQUEST_CONTACT, asked, RequestContactResponse, timeout_s=TIMEOUT_S)


def _shown(conversation: Conversation, *, may_send: bool) -> dict[str, object]:
    written = {"name": "", "reach": "", "message": ""}
    return {"turns": conversation.turns, "may_send": may_send, "written": written, "problem": None}
