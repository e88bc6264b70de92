"""Text Generation Inference through huggingface-hub."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from typing import Final, cast

from haystack import component
from haystack.dataclasses import ChatMessage
from haystack.utils import Secret
from haystack_integrations.components.generators.huggingface_api import HuggingFaceAPIChatGenerator
from huggingface_hub import set_async_client_factory

from allmanning.generate.model import transport
from allmanning.generate.model.chat import PooledChat
from allmanning.generate.model.protocol import OnChunk, Replies
from allmanning.generate.model.server import ModelServer

# The library takes its HTTP client from one function for the whole process; this tells whose request it is for.
_http: Final[ContextVar[transport.KeptClient]] = ContextVar("http")


class TgiConnection:
    """One TGI server; others that ignore what is TGI's own (llama.cpp) work too."""

    def __init__(self, server: ModelServer, url: str) -> None:
        self._server = server
        self._url = url
        self._http: transport.KeptClient | None = None

    async def open(self) -> None:
        if self._http is None:
            self._http = transport.client(self._server.key, self._server.capacity + 1)
            # HF_HUB_OFFLINE closes the Hub to us, and the library's default client would refuse our server too.
            set_async_client_factory(_http.get)

    async def close(self) -> None:
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    async def chat(
        self, messages: Sequence[ChatMessage], on_chunk: OnChunk, generation_kwargs: Mapping[str, object]
    ) -> Replies:
        if self._http is None:
            raise RuntimeError("open comes before chat")
        _http.set(self._http)
        # One for each request: the library holds every streamed response until its client is closed.
        generator = self._generator()
        try:
            return cast(
                "Replies",
                await generator.run_async(list(messages), dict(generation_kwargs), streaming_callback=on_chunk),
            )
        finally:
            await generator.close_async()

    def _generator(self) -> HuggingFaceAPIChatGenerator:
        return HuggingFaceAPIChatGenerator(
            api_type="text_generation_inference",
            api_params={"url": self._url},
            # Without a token of ours the client would send the one this machine has for huggingface.co.
            token=Secret.from_token(self._server.key or "none"),
            # With a URL the client names the model "dummy", which servers with several models refuse.
            generation_kwargs={"model": self._server.name or "tgi", **self._server.sampling},
        )

    async def is_well(self) -> bool:
        return self._http is not None and await transport.is_well(self._http, self._url)


@component
class TgiChat:
    """Asks the TGI servers of a model."""

    def __init__(self) -> None:
        self._chat = PooledChat("tgi", TgiConnection)
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
