"""Judged questions with the passages that the product's own search finds for them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from allmanning.contracts.index.v1.index_pb import SearchRequest
from allmanning.contracts.passage.v1.passage_pb import ScoredPassage
from allmanning.index.embed.local import LocalEmbedder
from allmanning.index.encode import encode_passages, encode_question
from allmanning.index.store.edge import EdgeStore
from allmanning.index.version import index_version
from allmanning.node.evaluate.judged import read_judged_set
from allmanning.node.evaluate.retrieval import CITIZEN, DOCUMENT, STAGED_AT_ONCE, _passages

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
    today = datetime.now(UTC).date().isoformat()
    collected = []
    for asked_of, judged in sets.items():
        with TemporaryDirectory() as folder:
            store = EdgeStore(
                Path(folder) / "index", index_version(embedder.model, embedder.dimension), embedder.dimension
            )
            await store.warm_up()
            passages, entries = _passages(judged)
            for start in range(0, len(passages), STAGED_AT_ONCE):
                await store.stage(await encode_passages(passages[start : start + STAGED_AT_ONCE], embedder))
            await store.publish(DOCUMENT.authority, DOCUMENT.id, DOCUMENT.version)
            entry_of = {passage.id: entry for passage, entry in zip(passages, entries, strict=True)}
            for from_set, other in sets.items():
                for name, text in other.queries.items():
                    dense, sparse = await encode_question(text, embedder)
                    request = SearchRequest(principal=CITIZEN, dense=dense, sparse=sparse, limit=FOUND, as_of=today)
                    answer = await store.search(request)
                    found = [(each, entry_of[each.passage.id]) for each in answer.passages if each.passage]
                    gold = other.grades.get(name, {}) if from_set == asked_of else {}
                    collected.append(Collected(text, asked_of, from_set, found, gold, spans[from_set].get(name, "")))
            await store.close()
    await embedder.close()
    return collected


def _spans(folder: Path) -> dict[str, str]:
    rows = [json.loads(line) for line in (folder / "queries.jsonl").read_text().splitlines()]
    return {row["id"]: row.get("answer_span", "") for row in rows}
