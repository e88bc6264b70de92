"""A tree of which only the left edge is kept: what is needed to go on from there, in O(log n) memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

from allmanning.audit.log.tree import EMPTY_ROOT, HASH_BYTES, node_hash


class Node(NamedTuple):
    """The hash of 2^level leaves that stand side by side."""

    level: int
    hash: bytes


def nodes_over(leaf_hashes: Sequence[bytes], start: int) -> list[Node]:
    """The fewest nodes that cover these leaves, of which the first has index `start`, from left to right."""
    nodes: list[Node] = []
    at, end = start, start + len(leaf_hashes)
    while at < end:
        fits = (end - at).bit_length() - 1
        level = min(fits, (at & -at).bit_length() - 1) if at else fits
        nodes.append(Node(level, _subtree(leaf_hashes[at - start : at - start + (1 << level)])))
        at += 1 << level
    return nodes


def _subtree(hashes: Sequence[bytes]) -> bytes:
    while len(hashes) > 1:
        pairs = iter(hashes)
        hashes = [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=True)]
    return hashes[0]


class Frontier:
    """The nodes that cover the first `size` leaves, from left to right."""

    def __init__(self) -> None:
        self.size = 0
        self._nodes: list[Node] = []

    @classmethod
    def at(cls, size: int, hashes: Sequence[bytes]) -> Frontier:
        """The frontier of a tree of `size` leaves, from the hashes of its nodes.

        Raises:
            ValueError: when their number or length is not what the size calls for.
        """
        levels = [level for level in range(size.bit_length() - 1, -1, -1) if size >> level & 1]
        if len(levels) != len(hashes) or any(len(each) != HASH_BYTES for each in hashes):
            raise ValueError("fel antal noder för storleken")
        frontier = cls()
        frontier.size = size
        frontier._nodes = [Node(level, each) for level, each in zip(levels, hashes, strict=True)]
        return frontier

    def copy(self) -> Frontier:
        other = Frontier()
        other.size, other._nodes = self.size, list(self._nodes)
        return other

    def extend(self, nodes: Iterable[Node]) -> None:
        """Append nodes that begin where this ends.

        Raises:
            ValueError: for a node that can't stand there.
        """
        for node in nodes:
            if self.size & ((1 << node.level) - 1):
                raise ValueError("noden kan inte stå där")
            self.size += 1 << node.level
            whole = node
            while self._nodes and self._nodes[-1].level == whole.level:
                whole = Node(whole.level + 1, node_hash(self._nodes.pop().hash, whole.hash))
            self._nodes.append(whole)

    def root(self) -> bytes:
        """RFC 9162 §2.1.1."""
        if not self._nodes:
            return EMPTY_ROOT
        *others, (_, value) = self._nodes
        for _, left in reversed(others):
            value = node_hash(left, value)
        return value
