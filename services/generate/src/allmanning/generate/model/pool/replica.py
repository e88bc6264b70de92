"""One server of a model, and what is known of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from haystack.dataclasses import ChatMessage

from allmanning.generate.model.pool.breaker import Breaker
from allmanning.generate.model.pool.lateness import Lateness
from allmanning.generate.model.protocol import OnChunk, Replies


class Connection(Protocol):
    """A client of one server, in one dialect."""

    async def open(self) -> None: ...

    async def chat(
        self, messages: Sequence[ChatMessage], on_chunk: OnChunk, generation_kwargs: Mapping[str, object]
    ) -> Replies:
        """Stream a reply; cancelling closes the connection. Raises the client library's errors, see `failures`."""
        ...

    async def is_well(self) -> bool:
        """Whether the server answers and says that it can serve; never raises for what a server does."""
        ...

    async def close(self) -> None: ...


class Standing(NamedTuple):
    """How a replica is: `well` when nothing is known against it, `rests_s` how long it is left alone."""

    number: int
    well: bool
    taken: int
    capacity: int
    rests_s: float


class Replica:
    """`number` counts from 1, and stands for the address on record."""

    def __init__(self, number: int, connection: Connection, capacity: int) -> None:
        self.number = number
        self.connection = connection
        self.capacity = capacity
        self.outstanding = 0
        self.breaker = Breaker()
        self.lateness = Lateness()

    def standing(self, now: float) -> Standing:
        """At a time of the breaker's clock."""
        rests_s = self.breaker.wait_s(now)
        return Standing(self.number, self.breaker.closed and not rests_s, self.outstanding, self.capacity, rests_s)

    @property
    def free(self) -> int:
        """How many more requests it may be given."""
        return self.capacity - self.outstanding
