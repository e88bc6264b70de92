"""Cut a sequence so that each part fits in one message."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def batches(items: Sequence[T], size: Callable[[T], int], limit: int, most: int = 1_000) -> Iterator[list[T]]:
    """Parts in order, each of at most `most` items and `limit` in total size; an item larger than that goes alone."""
    part: list[T] = []
    total = 0
    for item in items:
        added = size(item)
        if part and (total + added > limit or len(part) == most):
            yield part
            part, total = [], 0
        part.append(item)
        total += added
    if part:
        yield part
