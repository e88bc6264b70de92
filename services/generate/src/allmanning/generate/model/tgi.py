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
from allmanning.generate.model.http_connection import HttpConnection
from allmanning.generate.model.protocol import OnChunk, Replies

# The library takes its HTTP client from one function for the whole process; this tells whose request it is for.
_http: Final[ContextVar[transport.KeptClient]] = ContextVar("http")


class TgiConnection(HttpConnection):
    """One TGI server; others that ignore what is TGI's own (llama.cpp) work too."""

    async def open(self) -> None:
        await super().open()
        # HF_HUB_OFFLINE closes the Hub to us, and the library's default client would refuse our server too.
        set_async_client_factory(_http.get)

    async def chat(
        self, messages: Sequence[ChatMessage], on_chunk: OnChunk, generation_kwargs: Mapping[str, object]
    ) -> Replies:
        _http.set(self.http)
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
            api_params={"url": self.url},
            # Without a token of ours the client would send the one this machine has for huggingface.co.
            token=Secret.from_token(self.server.key or "none"),
            # With a URL the client names the model "dummy", which servers with several models refuse.
            generation_kwargs={"model": self.server.name or "tgi", **self.server.sampling},
        )


@component
class TgiChat(PooledChat):
    """Asks the TGI servers of a model."""

    def __init__(self) -> None:
        # Haystack makes the class anew, so that super() would not find it.
        PooledChat.__init__(self, "tgi", TgiConnection)
