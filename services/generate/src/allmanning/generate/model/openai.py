"""Any server that speaks OpenAI's chat API: vLLM, SGLang, llama.cpp, TGI."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from haystack import component
from haystack.dataclasses import ChatMessage

from allmanning.generate.model import transport
from allmanning.generate.model.chat import PooledChat
from allmanning.generate.model.completion_stream import CompletionStream
from allmanning.generate.model.protocol import OnChunk, Replies
from allmanning.generate.model.server import ModelServer


class OpenAIConnection:
    """One server at `<url>/chat/completions`."""

    def __init__(self, server: ModelServer, url: str) -> None:
        self._server = server
        self._url = url
        self._http: transport.KeptClient | None = None

    async def open(self) -> None:
        if self._http is None:
            self._http = transport.client(self._server.key, self._server.capacity + 1)

    async def close(self) -> None:
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    async def chat(
        self, messages: Sequence[ChatMessage], on_chunk: OnChunk, generation_kwargs: Mapping[str, object]
    ) -> Replies:
        if self._http is None:
            raise RuntimeError("open comes before chat")
        body: dict[str, object] = {
            "model": self._server.name,
            "messages": [each.to_openai_dict_format() for each in messages],
            "stream": True,
            "stream_options": {"include_usage": True},
            **self._server.sampling,
            **generation_kwargs,
        }
        async with self._http.stream("POST", f"{self._url.rstrip('/')}/chat/completions", json=body) as response:
            response.raise_for_status()
            return await CompletionStream(on_chunk).read(response)

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
