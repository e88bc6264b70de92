"""`/`: ask the authority, as a form that works without scripts and as a stream for those that have them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from allmanning.contracts.generate.v1.generate_pb import Finished, Message
from allmanning.gateway.answers import Answer, Question
from allmanning.gateway.asker import Asker, TheParts, Visitor
from allmanning.gateway.events import EventStream
from allmanning.gateway.language import page_language
from allmanning.gateway.pages.answer_stream import answer_stream
from allmanning.gateway.pages.citizen.conversation import Carried, Conversation
from allmanning.gateway.pages.citizen.languages import WELCOMES
from allmanning.gateway.pages.citizen.telling import Telling, telling
from allmanning.gateway.parts import Parts
from allmanning.gateway.presence import while_present
from allmanning.gateway.problems import problem
from allmanning.gateway.rendering import fragment, render
from allmanning.runtime.errors import PlatformError
from allmanning.runtime.record import Json

router = APIRouter()


@router.get("/")
async def ask_page(request: Request, _visitor: Visitor, parts: TheParts) -> Response:
    """The empty form."""
    return render(request, "citizen/chat.html", _shown(parts, Conversation(), ""))


@router.post("/")
async def ask(
    request: Request,
    visitor: Visitor,
    parts: TheParts,
    conversation: Carried,
    question: Annotated[str, Form()] = "",
) -> Response:
    """The answer, in the page or as a stream of its sentences."""
    answer = Answer(parts, question_of(visitor, conversation, question))
    if "text/event-stream" in request.headers.get("accept", ""):
        return EventStream(_lines(request, parts, visitor, answer, question), answer.close)
    shown = _shown(parts, conversation, question) | {"sent_as_form": True}
    status = 200
    try:
        finished = await while_present(request, answer.finished())
        shown |= {"told": _told(parts, visitor, question, finished), "question": ""}
    except PlatformError as error:
        shown["problem"] = problem(error, page_language(request.query_params, request.headers))
        status = error.status
    finally:
        await answer.close()
    return render(request, "citizen/chat.html", shown, status=status)


def question_of(asker: Asker, conversation: Conversation, question: str) -> Question:
    """What is asked of the generate service, with the turns that help to understand it."""
    messages: list[Message] = []
    for turn in conversation.remembered:
        messages += [Message(role="user", content=turn.asked), Message(role="assistant", content=turn.answered)]
    return Question(asker.principal, [*messages, Message(role="user", content=question)])


def _shown(parts: Parts, conversation: Conversation, question: str) -> dict[str, object]:
    return {
        "turns": conversation.turns,
        "told": None,
        "problem": None,
        "question": question,
        "most_chars": parts.settings.max_question_chars,
        "welcomes": WELCOMES,
    }


def _told(parts: Parts, asker: Asker, question: str, finished: Finished) -> Telling:
    return telling(question, finished, parts.tokens.of(asker.principal.authority, finished.decision_id))


def _lines(request: Request, parts: Parts, asker: Asker, answer: Answer, question: str) -> AsyncIterator[str]:
    def end(finished: Finished) -> dict[str, Json]:
        told = _told(parts, asker, question, finished)
        html = fragment(request, "citizen/answer.html", {"told": told})
        return {"html": html, "text": finished.text, "turn": told.turn.field}

    return answer_stream(answer, page_language(request.query_params, request.headers), end)
