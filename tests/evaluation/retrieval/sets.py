"""The judged sets beside the checkout, as they are and in their harder forms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from allmanning.node.evaluate.judged import JudgedSet, read_judged_set


@dataclass(frozen=True)
class Named:
    """A set, and the nDCG@10 that is aimed at."""

    name: str
    judged: JudgedSet
    target: float


def untitled(judged: JudgedSet) -> JudgedSet:
    """The same without the titles of its entries."""
    return replace(judged, corpus={name: replace(entry, title="") for name, entry in judged.corpus.items()})


TARGETS = {"swefaq": 0.73, "helsingborg": 0.87, "swequad-mc": 0.92, "sfs": 0.60}


def sets(folder: Path, names: Sequence[str] = tuple(TARGETS)) -> Iterator[Named]:
    """What there is of `names` below `folder`; helsingborg both ways."""
    for name in names:
        if not (folder / name).is_dir():
            continue
        judged = read_judged_set(folder / name)
        if name == "helsingborg":
            yield Named("helsingborg, text only", untitled(judged), 0.54)
        yield Named(name, judged, TARGETS[name])
