"""Judged questions with the passages that the product's own search finds for them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from allmanning.contracts.passage.v1.passage_pb import ScoredPassage
from allmanning.contracts.retrieve.v1.retrieve_pb import SearchRequest
from allmanning.index.embed.local import LocalEmbedder
from allmanning.node.evaluate.indexed_set import CITIZEN, indexed, passages_of
from allmanning.node.evaluate.judged import read_judged_set
from allmanning.retrieve.pipeline import Retrieval

FOUND = 40


@dataclass(frozen=True)
class Collected:
    """A question put to a set: what was found, best first, with each passage's entry, and the entries that answer."""

    text: str
    asked_of: str
    from_set: str
    found: list[tuple[ScoredPassage, str]]
    gold: Mapping[str, int]
    span: str


async def collect(data: Path, names: tuple[str, ...]) -> list[Collected]:
    """Every question of every set, put to every set. Two minutes for 2,400 passages on two processors."""
    sets = {name: read_judged_set(data / name) for name in names}
    spans = {name: _spans(data / name) for name in names}
    embedder = LocalEmbedder(threads=2)
    await embedder.warm_up()
    collected = []
    for asked_of, judged in sets.items():
        entry_of = {passage.id: entry for passage, entry in zip(*passages_of(judged), strict=True)}
        async with indexed(judged, embedder) as index:
            retrieval = Retrieval(embedder, index.store)
            await retrieval.warm_up()
            for from_set, other in sets.items():
                for name, text in other.queries.items():
                    answer = await retrieval.search(SearchRequest(principal=CITIZEN, query=text, limit=FOUND))
                    found = [(each, entry_of[each.passage.id]) for each in answer.passages if each.passage]
                    gold = other.grades.get(name, {}) if from_set == asked_of else {}
                    collected.append(Collected(text, asked_of, from_set, found, gold, spans[from_set].get(name, "")))
            await retrieval.close()
    await embedder.close()
    return collected


def _spans(folder: Path) -> dict[str, str]:
    rows = [json.loads(line) for line in (folder / "queries.jsonl").read_text().splitlines()]
    return {row["id"]: row.get("answer_span", "") for row in rows}
