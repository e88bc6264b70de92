"""The last order: what is local, what stands beside other hits, what has been said, and fairness between documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from allmanning.contracts.index.v1.index_pb import SearchRequest
from allmanning.contracts.passage.v1.passage_pb import Order
from allmanning.index.store.entry import Entry
from allmanning.index.store.sketch import alike
from allmanning.runtime.errors import InvalidInput

MAX_LIMIT = 100
# An authority's own text outranks one that others share with it when both answer about as well.
OWN = 0.02
# A section between two that match probably matches too: +.006 nDCG@10 on statutes.
BESIDE = 0.1
# From its third passage on, a document steps back a little for every one it has.
UNHINDERED = 2
STEP_BACK = 0.01


@dataclass(frozen=True)
class Page:
    """What to answer with; what was left out because something like it is there; and whether more is left."""

    entries: list[Entry]
    repeated: list[Entry]
    more: bool


def checked_limit(request: SearchRequest) -> int:
    """The limit asked for. Raises `InvalidInput` outside 1..100."""
    if not 1 <= request.limit <= MAX_LIMIT:
        raise InvalidInput("limit.out_of_range", f"Antalet träffar ska vara 1-{MAX_LIMIT}. (Ask for 1-{MAX_LIMIT}.)")
    return int(request.limit)


def adjusted(entries: Sequence[Entry], authority: str) -> list[Entry]:
    """The entries, best first, with what their neighbours and their origin add."""
    floor = min((each.score for each in entries), default=0.0)
    sections = {(each.place, each.position): each.score - floor for each in entries if each.is_section}

    def beside(each: Entry) -> float:
        if not each.is_section:
            return 0.0
        return sum(sections.get((each.place, each.position + step), 0.0) for step in (-1, 1))

    scored = [
        Entry(each.fused, each.payload, each.score + BESIDE * beside(each) + OWN * (each.authority == authority))
        for each in entries
    ]
    return sorted(scored, key=lambda each: (-each.score, each.fused.point))


def dated(entries: Sequence[Entry], order: Order) -> list[Entry]:
    """By the day they are in force from, and those without one last; equal ones stay as they are."""
    sign = -1 if order is Order.NEWEST else 1
    return sorted(entries, key=lambda each: (not each.valid_from, sign * each.valid_from))


def page(entries: Sequence[Entry], limit: int, shown: frozenset[bytes], *, fair: bool) -> Page:
    """The first `limit` entries that say something new. `fair` lets other documents come before a third passage."""
    left = [each for each in entries if each.key not in shown]
    chosen: list[Entry] = []
    repeated: list[Entry] = []
    per_document: Counter[tuple[str, str]] = Counter()

    def stepped_back(each: Entry) -> float:
        return each.score - STEP_BACK * max(0, per_document[each.place] - UNHINDERED + 1)

    while left and len(chosen) < limit:
        best = max(left, key=stepped_back) if fair else left[0]
        left.remove(best)
        if any(best.twin == each.twin or alike(best.sketch, each.sketch) for each in chosen):
            repeated.append(best)
            continue
        chosen.append(best)
        per_document[best.place] += 1
    return Page(chosen, repeated, more=bool(left))
