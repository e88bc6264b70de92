"""The questions that wait, in fair order: authorities share by weight, and each authority's channels its share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from allmanning.generate.admission.turns import Turns


@dataclass(frozen=True)
class Flow:
    """Questions that take turns in the order they came."""

    authority: str
    channel: str


class Weights(Protocol):
    """How places are shared."""

    def of_authority(self, authority: str) -> float: ...
    def of_channel(self, authority: str, channel: str) -> float: ...


class FairQueue:
    """Waiting tickets by flow; numbers stand for tickets, each of them waiting at most once."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._authorities: Turns[str] = Turns()
        self._channels: dict[str, Turns[str]] = defaultdict(Turns)
        # A dict keeps the order of arrival and loses one from its middle at no cost.
        self._waiting: dict[Flow, dict[int, None]] = defaultdict(dict)
        self._count: dict[str, int] = defaultdict(int)

    def __len__(self) -> int:
        return sum(self._count.values())

    def waiting_of(self, authority: str) -> int:
        """How many of the authority's questions wait."""
        return self._count.get(authority, 0)

    def waiting_in(self, flow: Flow) -> int:
        """How many questions of the flow wait."""
        return len(self._waiting.get(flow, ()))

    def put(self, ticket: int, flow: Flow) -> None:
        """A question begins to wait."""
        self._waiting[flow][ticket] = None
        self._count[flow.authority] += 1
        self._authorities.join(flow.authority)
        self._channels[flow.authority].join(flow.channel)

    def take(self, cost: float) -> int:
        """The ticket whose turn it is, charged `cost`. Raises ValueError when none waits."""
        authority = self._authorities.first()
        channels = self._channels[authority]
        flow = Flow(authority, channels.first())
        ticket = next(iter(self._waiting[flow]))
        self._drop(ticket, flow)
        channels.take(
            flow.channel, cost / self._weights.of_channel(flow.authority, flow.channel), again=self.waiting_in(flow) > 0
        )  # fmt: skip
        self._authorities.take(
            authority, cost / self._weights.of_authority(authority), again=self.waiting_of(authority) > 0
        )  # fmt: skip
        return ticket

    def remove(self, ticket: int, flow: Flow) -> None:
        """A question waits no more; one that doesn't wait is no error."""
        if ticket not in self._waiting.get(flow, ()):
            return
        self._drop(ticket, flow)
        if not self.waiting_in(flow):
            self._channels[flow.authority].leave(flow.channel)
        if not self.waiting_of(flow.authority):
            self._authorities.leave(flow.authority)

    def correct(self, flow: Flow, difference: float) -> None:
        """A turn of the flow cost so much more (or less) than it was charged."""
        self._channels[flow.authority].correct(
            flow.channel, difference / self._weights.of_channel(flow.authority, flow.channel)
        )
        self._authorities.correct(flow.authority, difference / self._weights.of_authority(flow.authority))

    def share_of(self, flow: Flow) -> float:
        """0..1: the part of all places that the flow gets while those that wait now, and itself, go on waiting."""
        authorities = {*self._authorities.waiting, flow.authority}
        channels = {*self._channels[flow.authority].waiting, flow.channel}
        own, inner = self._weights.of_authority(flow.authority), self._weights.of_channel(flow.authority, flow.channel)
        among = sum(self._weights.of_authority(each) for each in authorities)
        within = sum(self._weights.of_channel(flow.authority, each) for each in channels)
        return own / among * inner / within

    def order(self, cost: float) -> Iterator[int]:
        """The tickets in the order that they would be taken, if each cost `cost` and nobody else came."""
        authorities = self._authorities.copy()
        channels = {authority: self._channels[authority].copy() for authority in authorities.waiting}
        left = {flow: list(reversed(tickets)) for flow, tickets in self._waiting.items()}
        count = dict(self._count)
        while authorities:
            authority = authorities.first()
            flow = Flow(authority, channels[authority].first())
            yield left[flow].pop()
            count[authority] -= 1
            channels[authority].take(
                flow.channel, cost / self._weights.of_channel(flow.authority, flow.channel), again=bool(left[flow])
            )  # fmt: skip
            authorities.take(
                authority, cost / self._weights.of_authority(authority), again=count[authority] > 0
            )  # fmt: skip

    def _drop(self, ticket: int, flow: Flow) -> None:
        del self._waiting[flow][ticket]
        if not self._waiting[flow]:
            del self._waiting[flow]
        self._count[flow.authority] -= 1
        if not self._count[flow.authority]:
            del self._count[flow.authority]
