"""One set, two settings: run side by side, or against a run that was saved."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from allmanning.node.cli import app
from allmanning.node.evaluate.retrieval import evaluated
from allmanning.node.evaluate.run import Run
from allmanning.runtime.errors import InvalidInput, Refused
from tests.evaluation.retrieval.small_set import QUESTIONS, write_set
from tests.integration.retrieve.word_embedder import WordEmbedder


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return write_set(tmp_path / "set")


async def test_other_settings_are_run_on_the_same_index_and_compared(small: Path, tmp_path: Path) -> None:
    settings = tmp_path / "sok.yaml"
    settings.write_text("synonyms: ord.yaml\n")
    # A word that is a name for another text leads the question there.
    (tmp_path / "ord.yaml").write_text("förskolan: [ordföranden, mötet, hälsar]\n")
    outcome = await evaluated(small, settings, empty(tmp_path), embedder=WordEmbedder())
    comparison = outcome.comparison
    assert comparison is not None
    assert comparison.after == outcome.figures
    assert [change.id for change in comparison.changes] == ["q2"]
    assert comparison.changes[0].gain < 0
    again = await evaluated(small, settings, settings, embedder=WordEmbedder())
    assert again.comparison is not None
    assert again.comparison.changes == []


async def test_another_pipeline_is_used(small: Path, tmp_path: Path) -> None:
    pipeline = yaml.safe_load(files("allmanning.retrieve").joinpath("pipeline.yaml").read_text(encoding="utf-8"))
    ranker = "haystack.components.rankers.lost_in_the_middle.LostInTheMiddleRanker"
    pipeline["components"]["ranker"] = {"type": ranker, "init_parameters": {"word_count_threshold": 1}}
    (tmp_path / "egen.yaml").write_text(yaml.safe_dump(pipeline), encoding="utf-8")
    settings = tmp_path / "sok.yaml"
    settings.write_text("pipeline: egen.yaml\n")
    outcome = await evaluated(small, settings, embedder=WordEmbedder())
    # It stops after the passage that has a word.
    assert {len(found) for found in outcome.run.rankings.values()} <= {1, 2}


@pytest.mark.parametrize("text", ["a: [", "components: 3", "[]", "components: {x: {type: nope.Nope}}"])
async def test_a_file_that_is_no_pipeline_is_refused(small: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "egen.yaml").write_text(text)
    (tmp_path / "sok.yaml").write_text("pipeline: egen.yaml")
    with pytest.raises(Refused) as caught:
        await evaluated(small, tmp_path / "sok.yaml", embedder=WordEmbedder())
    assert caught.value.code == "pipeline.invalid"
    assert "egen.yaml" in caught.value.message


def empty(folder: Path) -> Path:
    file = folder / "tom.yaml"
    file.touch()
    return file


async def test_a_saved_run_is_read_back_and_compares_as_equal(small: Path, tmp_path: Path) -> None:
    first = await evaluated(small, embedder=WordEmbedder())
    first.run.save(tmp_path / "run.json")
    assert Run.read(tmp_path / "run.json") == first.run
    again = await evaluated(small, against=tmp_path / "run.json", embedder=WordEmbedder())
    assert again.comparison is not None
    assert again.comparison.changes == []
    assert again.comparison.before.ndcg_10 == again.figures.ndcg_10


async def test_what_changed_since_a_saved_run_is_named(small: Path, tmp_path: Path) -> None:
    first = await evaluated(small, embedder=WordEmbedder())
    worse = first.run.rankings | {"q1": list(reversed(first.run.rankings["q1"]))}
    Run(rankings=worse, seconds=1, index_version="old").save(tmp_path / "run.json")
    again = await evaluated(small, against=tmp_path / "run.json", embedder=WordEmbedder())
    assert again.comparison is not None
    assert [change.id for change in again.comparison.changes] == ["q1"]
    assert again.comparison.changes[0].gain > 0


async def test_a_run_of_another_set_is_refused(small: Path, tmp_path: Path) -> None:
    Run(rankings={"annan": ["a"]}, seconds=1, index_version="old").save(tmp_path / "run.json")
    with pytest.raises(InvalidInput, match=r"evaluation\.other_questions"):
        await evaluated(small, against=tmp_path / "run.json", embedder=WordEmbedder())


async def test_a_question_that_the_search_refuses_is_named(small: Path) -> None:
    queries = [json.loads(line) for line in (small / "queries.jsonl").read_text().splitlines()]
    queries[1]["text"] = "Vad kostar det? " * 1000
    (small / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)))
    with pytest.raises(InvalidInput) as caught:
        await evaluated(small, embedder=WordEmbedder())
    assert caught.value.code == "query.too_long"
    assert caught.value.message.startswith("q2: ")


@pytest.mark.parametrize("text", ["", "{}", '{"rankings": {"q1": "a"}, "seconds": 1, "index_version": ""}'])
def test_a_file_that_is_no_run_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(InvalidInput, match=r"run\.json"):
        Run.read(tmp_path / "run.json")


def test_the_command_saves_a_run_and_compares_with_it(small: Path, tmp_path: Path) -> None:
    command = ["evaluate", "retrieval", str(small), "--json"]
    first = CliRunner().invoke(app, [*command, "--save", str(tmp_path / "run.json")])
    assert first.exit_code == 0, first.output
    keys = ["queries", "hit@1", "hit@5", "recall@10", "mrr@10", "ndcg@10", "ms_per_query"]
    assert list(json.loads(first.output)) == keys
    second = CliRunner().invoke(app, [*command, "--against", str(tmp_path / "run.json")])
    compared = json.loads(second.output)
    assert compared["changes"] == []
    assert compared["before"]["queries"] == compared["after"]["queries"] == len(QUESTIONS)
    unknown = CliRunner().invoke(app, [*command, "--against", str(tmp_path / "borta.yaml")])
    assert unknown.exit_code == 2
    assert json.loads(unknown.output)["error"]["code"] == "evaluation.file_missing"
