"""Any server that speaks OpenAI's chat API: vLLM, SGLang, llama.cpp, TGI."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from haystack import component
from haystack.dataclasses import ChatMessage

from allmanning.generate.model.chat import PooledChat
from allmanning.generate.model.completion_stream import CompletionStream
from allmanning.generate.model.http_connection import HttpConnection
from allmanning.generate.model.protocol import OnChunk, Replies


class OpenAIConnection(HttpConnection):
    """One server at `<url>/chat/completions`."""

    async def chat(
        self, messages: Sequence[ChatMessage], on_chunk: OnChunk, generation_kwargs: Mapping[str, object]
    ) -> Replies:
        body: dict[str, object] = {
            "model": self.server.name,
            "messages": [each.to_openai_dict_format() for each in messages],
            "stream": True,
            "stream_options": {"include_usage": True},
            **self.server.sampling,
            **generation_kwargs,
        }
        async with self.http.stream("POST", f"{self.url.rstrip('/')}/chat/completions", json=body) as response:
            response.raise_for_status()
            return await CompletionStream(on_chunk).read(response)


@component
class OpenAIChat(PooledChat):
    """Asks the servers of a model that speak OpenAI's chat API."""

    def __init__(self) -> None:
        # Haystack makes the class anew, so that super() would not find it.
        PooledChat.__init__(self, "openai", OpenAIConnection)
