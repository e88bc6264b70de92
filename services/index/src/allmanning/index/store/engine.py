"""What a passage store needs of a vector engine. The rules of versions and access stand above it, once for both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from allmanning.index.condition import Condition
from allmanning.index.store.point import Payload, Point
from allmanning.index.store.ranking import Hit


@dataclass(frozen=True)
class Lookup:
    """One search: the vectors, what may be found, and what `held_back` is counted in."""

    dense: list[float]
    indices: list[int]
    values: list[float]
    readable: Condition
    own: Condition
    depth: int
    limit: int


@dataclass(frozen=True)
class Candidates:
    """What the engine found.

    `dense` and `sparse` hold up to `depth` readable hits, best first; `nearest` the ids of the `limit` points nearest
    by embedding among `own`, readable or not; `total` counts the readable.
    """

    dense: list[Hit]
    sparse: list[Hit]
    nearest: list[str]
    total: int


@dataclass(frozen=True)
class Publication:
    """The step from one version of a document to another."""

    authority: str
    document: str
    version: str
    generation: int
    passages: int


class VectorEngine(Protocol):
    """Points with a dense and a sparse vector and a payload. Every write is durable when it returns."""

    @property
    def dimension(self) -> int: ...

    async def warm_up(self) -> None: ...

    async def close(self) -> None: ...

    async def write(self, drop: Sequence[Condition], points: Sequence[Point]) -> None:
        """Delete what the conditions match, then store the points."""
        ...

    async def replace(self, publication: Publication, activate: Condition, drop: Condition) -> None:
        """Make the points of `activate` published and delete those of `drop`: both or, after a crash, both later."""
        ...

    async def candidates(self, lookup: Lookup) -> Candidates:
        """Search; the sparse side weighs its terms by their rarity among the readable points."""
        ...

    async def count(self, condition: Condition) -> int: ...

    async def page(
        self, condition: Condition, limit: int, after: str, fields: Sequence[str]
    ) -> tuple[list[Payload], str]:
        """Payloads in order of point id from `after` on ("" is the start), and the id of the next page or ""."""
        ...

    async def payloads(self, points: Sequence[str]) -> dict[str, Payload]:
        """The payloads of the points that still exist, by id."""
        ...
