"""Judged questions with the passages that the product's own search finds for them."""

from __future__ import annotations

import json
import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from allmanning.contracts.passage.v1.passage_pb import ScoredPassage
from allmanning.contracts.retrieve.v1.retrieve_pb import SearchRequest
from allmanning.index.embed.protocol import Embedder
from allmanning.node.evaluate.indexed_set import CITIZEN, indexed, passages_of
from allmanning.node.evaluate.judged import read_judged_set
from allmanning.retrieve.pipeline import Retrieval

FOUND = 40


@dataclass(frozen=True)
class Collected:
    """A question put to a set: what was found, best first, with each passage's entry, and the entries that answer.

    `span` is the answer word for word, `facts` are words that it must say; empty when nothing answers.
    """

    text: str
    asked_of: str
    from_set: str
    found: list[tuple[ScoredPassage, str]]
    gold: Mapping[str, int]
    span: str = ""
    facts: tuple[str, ...] = ()


async def collect(data: Path, names: tuple[str, ...], embedder: Embedder) -> list[Collected]:
    """Every question of every set, put to every set. Two minutes for 2,400 passages on two processors."""
    sets = {name: read_judged_set(data / name) for name in names}
    spans = {name: _spans(data / name) for name in names}
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
    return collected


def keep(collected: list[Collected], file: Path) -> None:
    """Write what was collected, to be measured again without searching."""
    rows = [
        (each.text, each.asked_of, each.from_set, [(one.to_binary(), entry) for one, entry in each.found],
         dict(each.gold), each.span, each.facts)
        for each in collected
    ]  # fmt: skip
    file.write_bytes(pickle.dumps(rows))


def kept(file: Path) -> list[Collected]:
    """What `keep` wrote; a file of one's own, since reading a pickle runs it."""
    return [
        Collected(text, asked_of, from_set, [(ScoredPassage.from_binary(one), entry) for one, entry in found], *rest)
        for text, asked_of, from_set, found, *rest in pickle.loads(file.read_bytes())
    ]


def _spans(folder: Path) -> dict[str, str]:
    rows = [json.loads(line) for line in (folder / "queries.jsonl").read_text().splitlines()]
    return {row["id"]: row.get("answer_span", "") for row in rows}
