"""The Merkle tree of RFC 6962 and RFC 9162: roots, inclusion proofs, consistency proofs.

Nodes are addressed by (level, index): level 0 holds the leaf hashes, and the node (l, i) covers the leaves
[i * 2^l, (i + 1) * 2^l). Only nodes whose leaves are all there are kept, so a kept node never changes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Protocol

EMPTY_ROOT: Final = hashlib.sha256(b"").digest()
HASH_BYTES: Final = 32


def leaf_hash(data: bytes) -> bytes:
    """RFC 9162 §2.1.1: the prefix keeps a leaf from being passed off as a node."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 9162 §2.1.1."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Nodes(Protocol):
    """Where the nodes of one tree are kept."""

    def get(self, level: int, index: int) -> bytes:
        """The 32-byte hash of a complete node; raises KeyError when it is not there."""

    def many(self, wanted: Sequence[tuple[int, int]]) -> list[bytes]:
        """The hashes of complete nodes by level and index, in that order; raises as `get`."""
        return [self.get(level, index) for level, index in wanted]

    def put(self, level: int, index: int, value: bytes) -> None:
        """Keep a complete node."""


class MemoryNodes(Nodes):
    """Nodes of a tree that is rebuilt to be checked."""

    def __init__(self) -> None:
        self._levels: list[list[bytes]] = []

    def get(self, level: int, index: int) -> bytes:
        try:
            return self._levels[level][index]
        except IndexError:
            raise KeyError(level, index) from None

    def put(self, level: int, index: int, value: bytes) -> None:
        while len(self._levels) <= level:
            self._levels.append([])
        if len(self._levels[level]) != index:
            raise ValueError(f"node {level}/{index} comes out of turn")
        self._levels[level].append(value)


class Tree:
    """A tree of `size` leaves over kept nodes. Every method takes O(log n) nodes."""

    def __init__(self, nodes: Nodes, size: int = 0) -> None:
        self._nodes = nodes
        self.size = size

    def append(self, leaf: bytes) -> int:
        """Add a leaf by its hash; returns its index."""
        index, level, value = self.size, 0, leaf
        self._nodes.put(0, index, value)
        at = index
        while at & 1:
            value = node_hash(self._nodes.get(level, at - 1), value)
            level, at = level + 1, at >> 1
            self._nodes.put(level, at, value)
        self.size += 1
        return index

    def root(self, size: int | None = None) -> bytes:
        """Root of the tree when it had `size` leaves (default: now).

        Raises:
            ValueError: when the tree never had that size.
        """
        size = self.size if size is None else size
        self._check(0, size)
        return self._hashes([(0, size)])[0] if size else EMPTY_ROOT

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """Proof that the leaf `index` is in the tree of `size` leaves (RFC 9162 §2.1.3.1), lowest hash first.

        Raises:
            ValueError: when there is no such leaf or size.
        """
        self._check(index + 1, size)
        beside: list[tuple[int, int]] = []
        start, end = 0, size
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                beside.append((middle, end))
                end = middle
            else:
                beside.append((start, middle))
                start = middle
        return self._hashes(beside[::-1])

    def consistency(self, old: int, new: int) -> list[bytes]:
        """Proof that the first `old` leaves of the tree of `new` leaves are unchanged (RFC 9162 §2.1.4.1).

        Raises:
            ValueError: unless 0 <= old <= new <= size.
        """
        self._check(old, new)
        if old in (0, new):
            return []
        beside: list[tuple[int, int]] = []
        start, end, whole = 0, new, True
        while old != end:
            middle = start + _split(end - start)
            if old <= middle:
                beside.append((middle, end))
                end = middle
            else:
                beside.append((start, middle))
                start, whole = middle, False
        if not whole:
            beside.append((start, end))
        return self._hashes(beside[::-1])

    def frontier(self, size: int) -> list[bytes]:
        """The nodes that cover the first `size` leaves, from left to right: all that is needed to go on from there.

        Raises:
            ValueError: when the tree never had that size.
        """
        self._check(0, size)
        levels = [level for level in range(size.bit_length() - 1, -1, -1) if size >> level & 1]
        return self._nodes.many([(level, (size >> level) - 1) for level in levels])

    def _check(self, low: int, high: int) -> None:
        if not 0 <= low <= high <= self.size:
            raise ValueError(f"the tree has {self.size} leaves, not {low}..{high}")

    def _hashes(self, ranges: Sequence[tuple[int, int]]) -> list[bytes]:
        """Hashes of ranges of leaves, as `_cover` takes them; their nodes are asked for at once."""
        covers = [_cover(start, end) for start, end in ranges]
        nodes = iter(self._nodes.many([node for cover in covers for node in cover]))
        return [_joined([next(nodes) for _ in cover]) for cover in covers]


