"""`/`: ask the authority, as a form that works without scripts and as a stream for those that have them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from itertools import zip_longest
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from allmanning.contracts.generate.v1.generate_pb import Finished, Message, Queued, Sentence
from allmanning.gateway.answers import Answer, Question
from allmanning.gateway.asker import Asker, TheParts, Visitor
from allmanning.gateway.events import ALIVE, EventStream, event
from allmanning.gateway.language import page_language, translate
from allmanning.gateway.pages.citizen.telling import telling
from allmanning.gateway.presence import while_present
from allmanning.gateway.problems import problem
from allmanning.gateway.rendering import fragment, render
from allmanning.runtime.errors import PlatformError

router = APIRouter()

# Earlier turns help to understand "och för ett plank?"; older ones than these don't.
_TURNS: Final = 6

_Texts = Annotated[list[str], Form(max_length=100)]


@router.get("/")
async def ask_page(request: Request, _visitor: Visitor) -> Response:
    """The empty form."""
    return render(request, "citizen/chat.html", {"turns": [], "told": None, "problem": None, "question": ""})


@router.post("/")
async def ask(
    request: Request,
    visitor: Visitor,
    parts: TheParts,
    question: Annotated[str, Form()] = "",
    asked: _Texts = [],  # noqa: B006 - FastAPI copies defaults
    answered: _Texts = [],  # noqa: B006
) -> Response:
    """The answer, in the page or as a stream of its sentences."""
    turns = [*zip_longest(asked, answered, fillvalue="")][-_TURNS:]
    if "text/event-stream" in request.headers.get("accept", ""):
        answer = Answer(parts, _question(visitor, turns, question))
        return EventStream(_lines(request, answer, question), answer.close)
    shown: dict[str, object] = {"turns": turns, "told": None, "problem": None, "question": question}
    answer = Answer(parts, _question(visitor, turns, question))
    try:
        shown["told"] = telling(question, await while_present(request, answer.finished()))
        shown["question"] = ""
    except PlatformError as error:
        shown["problem"] = problem(error, page_language(request.query_params, request.headers))
        return render(request, "citizen/chat.html", shown, status=error.status)
    finally:
        await answer.close()
    return render(request, "citizen/chat.html", shown)


def _question(visitor: Asker, turns: Sequence[tuple[str, str]], question: str) -> Question:
    messages: list[Message] = []
    for asked, answered in turns:
        messages += [Message(role="user", content=asked), Message(role="assistant", content=answered)]
    return Question(visitor.principal, [*messages, Message(role="user", content=question)])


async def _lines(request: Request, answer: Answer, question: str) -> AsyncIterator[str]:
    language = page_language(request.query_params, request.headers)
    try:
        async for each in answer.events():
            match each:
                case Queued():
                    yield event({"text": _place(each, language)}, "queue")
                case Sentence():
                    yield event({"text": each.text, "language": each.language}, "sentence")
                case Finished():
                    html = fragment(request, "citizen/answer.html", {"told": telling(question, each)})
                    yield event({"html": html, "text": each.text}, "end")
                case None:
                    yield ALIVE
    except PlatformError as error:
        shown = problem(error, language)
        yield event(
            {"html": fragment(request, "problem.html", {"problem": shown}), "text": shown["message"]}, "problem"
        )


def _place(queued: Queued, language: str) -> str:
    return translate(
        "Många frågar just nu. Du har plats {position} i kön; det är din tur om ungefär {seconds} s.",
        language,
        position=queued.position,
        seconds=round(queued.expected_wait_s),
    )
