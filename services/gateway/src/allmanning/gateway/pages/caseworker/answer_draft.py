"""`/search/answer`: an answer draft out of what was searched, only when asked for; as a stream, or as a page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from allmanning.contracts.access.v1.access_pb import Role
from allmanning.contracts.generate.v1.generate_pb import Finished, Message
from allmanning.gateway.answers import Answer, Question
from allmanning.gateway.asker import Asker, TheParts
from allmanning.gateway.events import EventStream
from allmanning.gateway.language import page_language
from allmanning.gateway.links import origin_of
from allmanning.gateway.pages.answer_stream import answer_stream
from allmanning.gateway.pages.caseworker.drafted import drafted
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.presence import while_present
from allmanning.gateway.problems import problem
from allmanning.gateway.rendering import fragment, render
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime.errors import PlatformError
from allmanning.runtime.record import Json

router = APIRouter(prefix="/search/answer")

DRAFTERS: Final = (Role.CASEWORKER, Role.ADMIN)

Texts = Annotated[list[str], Form(max_length=100)]


@router.post("")
async def draft(
    request: Request,
    parts: TheParts,
    q: Annotated[str, Form(max_length=20_000)] = "",
    collections: Texts = [],  # noqa: B006 - FastAPI copies defaults
) -> Response:
    """The question answered from the collections that the search is limited to."""
    asker = staff(request, Permission.SEARCH)
    answer = Answer(parts, _question(asker, q, collections))
    if "text/event-stream" in request.headers.get("accept", ""):
        return EventStream(_lines(request, asker, answer, q), answer.close)
    shown: dict[str, object] = {"q": q, "told": None, "problem": None, "may_send": asker.may(Permission.DRAFT_SEND)}
    status = 200
    try:
        shown["told"] = drafted(q, await while_present(request, answer.finished()), origin_of(request))
    except PlatformError as error:
        shown["problem"], status = problem(error, page_language(request.query_params, request.headers)), error.status
    finally:
        await answer.close()
    return render(request, "caseworker/answer_page.html", shown, status=status)


def _question(asker: Asker, question: str, collections: list[str]) -> Question:
    return Question(asker.principal, [Message(role="user", content=question)], collections=collections)


def _lines(request: Request, asker: Asker, answer: Answer, question: str) -> AsyncIterator[str]:
    def end(finished: Finished) -> dict[str, Json]:
        told = drafted(question, finished, origin_of(request))
        values = {"told": told, "may_send": asker.may(Permission.DRAFT_SEND)}
        return {"html": fragment(request, "caseworker/answer.html", values), "text": finished.text}

    return answer_stream(answer, page_language(request.query_params, request.headers), end)
