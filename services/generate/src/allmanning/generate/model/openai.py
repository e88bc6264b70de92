"""Any server that speaks OpenAI's chat API: vLLM, SGLang, llama.cpp, TGI."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import cast

from haystack import component
from haystack.components.generators.chat import OpenAIChatGenerator
from haystack.dataclasses import ChatMessage
from haystack.utils import Secret

from allmanning.generate.model.protocol import OnChunk, Replies
from allmanning.generate.model.server import ModelServer
from allmanning.generate.model.span import chat_span
from allmanning.runtime.telemetry import trace_headers


@component
class OpenAIChat:
    """Asks a server at `<url>/chat/completions`."""

    def __init__(self) -> None:
        self._generator: OpenAIChatGenerator | None = None
        self._name = ""

    def bind(self, server: ModelServer) -> None:
        self._name = server.name
        self._generator = OpenAIChatGenerator(
            # The client insists on a key; servers without one ignore it.
            api_key=Secret.from_token(server.key or "none"),
            model=server.name,
            api_base_url=server.url,
            timeout=server.timeout_s,
            # Who asks is told at once that the model is busy; a retry here would only hide it.
            max_retries=0,
            generation_kwargs=dict(server.sampling),
        )

    async def warm_up_async(self) -> None:
        if self._generator is not None:
            await self._generator.warm_up_async()

    async def close_async(self) -> None:
        if self._generator is not None:
            await self._generator.close_async()

    @component.output_types(replies=list[ChatMessage])
    def run(
        self,
        messages: list[ChatMessage],
        streaming_callback: OnChunk | None = None,
        generation_kwargs: Mapping[str, object] | None = None,
    ) -> Replies:
        """For pipelines that are run outside an event loop."""
        return asyncio.run(self.run_async(messages, streaming_callback, generation_kwargs))

    @component.output_types(replies=list[ChatMessage])
    async def run_async(
        self,
        messages: list[ChatMessage],
        streaming_callback: OnChunk | None = None,
        generation_kwargs: Mapping[str, object] | None = None,
    ) -> Replies:
        """Stream an answer, with its token counts."""
        extra: dict[str, object] = {"stream_options": {"include_usage": True}} if streaming_callback else {}
        with chat_span("openai", self._name):
            return cast(
                "Replies",
                await self._bound.run_async(
                    messages,
                    streaming_callback=streaming_callback,
                    generation_kwargs={**extra, "extra_headers": trace_headers(), **(generation_kwargs or {})},
                ),
            )

    @property
    def _bound(self) -> OpenAIChatGenerator:
        if self._generator is None:
            raise RuntimeError("bind comes before run")
        return self._generator
