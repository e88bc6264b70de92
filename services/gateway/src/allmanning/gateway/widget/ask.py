"""`/widget/ask`: a question from a page on another web site, answered as a stream.

The widget sends a plain form, which browsers let any page send without asking first (Fetch standard, CORS-safelisted
content types). So a page that is not on the list gets a refusal that it can read, in words, and nothing else.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse, Response

from allmanning.contracts.generate.v1.generate_pb import Finished, Queued, Sentence
from allmanning.gateway.answers import Answer
from allmanning.gateway.asker import Asker, TheParts
from allmanning.gateway.channels import Channel, admitted
from allmanning.gateway.events import ALIVE, EventStream, event
from allmanning.gateway.links import origin_of
from allmanning.gateway.pages.citizen.chat import place, question_of
from allmanning.gateway.pages.citizen.conversation import Carried
from allmanning.gateway.pages.citizen.telling import telling
from allmanning.gateway.parts import Parts
from allmanning.gateway.problems import problem
from allmanning.runtime.errors import InvalidInput, PlatformError
from allmanning.runtime.record import Json

router = APIRouter(prefix="/widget")


@router.post("/ask")
async def ask(
    request: Request,
    parts: TheParts,
    conversation: Carried,
    key: Annotated[str, Form(max_length=100)] = "",
    question: Annotated[str, Form()] = "",
    lang: Annotated[str, Form(max_length=5)] = "sv",
) -> Response:
    """The answer's sentences, then its sources with whole addresses; or why there is none."""
    origin = request.headers.get("origin", "")
    try:
        if len(question) > parts.settings.max_question_chars:
            most = parts.settings.max_question_chars
            raise InvalidInput("question.too_long", f"Frågan får vara högst {most} tecken.")
        channel = await asyncio.to_thread(admitted, parts.settings.data_dir, key, origin)
    except PlatformError as error:
        return _readable(JSONResponse(_problem(error, lang), status_code=error.status), origin)
    answer = Answer(parts, question_of(Asker(channel.principal), conversation, question))
    lines = _lines(parts, channel, answer, question, origin_of(request), lang)
    return _readable(EventStream(lines, answer.close), origin)


def _readable(response: Response, origin: str) -> Response:
    """By the page that asked, and by no other."""
    if origin:
        response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Vary"] = "Origin"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _problem(error: PlatformError, language: str) -> dict[str, str]:
    shown = problem(error, language)
    return {"code": str(shown["code"]), "text": str(shown["message"])}


async def _lines(
    parts: Parts, channel: Channel, answer: Answer, question: str, origin: str, language: str
) -> AsyncIterator[str]:
    try:
        async for each in answer.events():
            match each:
                case Queued():
                    yield event({"text": place(each, language)}, "queue")
                case Sentence():
                    yield event({"text": each.text, "language": each.language}, "sentence")
                case Finished():
                    yield event(_end(parts, channel, each, question, origin), "end")
                case None:
                    yield ALIVE
    except PlatformError as error:
        yield event(_problem(error, language), "problem")


def _end(parts: Parts, channel: Channel, finished: Finished, question: str, origin: str) -> dict[str, Json]:
    told = telling(question, finished, parts.tokens.of(channel.authority, finished.decision_id))
    turn = told.turn
    sources: list[Json] = [
        {
            "number": each.number,
            "title": each.title,
            "heading": each.heading,
            "page": each.page,
            "url": origin + each.view,
        }
        for each in turn.sources
    ]
    return {
        "asked": question,
        "foreword": turn.foreword,
        "asked_in": turn.asked_in,
        "paragraphs": list(turn.paragraphs),
        "language": turn.language,
        "sources": sources,
        "decision": f"{origin}/decision/{turn.decision}?authority={channel.authority}",
        "turn": turn.field,
    }
