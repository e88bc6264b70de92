"""Any server that speaks OpenAI's chat API: vLLM, SGLang, llama.cpp, TGI."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from haystack import component
from haystack.components.generators.chat import OpenAIChatGenerator
from haystack.dataclasses import ChatMessage
from haystack.utils import Secret
from openai import AsyncOpenAI

from allmanning.generate.model import transport
from allmanning.generate.model.chat import PooledChat
from allmanning.generate.model.protocol import OnChunk, Replies
from allmanning.generate.model.server import ModelServer

# The client insists on a key; our own HTTP client carries the real one.
_NO_KEY = "none"


class OpenAIConnection:
    """One server at `<url>/chat/completions`."""

    def __init__(self, server: ModelServer, url: str) -> None:
        self._server = server
        self._url = url
        self._http: transport.KeptClient | None = None
        self._generator = OpenAIChatGenerator(
            api_key=Secret.from_token(_NO_KEY),
            model=server.name,
            api_base_url=url,
            generation_kwargs=dict(server.sampling),
        )

    async def open(self) -> None:
        if self._http is None:
            self._http = transport.client(self._server.key, self._server.capacity + 1)
            # The component would make its own client, of another HTTP library and without bounds.
            self._generator.async_client = AsyncOpenAI(
                api_key=self._server.key or _NO_KEY,
                base_url=self._url,
                http_client=self._http,
                # The pool knows other servers to ask.
                max_retries=0,
                timeout=self._http.timeout,
            )

    async def close(self) -> None:
        if self._http is not None:
            self._generator.async_client = None
            await self._http.aclose()
            self._http = None

    async def chat(
        self, messages: Sequence[ChatMessage], on_chunk: OnChunk, generation_kwargs: Mapping[str, object]
    ) -> Replies:
        kwargs = {"stream_options": {"include_usage": True}, **generation_kwargs}
        return cast(
            "Replies",
            await self._generator.run_async(list(messages), streaming_callback=on_chunk, generation_kwargs=kwargs),
        )

    async def is_well(self) -> bool:
        return self._http is not None and await transport.is_well(self._http, self._url)


@component
class OpenAIChat:
    """Asks the servers of a model that speak OpenAI's chat API."""

    def __init__(self) -> None:
        self._chat = PooledChat("openai", OpenAIConnection)
        self.bind = self._chat.bind

    def capacity(self) -> int:
        """See `Pool.capacity`."""
        return self._chat.pool.capacity

    async def warm_up_async(self) -> None:
        await self._chat.open()

    async def close_async(self) -> None:
        await self._chat.close()

    @component.output_types(replies=list[ChatMessage])
    def run(
        self,
        messages: list[ChatMessage],
        streaming_callback: OnChunk | None = None,
        generation_kwargs: Mapping[str, object] | None = None,
    ) -> Replies:
        """For pipelines that are run outside an event loop."""
        return self._chat.ask_outside(messages, streaming_callback, generation_kwargs)

    @component.output_types(replies=list[ChatMessage])
    async def run_async(
        self,
        messages: list[ChatMessage],
        streaming_callback: OnChunk | None = None,
        generation_kwargs: Mapping[str, object] | None = None,
    ) -> Replies:
        """Stream an answer, with its token counts; see `Pool.chat` for the errors."""
        return await self._chat.ask(messages, streaming_callback, generation_kwargs)
