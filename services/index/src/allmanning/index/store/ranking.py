"""From two lists of hits to the passages to answer with: fused, without twins, cut to the limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from allmanning.contracts.index.v1.index_pb import SearchRequest
from allmanning.index.fusion import Fused, fuse
from allmanning.runtime.errors import InvalidInput

MAX_LIMIT = 100


@dataclass(frozen=True)
class Hit:
    """A point that one side found. `twin` is the same for passages that say the same."""

    point: str
    score: float
    twin: str


def checked_limit(request: SearchRequest) -> int:
    """The limit asked for. Raises `InvalidInput` outside 1..100."""
    if not 1 <= request.limit <= MAX_LIMIT:
        raise InvalidInput("limit.out_of_range", f"Antalet träffar ska vara 1-{MAX_LIMIT}. (Ask for 1-{MAX_LIMIT}.)")
    return int(request.limit)


def ranked(dense: Sequence[Hit], sparse: Sequence[Hit], limit: int) -> list[Fused]:
    """The best `limit` points, best first; of passages that say the same, the best."""
    twins = {hit.point: hit.twin for hit in (*dense, *sparse)}
    seen: set[str] = set()
    best: list[Fused] = []
    for each in fuse({hit.point: hit.score for hit in dense}, {hit.point: hit.score for hit in sparse}):
        if len(best) == limit:
            break
        if twins[each.point] not in seen:
            seen.add(twins[each.point])
            best.append(each)
    return best