def _cover(start: int, end: int) -> list[tuple[int, int]]:
    """The nodes over the leaves [start, end), where `start` is a multiple of the largest power of two in the range."""
    cover: list[tuple[int, int]] = []
    while start < end:
        level = (end - start).bit_length() - 1
        cover.append((level, start >> level))
        start += 1 << level
    return cover


def _joined(nodes: Sequence[bytes]) -> bytes:
    *others, value = nodes
    for left in reversed(others):
        value = node_hash(left, value)
    return value


def _split(length: int) -> int:
    """Largest power of two below `length`."""
    return 1 << ((length - 1).bit_length() - 1)


def root_of(leaf_hashes: Iterable[bytes]) -> bytes:
    """Root over all leaf hashes, in memory that grows with the logarithm of their number."""
    peaks: list[tuple[int, bytes]] = []
    for leaf in leaf_hashes:
        level, value = 0, leaf
        while peaks and peaks[-1][0] == level:
            value = node_hash(peaks.pop()[1], value)
            level += 1
        peaks.append((level, value))
    if not peaks:
        return EMPTY_ROOT
    _, value = peaks.pop()
    while peaks:
        value = node_hash(peaks.pop()[1], value)
    return value


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether `proof` shows that the leaf with this hash is number `index` of `size` under `root` (§2.1.3.2)."""
    if not 0 <= index < size or any(len(each) != HASH_BYTES for each in (leaf, root, *proof)):
        return False
    hashes = iter(proof)
    at, last, value = index, size - 1, leaf
    while last:
        # The rightmost node of an odd level moves up without a sibling.
        if at & 1 or at != last:
            sibling = next(hashes, None)
            if sibling is None:
                return False
            value = node_hash(sibling, value) if at & 1 else node_hash(value, sibling)
        at, last = at >> 1, last >> 1
    return value == root and _spent(hashes)


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows that the tree of `new` leaves begins with the tree of `old` leaves (§2.1.4.2).

    From an empty tree nothing is proved: only the same empty tree with the right roots passes, as in current
    transparency-dev/merkle.
    """
    if not 0 <= old <= new or any(len(each) != HASH_BYTES for each in proof):
        return False
    if old == new:
        return not proof and old_root == new_root and (old > 0 or old_root == EMPTY_ROOT)
    if old == 0 or not proof:
        return False
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    hashes = iter(proof)
    # When the old tree is a complete subtree its root is the first hash, and proofs leave it out.
    first = old_root if at == 0 else next(hashes)
    old_value = new_value = first
    while last:
        if at & 1 or at != last:
            sibling = next(hashes, None)
            if sibling is None:
                return False
            if at & 1:
                old_value, new_value = node_hash(sibling, old_value), node_hash(sibling, new_value)
            else:
                new_value = node_hash(new_value, sibling)
        at, last = at >> 1, last >> 1
    return old_value == old_root and new_value == new_root and _spent(hashes)


def _spent(hashes: Iterator[bytes]) -> bool:
    return next(hashes, None) is None
