"""The product's own search finds what people marked as right."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from allmanning.node.evaluate.retrieval import evaluate_retrieval
from tests.evaluation.retrieval.small_set import write_set


async def test_a_small_set_is_ranked_by_title_meaning_and_the_end_of_a_long_text(tmp_path: Path) -> None:
    figures = await evaluate_retrieval(write_set(tmp_path))
    assert figures.queries == 4
    assert [figures.hit_1, figures.recall_10, figures.mrr_10, figures.ndcg_10] == pytest.approx([1, 1, 1, 1])
    assert figures.ms_per_query > 0


@pytest.mark.slow
@pytest.mark.parametrize(("name", "least"), [("swefaq", 0.70), ("helsingborg", 0.80)])
async def test_swedish_questions_find_their_answers(shared_data: Path, name: str, least: float) -> None:
    figures = await evaluate_retrieval(shared_data / "retrieval" / name)
    assert figures.ndcg_10 >= least


@pytest.mark.slow
async def test_answers_are_found_without_their_headings(shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "retrieval" / "helsingborg"
    for name in ("queries.jsonl", "qrels.tsv"):
        shutil.copyfile(source / name, tmp_path / name)
    entries = [json.loads(line) for line in (source / "corpus.jsonl").read_text(encoding="utf-8").splitlines()]
    bare = [json.dumps({"id": entry["id"], "text": entry["text"]}) for entry in entries]
    (tmp_path / "corpus.jsonl").write_text("\n".join(bare), encoding="utf-8")
    figures = await evaluate_retrieval(tmp_path)
    assert figures.ndcg_10 >= 0.45
