"""The cases that are like one case, and how they ended: what whoever was treated otherwise asks about (RF 1:9)."""

from __future__ import annotations

import asyncio
import heapq
import json
from collections.abc import Mapping, Sequence
from typing import Final

from allmanning.audit.inspection.desk import Desk
from allmanning.audit.inspection.find import Found, Page, Wanted, find, one
from allmanning.audit.inspection.likeness import Asked, Pair, grams
from allmanning.audit.inspection.meaning import Meanings
from allmanning.audit.log.reading import Reading
from allmanning.index.remote_embedder import RemoteEmbedder
from allmanning.runtime.errors import NotFound
from allmanning.runtime.record import Json

# Decisions that are gone through, unless fewer or more are asked for or the time is up.
COMPARED: Final = 2_000
MOST: Final = 10_000
_WITHIN_S: Final = 20.0
_CHUNK: Final = 200
SHOWN: Final = 50
# Embedding takes a second for some thirty questions, so only those go there that share some words with this one.
_EMBEDDED: Final = 96
_LEAST_SHARED: Final = 0.15
# Lower than among all pairs: a person looks at the few that there are of one.
LEAST_BY_EMBEDDING: Final = 0.9
LEAST_BY_TRIGRAMS: Final = 0.5
_QUESTION: Final = "question"


class Likes:
    """Finds them."""

    def __init__(self, desk: Desk, embedder: RemoteEmbedder) -> None:
        self._desk = desk
        self._embedder = embedder

    async def of(
        self, authority: str, decision: str, wanted: Wanted, least: float, limit: int, before: int
    ) -> tuple[dict[str, Json], list[str]]:
        """The report, in the shape of a comparison of all, and the decisions whose questions it shows.

        Raises:
            NotFound: `decision.not_found`.
        """
        own = await self._desk.read(authority, lambda log: _own(log, decision))
        looked_at, following, found = await self._near(authority, own, wanted, min(limit or COMPARED, MOST), before)
        meanings = Meanings(self._embedder)
        await meanings.learn([own.question, *(each.question for _, each in found)])
        vectors = meanings.of([own.question, *(each.question for _, each in found)])
        if vectors is not None:
            found = [(float(vectors[0] @ row), each) for row, (_, each) in zip(vectors[1:], found, strict=True)]
        least = least or (LEAST_BY_TRIGRAMS if vectors is None else LEAST_BY_EMBEDDING)
        pairs = [Pair(own, each, round(min(likeness, 1.0), 4)) for likeness, each in found if likeness >= least]
        pairs.sort(key=lambda each: (-each.likeness, each.second.time))
        report = compared(pairs, least, meanings.model if vectors is not None else "", looked_at, following)
        read = dict.fromkeys(each.second.decision for each in pairs[:SHOWN])
        return {**report, "first": side_as_json(own)}, [own.decision, *read]

    async def _near(
        self, authority: str, own: Asked, wanted: Wanted, limit: int, before: int
    ) -> tuple[int, int, list[tuple[float, Asked]]]:
        """How many were gone through, where to go on, and those that share the most words."""
        clock, words, looked_at = asyncio.get_running_loop().time, grams(own.question), 0
        until, near = clock() + _WITHIN_S, list[tuple[float, Asked]]()
        while looked_at < limit and clock() < until and own.question.strip():
            size, from_here = min(_CHUNK, limit - looked_at), before

            def look(log: Reading, size: int = size, before: int = from_here) -> tuple[Page, list[tuple[float, Asked]]]:
                page = find(log.connection, log.authority, wanted, size, before)
                asked = asked_of(log, [each for each in page.decisions if each.decision != own.decision])
                return page, [(_shared(words, grams(each.question)), each) for each in asked]

            page, chunk = await self._desk.read(authority, look)
            looked_at, before = looked_at + len(page.decisions), page.next
            near += [each for each in chunk if each[0] >= _LEAST_SHARED]
            near = heapq.nlargest(_EMBEDDED, near, key=lambda each: (each[0], each[1].time))
            if not before:
                break
        return looked_at, before, near


def _own(log: Reading, decision: str) -> Asked:
    found = one(log.connection, log.authority, decision)
    if found is None:
        raise NotFound("decision.not_found", "Det finns inget beslut med det numret i loggen.")
    return asked_of(log, [found])[0]


def _shared(first: Mapping[str, float], second: Mapping[str, float]) -> float:
    shorter, longer = sorted((first, second), key=len)
    return sum(weight * longer.get(gram, 0.0) for gram, weight in shorter.items())


def asked_of(log: Reading, found: Sequence[Found]) -> list[Asked]:
    """What was asked in each decision and what became of it; a question is empty when its content is gone."""
    records = log.records_of([each.decision for each in found])
    asking = [one.leaf for placed in records.values() for one in placed if _QUESTION in one.leaf.parts]
    opened = log.parts_of(asking, _QUESTION)
    questions: dict[str, str] = {}
    for leaf in asking:
        part = opened[leaf.id].get(_QUESTION)
        said = json.loads(part.content) if part and part.content else ""
        questions.setdefault(leaf.decision, said if isinstance(said, str) else "")
    return [
        Asked(
            decision=each.decision,
            question=questions.get(each.decision, ""),
            outcome=each.outcome,
            unit=each.unit,
            language=each.language,
            rule=each.rule_id,
            time=each.opened_at,
        )
        for each in found
    ]


def compared(found: Sequence[Pair], least: float, model: str, looked_at: int, following: int) -> dict[str, Json]:
    """The report of a comparison, with its first pairs. `model` said how alike they are; empty: trigrams did."""
    return {
        "looked_at": looked_at,
        "next": following,
        "by": "embedding" if model else "trigrams",
        "model": model,
        "least_likeness": least,
        "found": len(found),
        "pairs": [pair_as_json(each) for each in found[:SHOWN]],
    }


def pair_as_json(pair: Pair) -> Json:
    return {
        "likeness": pair.likeness,
        "differs": [*pair.differs],
        "first": side_as_json(pair.first),
        "second": side_as_json(pair.second),
    }


def side_as_json(asked: Asked) -> Json:
    return {
        "decision": asked.decision,
        "question": asked.question,
        "outcome": asked.outcome,
        "unit": asked.unit,
        "language": asked.language,
        "rule": asked.rule,
        "time": asked.time,
    }
