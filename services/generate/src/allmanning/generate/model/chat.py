"""What the two dialects' components share: a pool of servers behind Haystack's `run`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from haystack.dataclasses import ChatMessage, StreamingChunk

from allmanning.generate.model.pool.pool import Pool
from allmanning.generate.model.pool.replica import Connection
from allmanning.generate.model.protocol import OnChunk, Replies
from allmanning.generate.model.server import ModelServer
from allmanning.generate.model.span import chat_span


class PooledChat:
    """Asks the servers that `bind` names, always in a stream: only so is silence told from work."""

    def __init__(self, provider: str, connect: Callable[[ModelServer, str], Connection]) -> None:
        """`provider` names the dialect in traces; `connect` makes the client of one address."""
        self._provider = provider
        self._connect = connect
        self._pool: Pool | None = None
        self._name = ""

    def bind(self, server: ModelServer) -> None:
        """Use these servers. Opens nothing.

        Raises:
            Refused: `models.no_server`.
        """
        self._name = server.name
        self._pool = Pool(server, lambda url: self._connect(server, url))

    @property
    def pool(self) -> Pool:
        if self._pool is None:
            raise RuntimeError("bind comes before run")
        return self._pool

    async def open(self) -> None:
        await self.pool.open()

    async def close(self) -> None:
        if self._pool is not None:
            await self._pool.close()

    async def ask(
        self, messages: list[ChatMessage], on_chunk: OnChunk | None, generation_kwargs: Mapping[str, object] | None
    ) -> Replies:
        """Stream an answer, with its token counts; see `Pool.chat` for the errors."""
        with chat_span(self._provider, self._name):
            return await self.pool.chat(messages, on_chunk or _unheard, generation_kwargs or {})

    def ask_outside(
        self, messages: list[ChatMessage], on_chunk: OnChunk | None, generation_kwargs: Mapping[str, object] | None
    ) -> Replies:
        """For pipelines that are run outside an event loop: opens and closes its own connections."""

        async def once() -> Replies:
            await self.open()
            try:
                return await self.ask(messages, on_chunk, generation_kwargs)
            finally:
                await self.close()

        return asyncio.run(once())


async def _unheard(_: StreamingChunk) -> None:
    """The whole reply is waited for."""
