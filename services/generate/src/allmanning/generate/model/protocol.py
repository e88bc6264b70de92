"""What the pipeline asks of a chat model, whatever server it runs on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol, TypedDict

from haystack.dataclasses import ChatMessage, StreamingChunk

from allmanning.generate.model.server import ModelServer

OnChunk = Callable[[StreamingChunk], Awaitable[None]]


class Replies(TypedDict):
    """A chat component's output; the reply's `meta` has `finish_reason` and `usage`."""

    replies: list[ChatMessage]


class ChatModel(Protocol):
    """A Haystack chat component that learns its server after it was loaded from YAML.

    Any of Haystack's own chat generators may stand in its place; those bring their server in the YAML.
    """

    def bind(self, server: ModelServer) -> None:
        """Use this server. Opens nothing."""
        ...

    async def run_async(
        self,
        messages: list[ChatMessage],
        streaming_callback: OnChunk | None = None,
        generation_kwargs: Mapping[str, object] | None = None,
    ) -> Replies:
        """Stream a reply; cancelling stops the server's work. Raises the client library's errors, see `failures`."""
        ...
