"""`/widget/ask`: a question from a page on another web site, answered as a stream."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from allmanning.contracts.generate.v1.generate_pb import Finished
from allmanning.gateway.answers import Answer
from allmanning.gateway.asker import Asker, TheParts
from allmanning.gateway.channels import Channel, admitted
from allmanning.gateway.events import EventStream
from allmanning.gateway.links import origin_of
from allmanning.gateway.pages.answer_stream import answer_stream
from allmanning.gateway.pages.citizen.chat import question_of
from allmanning.gateway.pages.citizen.conversation import Carried
from allmanning.gateway.pages.citizen.telling import telling
from allmanning.gateway.parts import Parts
from allmanning.gateway.widget.listed import readable, refusal
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
            text = f"Frågan får vara högst {most} tecken. (The question may be {most} characters at most.)"
            raise InvalidInput("question.too_long", text)
        channel = await asyncio.to_thread(admitted, parts.settings.data_dir, key, origin)
    except PlatformError as error:
        return readable(refusal(error, lang), origin)
    answer = Answer(parts, question_of(Asker(channel.principal), conversation, question))
    lines = answer_stream(answer, lang, lambda finished: _end(parts, channel, finished, question, origin_of(request)))
    return readable(EventStream(lines, answer.close), origin)


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
    nearby: list[Json] = [
        {"title": each.title, "heading": each.heading, "page": each.page, "url": origin + each.view}
        for each in turn.nearby
    ]
    return {
        "asked": question,
        "foreword": turn.foreword,
        "asked_in": turn.asked_in,
        "paragraphs": list(turn.paragraphs),
        "blocks": [
            {
                "lines": list(each.lines),
                "listed": each.listed,
                "columns": list(each.columns),
                "rows": [list(row) for row in each.rows],
            }
            for each in turn.blocks
        ],
        "language": turn.language,
        "sources": sources,
        "nearby": nearby,
        "nearby_heading": turn.nearby_heading,
        "decision": f"{origin}/decision/{turn.decision}?authority={channel.authority}",
        "turn": turn.field,
        "gap": told.gap,
        "crisis": told.crisis,
        "numbers": list(told.numbers),
    }
