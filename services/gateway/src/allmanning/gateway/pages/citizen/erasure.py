"""`/conversation/erase`: what of a conversation can be erased, and by whom."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from allmanning.contracts.audit.v1.asker_pb import AskErasureRequest, AskErasureResponse
from allmanning.gateway.asker import TheParts, Visitor
from allmanning.gateway.language import page_language
from allmanning.gateway.pages.citizen.conversation import Carried
from allmanning.gateway.problems import problem
from allmanning.gateway.rendering import render
from allmanning.runtime import subjects
from allmanning.runtime.errors import PlatformError

router = APIRouter(prefix="/conversation")

# The record waits until it can be seen in the list.
TIMEOUT_S = 15.0


@router.post("/erase")
async def erase(
    request: Request,
    visitor: Visitor,
    parts: TheParts,
    conversation: Carried,
    confirmed: Annotated[str, Form(max_length=3)] = "",
) -> Response:
    """First what it means; when confirmed, the browser forgets, and an erasure is asked for on the server."""
    own = conversation.own_decisions(parts, visitor)
    shown: dict[str, object] = {"turns": conversation.turns, "own": own, "done": False, "erasure": "", "problem": None}
    if confirmed:
        shown["done"] = True
    if confirmed == "all" and own:
        asked = AskErasureRequest(principal=visitor.principal, decision_ids=own)
        try:
            answer = await parts.bus.call(subjects.AUDIT_ASK_ERASURE, asked, AskErasureResponse, timeout_s=TIMEOUT_S)
        except PlatformError as error:
            # The conversation stays in the browser, so that it can be asked for again.
            shown |= {"done": False, "problem": problem(error, page_language(request.query_params, request.headers))}
            return render(request, "citizen/erase.html", shown, status=error.status)
        shown["erasure"] = answer.erasure_id
    return render(request, "citizen/erase.html", shown)
