"""A small real model, served by llama.cpp as `allmanning up --model` serves it, keeps what the suite promises."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator

import pytest
from haystack.dataclasses import ChatMessage, StreamingChunk

from allmanning.generate.local.gguf import Gguf
from allmanning.generate.local.settings import LocalModelSettings
from allmanning.generate.model.answerer import ModelAnswerer
from allmanning.generate.model.failures import failure_of
from allmanning.generate.model.openai import OpenAIChat, OpenAIConnection
from allmanning.generate.model.server import ModelServer
from allmanning.generate.model.tgi import TgiChat
from allmanning.generate.pipeline import read_pipeline
from tests.conftest import free_port
from tests.contract.generate.test_model_dialects import TASK
from tests.small_model import weights

pytest.importorskip("xllamacpp")

QUESTION = [ChatMessage.from_user("What is the capital of France?")]
KEY = "s3cret"
Chat = TgiChat | OpenAIChat


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    from allmanning.generate.local.llama import serve

    server = serve(
        LocalModelSettings.model_validate(
            {
                "local_model_file": weights(),
                "local_model_port": free_port(),
                "model_name": "smollm2",
                "model_key": KEY,
                "model_context_tokens": 2048,
                "model_capacity": 2,
                # Threads that spin for one another are slow on a busy machine.
                "local_model_threads": 1,
            }
        )
    )
    yield server.listening_address
    del server


def served(address: str, *, dialect: str = "openai", key: str = KEY, max_tokens: int = 24) -> ModelServer:
    url = address if dialect == "tgi" else f"{address}/v1"
    return ModelServer(url, "smollm2", key=key, timeout_s=100, max_tokens=max_tokens, capacity=2)


@pytest.fixture(params=["tgi", "openai"])
async def chat(request: pytest.FixtureRequest, address: str) -> AsyncIterator[Chat]:
    chat = TgiChat() if request.param == "tgi" else OpenAIChat()
    chat.bind(served(address, dialect=request.param))
    await chat.warm_up_async()
    yield chat
    await chat.close_async()


async def test_a_real_model_streams_its_answer_with_token_counts(chat: Chat) -> None:
    heard: list[str] = []

    async def listen(chunk: StreamingChunk) -> None:
        heard.append(chunk.content)

    reply = (await chat.run_async(QUESTION, listen))["replies"][0]
    again = (await chat.run_async(QUESTION))["replies"][0]

    assert len([piece for piece in heard if piece]) > 3
    assert reply.text == "".join(heard) == again.text
    assert reply.meta["finish_reason"] in ("stop", "length")
    assert reply.meta["usage"]["completion_tokens"] > 3


async def test_it_keeps_to_a_token_limit_and_stops_where_told(chat: Chat) -> None:
    short = (await chat.run_async(QUESTION, None, {"max_tokens": 3}))["replies"][0]
    whole = (await chat.run_async(QUESTION))["replies"][0]
    assert short.text
    assert whole.text
    word = whole.text.split()[2]
    stopped = (await chat.run_async(QUESTION, None, {"stop": [word]}))["replies"][0]

    assert short.meta["finish_reason"] == "length"
    assert whole.text.startswith(short.text)
    assert word not in (stopped.text or "")


async def test_the_same_seed_says_the_same(chat: Chat) -> None:
    warm = {"temperature": 1.5, "seed": 11}
    first, second = [(await chat.run_async(QUESTION, None, warm))["replies"][0].text for _ in range(2)]

    assert first == second


async def test_json_of_a_schema_comes_back_as_such(address: str) -> None:
    chat = OpenAIChat()
    chat.bind(served(address))
    await chat.warm_up_async()
    schema = {"type": "object", "properties": {"stad": {"enum": ["Paris", "Lyon"]}}, "required": ["stad"]}
    wanted = {"type": "json_schema", "json_schema": {"name": "svar", "schema": schema}}
    reply = (await chat.run_async(QUESTION, None, {"response_format": wanted}))["replies"][0]
    await chat.close_async()

    assert json.loads(reply.text or "")["stad"] in ("Paris", "Lyon")


async def test_what_it_cannot_hold_is_rejected_and_the_next_question_answered(chat: Chat) -> None:
    with pytest.raises(Exception) as caught:
        await chat.run_async([ChatMessage.from_user("ord " * 4000)])

    assert failure_of(caught.value, begun=False).code == "model.rejected"
    assert (await chat.run_async(QUESTION))["replies"][0].text


async def test_who_leaves_frees_the_place(chat: Chat) -> None:
    begun = asyncio.Event()

    async def listen(_: StreamingChunk) -> None:
        begun.set()

    for _ in range(4):
        begun.clear()
        asking = asyncio.create_task(chat.run_async(QUESTION, listen, {"max_tokens": 2000, "stop": []}))
        await begun.wait()
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)

    assert (await chat.run_async(QUESTION, None, {"max_tokens": 2}))["replies"][0].text


async def test_only_who_has_the_key_is_answered(address: str) -> None:
    connection = OpenAIConnection(served(address, key="wrong"), f"{address}/v1")
    await connection.open()

    async def listen(_: StreamingChunk) -> None: ...

    with pytest.raises(Exception) as caught:
        await connection.chat(QUESTION, listen, {})
    well = await connection.is_well()
    await connection.close()

    assert failure_of(caught.value, begun=False).code == "model.unavailable"
    assert well


async def test_what_a_small_model_makes_up_is_never_said(address: str) -> None:
    answerer = ModelAnswerer(read_pipeline(None, "openai"), served(address, max_tokens=48))
    await answerer.warm_up()
    drafts = [draft async for draft in answerer.answer(TASK)]
    await answerer.close()

    # One that only repeats itself is left before it has counted.
    assert drafts[-1].prompt_tokens > 50 or drafts[-1].figures["stopped"] == "repeating"
    passage = TASK.passages[0].passage
    assert passage is not None
    for draft in drafts:
        for sentence in draft.sentences:
            assert sentence.quotes


def test_the_file_says_what_it_needs() -> None:
    model = Gguf.read(weights())

    assert model.architecture == "llama"
    assert model.context_tokens >= 2048
    assert model.token_bytes == 30 * 3 * (64 + 64) * 2
