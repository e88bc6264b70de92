"""What the two dialects' components are: a pool of servers behind Haystack's `run`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from haystack import component
from haystack.dataclasses import ChatMessage

from allmanning.generate.model.brief import unheard
from allmanning.generate.model.pool.pool import Pool
from allmanning.generate.model.pool.replica import Connection, Standing
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

    def capacity(self) -> int:
        """See `Pool.capacity`."""
        return self.pool.capacity

    def standing(self) -> Sequence[Standing]:
        """See `Pool.standing`."""
        return self.pool.standing()

    async def warm_up_async(self) -> None:
        await self.pool.open()

    async def close_async(self) -> None:
        if self._pool is not None:
            await self._pool.close()

    @component.output_types(replies=list[ChatMessage])
    def run(
        self,
        messages: list[ChatMessage],
        streaming_callback: OnChunk | None = None,
        generation_kwargs: Mapping[str, object] | None = None,
    ) -> Replies:
        """For pipelines that are run outside an event loop: opens and closes its own connections."""

        async def once() -> Replies:
            await self.warm_up_async()
            try:
                return await self.run_async(messages, streaming_callback, generation_kwargs)
            finally:
                await self.close_async()

        return asyncio.run(once())

    @component.output_types(replies=list[ChatMessage])
    async def run_async(
        self,
        messages: list[ChatMessage],
        streaming_callback: OnChunk | None = None,
        generation_kwargs: Mapping[str, object] | None = None,
    ) -> Replies:
        """Stream an answer, with its token counts; see `Pool.chat` for the errors."""
        with chat_span(self._provider, self._name):
            return await self.pool.chat(messages, streaming_callback or unheard, generation_kwargs or {})
