"""Ask a question the way OpenAI's clients do."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from typing_extensions import TypedDict

from allmanning.contracts.generate.v1.generate_pb import Finished
from allmanning.gateway.answers import Answer, Question, Said
from allmanning.gateway.api.chunks import Chunks
from allmanning.gateway.api.completion import MODEL, ChatRequest, Completion, completion, grounds
from allmanning.gateway.asker import Keyed, TheParts
from allmanning.gateway.events import EventStream, event
from allmanning.gateway.language import api_language
from allmanning.gateway.presence import while_present
from allmanning.gateway.problems import problem
from allmanning.runtime.errors import PlatformError

router = APIRouter(tags=["chat"])


class Model(TypedDict):
    """A model as OpenAI's API lists it."""

    id: str
    object: str
    created: int
    owned_by: str


class Models(TypedDict):
    """The list of models."""

    object: str
    data: list[Model]


@router.get("/v1/models")
async def models(_asker: Keyed) -> Models:
    """The one model a client may name; which model really answers is the authority's choice."""
    return Models(object="list", data=[Model(id=MODEL, object="model", created=0, owned_by=MODEL)])


@router.post("/v1/chat/completions", response_model=Completion)
async def complete(asked: ChatRequest, request: Request, asker: Keyed, parts: TheParts) -> Response:
    """Answer a question, whole or streamed as server-sent events."""
    messages = [each.message() for each in asked.messages]
    question = Question(
        asker.principal,
        messages,
        max_tokens=asked.max_completion_tokens or asked.max_tokens or 0,
        conversation_id=asked.allmanning.conversation_id,
        collections=asked.allmanning.collections,
        matter=asked.allmanning.matter(),
    )
    answer = Answer(parts, question)
    language = api_language(request.headers)
    if asked.stream:
        with_usage = asked.stream_options is not None and asked.stream_options.include_usage
        chunks = Chunks(asker.principal.authority, language, with_usage=with_usage)
        return await _streamed(request, answer, chunks)
    try:
        finished = await while_present(request, answer.finished())
    finally:
        await answer.close()
    extra = grounds(finished, asker.principal.authority, language)
    return JSONResponse(completion(finished, int(time.time()), extra))


async def _streamed(request: Request, answer: Answer, chunks: Chunks) -> EventStream:
    """The response, once the first words (or 15 s of work) are there: until then, an error still has its status."""
    events = answer.events()
    try:
        first = await while_present(request, anext(events))
    except BaseException:
        await answer.close()
        raise
    return EventStream(_lines(answer, first, events, chunks), answer.close)


async def _lines(answer: Answer, first: Said, events: AsyncIterator[Said], chunks: Chunks) -> AsyncIterator[str]:
    yield chunks.begin(answer.decision_id)
    try:
        for line in chunks.lines(first):
            yield line
        if isinstance(first, Finished):
            return
        async for each in events:
            for line in chunks.lines(each):
                yield line
    except PlatformError as error:
        yield event({"error": problem(error, chunks.language)})
