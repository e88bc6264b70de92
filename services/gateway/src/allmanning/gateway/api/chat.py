"""Ask a question the way OpenAI's clients do."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.contracts.generate.v1.generate_pb import Finished, Queued
from allmanning.gateway.answers import Answer, Question, Said
from allmanning.gateway.api.chat_request import MODEL, ChatRequest, Extra
from allmanning.gateway.api.chunks import Chunks
from allmanning.gateway.api.completion import Completion, completion
from allmanning.gateway.api.grounds import Teller
from allmanning.gateway.api.media import EVENTS
from allmanning.gateway.api.models import known_model
from allmanning.gateway.api.wording import words
from allmanning.gateway.asker import Asker, Keyed, TheParts
from allmanning.gateway.evaluation.as_whom import principal_as
from allmanning.gateway.events import EventStream, event
from allmanning.gateway.presence import while_present
from allmanning.gateway.problems import problem
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime.errors import Forbidden, PlatformError

router = APIRouter(tags=["chat"])


@router.post(
    "/v1/chat/completions",
    response_model=Completion,
    responses={200: {"content": {EVENTS: {"schema": {"type": "string"}}}}},
)
async def complete(asked: ChatRequest, request: Request, asker: Keyed, parts: TheParts) -> Response:
    """Answer a question, whole or streamed as server-sent events."""
    known_model(asked.model, MODEL)
    answer = Answer(parts, question_of(asked, asker))
    teller = Teller.of(request, asker, asked.unused)
    if asked.stream:
        with_usage = asked.stream_options is not None and asked.stream_options.include_usage
        return await _streamed(request, answer, Chunks(teller, words(asked.plan), with_usage=with_usage))
    try:
        finished = await while_present(request, answer.finished())
    finally:
        await answer.close()
    return JSONResponse(told(answer, finished, asked, teller))


def question_of(asked: ChatRequest, asker: Asker) -> Question:
    """What a request asks of the generate service.

    Raises:
        Forbidden: `evaluation.forbidden`, when it is marked as an evaluation by somebody who may not make one.
    """
    return Question(
        _principal(asked.allmanning, asker),
        [each.message() for each in asked.messages],
        max_tokens=asked.limit,
        conversation_id=asked.allmanning.conversation_id,
        collections=asked.allmanning.collections,
        matter=asked.allmanning.matter(),
        wording=asked.wording(),
        batch=asked.allmanning.batch,
        easy_read=asked.allmanning.easy_read,
        evaluation=asked.allmanning.evaluation,
    )


def _principal(asked: Extra, asker: Asker) -> Principal:
    if not asked.evaluation:
        return asker.principal
    if not asker.may(Permission.EVALUATE):
        raise Forbidden(
            "evaluation.forbidden",
            "Bara administratörer får märka en fråga som mätning (allmanning.evaluation), för den räknas och granskas"
            " inte. Ta bort märkningen, eller använd en administratörs nyckel.",
        )
    return principal_as(asked.evaluation_as, asker.principal.authority, asker.principal.key_id)


def told(answer: Answer, finished: Finished, asked: ChatRequest, teller: Teller) -> Completion:
    """A finished answer as it was asked for."""
    extra, worded = teller.grounds(finished), words(asked.plan)
    pieces = [*map(worded.sentence, answer.sentences), worded.rest(finished, extra)]
    return completion(finished, "".join(pieces), int(time.time()), extra)


async def _streamed(request: Request, answer: Answer, chunks: Chunks) -> EventStream:
    """The response, once it has something to tell (words, a place in the queue, 15 s of work): until then, an error
    still has its status.
    """
    events = answer.events()
    try:
        first = await while_present(request, anext(events))
    except BaseException:
        await answer.close()
        raise
    return EventStream(_lines(answer, first, events, chunks), answer.close)


async def _lines(answer: Answer, first: Said, events: AsyncIterator[Said], chunks: Chunks) -> AsyncIterator[str]:
    said = first
    try:
        while isinstance(said, Queued):
            # No decision has been opened yet that chunks could be named after.
            yield "".join(chunks.lines(said))
            said = await anext(events)
        # What is known together leaves together: each piece is a write to the network of its own.
        yield chunks.begin(answer.decision_id) + "".join(chunks.lines(said))
        if isinstance(said, Finished):
            return
        async for each in events:
            if lines := "".join(chunks.lines(each)):
                yield lines
    except PlatformError as error:
        yield event({"error": problem(error, chunks.language)})
