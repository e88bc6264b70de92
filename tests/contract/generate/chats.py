"""A chat of either dialect with a scripted server, and what its users do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from haystack.dataclasses import ChatMessage, StreamingChunk

from allmanning.generate.model.failures import failure_of
from allmanning.generate.model.openai import OpenAIChat
from allmanning.generate.model.server import ModelServer
from allmanning.generate.model.tgi import TgiChat
from allmanning.runtime.errors import PlatformError
from tests.contract.generate.scripted_model import ScriptedModel

QUESTION = [ChatMessage.from_user("Vad kostar bygglov?")]
SCHEMA = {"type": "object", "properties": {"avgift": {"type": "integer"}}, "required": ["avgift"]}
Chat = TgiChat | OpenAIChat


@asynccontextmanager
async def opened(dialect: str, model: ScriptedModel, timeout_s: float) -> AsyncIterator[Chat]:
    made = TgiChat() if dialect == "tgi" else OpenAIChat()
    url = model.url if dialect == "tgi" else f"{model.url}/v1"
    made.bind(ModelServer(url, "our-model", key="s3cret", timeout_s=timeout_s, max_tokens=64, seed=7, stop=("###",)))
    await made.warm_up_async()
    try:
        yield made
    finally:
        await made.close_async()


class Heard:
    """Collects what a stream says."""

    def __init__(self, then: Callable[[], object] = lambda: None) -> None:
        self.pieces: list[str] = []
        self.first = asyncio.Event()
        self._then = then

    async def __call__(self, chunk: StreamingChunk) -> None:
        if chunk.content:
            self.pieces.append(chunk.content)
            self.first.set()
            self._then()

    @property
    def text(self) -> str:
        return "".join(self.pieces)


async def failure(chat: Chat, **kwargs: Any) -> PlatformError:
    heard = Heard()
    with pytest.raises(Exception) as caught:
        await chat.run_async(QUESTION, heard, kwargs or None)
    return failure_of(caught.value, begun=bool(heard.pieces))
