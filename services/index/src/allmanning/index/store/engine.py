"""What a passage store needs of a vector engine. The rules of versions and access stand above it, once for both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from allmanning.index.condition import Condition, Every, OneOfNumbers
from allmanning.index.store.hit import Hit
from allmanning.index.store.point import SAMPLES, Payload, Point
from allmanning.index.store.publication import Publication

# Of many readable passages terms are counted in about so many: the engine filters whatever it counts in, which takes
# longer than the search, and nDCG@10 is the same with 600 (with 130 it is .002 less).
COUNTED_IN = 600
# Up to so many, all of them.
FEW = 4_000


@dataclass(frozen=True)
class Lookup:
    """One search: the vectors, what may be found, and what else would have been near.

    `dense` is empty for a search by words alone, `indices` and `values` for one without words. `hidden` matches what of
    the asker's own authority the asker may not read.
    """

    dense: list[float]
    indices: list[int]
    values: list[float]
    readable: Condition
    hidden: Condition
    depth: int
    limit: int


@dataclass(frozen=True)
class Candidates:
    """What the engine found.

    `dense` and `sparse` hold up to `depth` readable hits, best first; `hidden` the scores of the up to `limit` hidden
    points nearest by embedding; `total` counts the readable.
    """

    dense: list[Hit]
    sparse: list[Hit]
    hidden: list[float]
    total: int


@dataclass(frozen=True)
class Vectors:
    """What the engine stores of a point beside its payload."""

    dense: list[float]
    indices: list[int]
    values: list[float]


def sampled(readable: Condition, total: int) -> Condition:
    """The part of the `total` readable passages that terms are counted in: all of few, a sample of many."""
    if total <= FEW:
        return readable
    samples = -(-COUNTED_IN * SAMPLES // total)
    return Every((OneOfNumbers("sample", tuple(range(samples))), readable))


class VectorEngine(Protocol):
    """Points with a dense and a sparse vector and a payload. A search sees every write when it returns."""

    @property
    def dimension(self) -> int: ...

    async def warm_up(self) -> None: ...

    async def close(self) -> None: ...

    async def stage(self, drop: Sequence[Condition], points: Sequence[Point]) -> None:
        """Delete what the conditions match, then store the points. Durable with the publication of the points."""
        ...

    async def delete(self, condition: Condition) -> None:
        """Delete what the condition matches. Durable when it returns."""
        ...

    async def replace(self, publication: Publication) -> None:
        """Make the `new` points published and delete the `old`: both or, after a crash, both later.

        Durable when it returns. Raises `Conflict` when there are more or fewer of the new points than there should be.
        """
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

    async def cosines(self, lookup: Lookup, points: Sequence[str]) -> list[Hit]:
        """The similarities of points that `candidates` just found by their words."""
        ...

    async def payloads(self, points: Sequence[str], fields: Sequence[str]) -> dict[str, Payload]:
        """These fields of the points that still exist, by id."""
        ...

    async def vectors(self, points: Sequence[str]) -> dict[str, Vectors]:
        """The vectors of the points that still exist, by id."""
        ...
