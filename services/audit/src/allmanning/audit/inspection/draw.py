"""A draw that anybody can repeat: from a frame that was fixed first and a seed that nobody knew then.

Every member of the frame gets the SHA-256 of the seed and its name; the lowest are drawn. The frame's hash stands in
the log before the checkpoint whose hash is the seed, so that neither frame nor seed can have been chosen to fit.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from allmanning.runtime.record import digest


class Member(NamedTuple):
    """One decision of a frame; `stratum` is empty in a simple sample."""

    name: str
    stratum: str


def frame_of(members: Sequence[Member]) -> bytes:
    """The frame as text: one `name<tab>stratum` a line, sorted. Its hash is what is fixed."""
    return "".join(f"{each.name}\t{each.stratum}\n" for each in sorted(members)).encode()


def members_of(frame: bytes) -> list[Member]:
    """The members of a frame that `frame_of` wrote."""
    lines = (line.partition("\t") for line in frame.decode().splitlines())
    return [Member(name, stratum) for name, _, stratum in lines]


def seed_of(note: str) -> str:
    """`sha256:<hex>` of a checkpoint's body: its origin, size and root, without who signed it and in what order."""
    body, _, _ = note.partition("\n\n")
    return digest(f"{body}\n".encode())


def shares(sizes: Mapping[str, int], wanted: int) -> dict[str, int]:
    """How many are drawn from each stratum: in proportion, by largest remainder, at least one of each that there is
    room for, never more than it holds.
    """
    total = sum(sizes.values())
    wanted = min(wanted, total)
    if not wanted:
        return dict.fromkeys(sizes, 0)
    exact = {name: wanted * size / total for name, size in sizes.items()}
    drawn = {name: int(each) for name, each in exact.items()}
    if wanted >= len(sizes):
        drawn = {name: max(1, each) for name, each in drawn.items()}
    by_remainder = sorted(sizes, key=lambda name: (drawn[name] - exact[name], name))
    while sum(drawn.values()) < wanted:
        drawn[next(name for name in by_remainder if drawn[name] < sizes[name])] += 1
        by_remainder.sort(key=lambda name: (drawn[name] - exact[name], name))
    while sum(drawn.values()) > wanted:
        over = max((name for name in sizes if drawn[name] > 1), key=lambda name: (drawn[name] - exact[name], name))
        drawn[over] -= 1
    return drawn


def drawn(members: Sequence[Member], seed: str, wanted: int) -> list[str]:
    """The names that the seed draws, in the order of their hashes within each stratum."""
    take = shares(Counter(each.stratum for each in members), wanted)
    names: list[str] = []
    for stratum in sorted(take):
        within = [each.name for each in members if each.stratum == stratum]
        names += sorted(within, key=lambda name: _rank(seed, name))[: take[stratum]]
    return names


def _rank(seed: str, name: str) -> bytes:
    return hashlib.sha256(f"{seed}\n{name}".encode()).digest()
