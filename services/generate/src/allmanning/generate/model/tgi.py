"""Text Generation Inference through huggingface-hub."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import cast

import httpx2
from haystack import component
from haystack.dataclasses import ChatMessage
from haystack.utils import Secret
from haystack_integrations.components.generators.huggingface_api import HuggingFaceAPIChatGenerator
from huggingface_hub import set_async_client_factory

from allmanning.generate.model.protocol import OnChunk, Replies
from allmanning.generate.model.server import ModelServer
from allmanning.generate.model.span import chat_span
from allmanning.runtime.telemetry import trace_headers


async def _read_failure(response: httpx2.Response) -> None:
    """The library reads the body of an error that was to be streamed."""
    if response.is_error:
        await response.aread()


async def _trace(request: httpx2.Request) -> None:
    request.headers.update(trace_headers())


@component
class TgiChat:
    """Asks a TGI server; others that ignore what is TGI's own (llama.cpp) work too."""

    def __init__(self) -> None:
        self._generator: HuggingFaceAPIChatGenerator | None = None
        self._name = ""

    def bind(self, server: ModelServer) -> None:
        self._name = server.name or "tgi"
        # Declared as texts, handed on as they are to a client that takes more.
        params = cast("dict[str, str]", {"url": server.url, "timeout": server.timeout_s})
        self._generator = HuggingFaceAPIChatGenerator(
            api_type="text_generation_inference",
            api_params=params,
            # Without a token of ours the client would send the one this machine has for huggingface.co.
            token=Secret.from_token(server.key or "none"),
            # With a URL the client names the model "dummy", which servers with several models refuse.
            generation_kwargs={"model": server.name or "tgi", **server.sampling},
        )

    async def warm_up_async(self) -> None:
        # HF_HUB_OFFLINE closes the Hub to us, and the library's default client would refuse our server's address too.
        set_async_client_factory(
            lambda: httpx2.AsyncClient(timeout=None, event_hooks={"request": [_trace], "response": [_read_failure]})
        )
        await self._bound.warm_up_async()

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
        """Stream an answer."""
        kwargs = dict(generation_kwargs or {})
        with chat_span("tgi", self._name):
            return cast("Replies", await self._bound.run_async(messages, kwargs, streaming_callback=streaming_callback))

    @property
    def _bound(self) -> HuggingFaceAPIChatGenerator:
        if self._generator is None:
            raise RuntimeError("bind comes before run")
        return self._generator
