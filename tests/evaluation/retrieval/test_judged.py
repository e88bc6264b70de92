"""A judged set is read whole, or refused with the place that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from allmanning.node.evaluate.judged import Entry, read_judged_set
from allmanning.runtime.errors import InvalidInput

GOOD = {
    "queries.jsonl": '{"id": "q1", "text": "Hur söker jag bygglov?", "split": "dev"}\n\n{"id": "q2", "text": "Var?"}\n',
    "corpus.jsonl": '{"id": "c1", "title": "Bygglov", "text": "Du\u2028ansöker."}\n{"id": "c2", "text": "Här."}\n',
    "qrels.tsv": "query-id\tcorpus-id\tscore\nq1\tc1\t2\nq1\tc2\t0\nq2\tc2\t1\n",
}


def write(folder: Path, **changed: str) -> Path:
    for name, text in (GOOD | {key.replace("_", "."): value for key, value in changed.items()}).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_set_is_read(tmp_path: Path) -> None:
    judged = read_judged_set(write(tmp_path))
    assert judged.queries == {"q1": "Hur söker jag bygglov?", "q2": "Var?"}
    assert judged.corpus == {"c1": Entry("c1", "Bygglov", "Du\u2028ansöker."), "c2": Entry("c2", "", "Här.")}
    assert judged.grades == {"q1": {"c1": 2}, "q2": {"c2": 1}}


def test_the_header_of_the_judgements_may_be_missing(tmp_path: Path) -> None:
    assert read_judged_set(write(tmp_path, qrels_tsv="q1\tc1\t1\r\n")).grades == {"q1": {"c1": 1}}


@pytest.mark.parametrize(
    ("file", "text", "place"),
    [
        ("queries.jsonl", '{"id": "q1", "text": "Hur?"}\n{"id": \n', "queries.jsonl:2"),
        ("queries.jsonl", '["q1"]', "queries.jsonl:1: inte ett objekt"),
        ("queries.jsonl", '{"id": "q1"}', "queries.jsonl:1: fältet 'text'"),
        ("queries.jsonl", '{"id": 7, "text": "Hur?"}', "queries.jsonl:1: fältet 'id'"),
        ("queries.jsonl", '{"id": "q1", "text": "Hur?"}\n' * 2, "queries.jsonl:2: 'q1' finns redan"),
        ("corpus.jsonl", '\n{"id": "c1", "text": "  "}', "corpus.jsonl:2: fältet 'text'"),
        ("corpus.jsonl", '{"id": "c1", "title": 1, "text": "Du"}', "corpus.jsonl:1: fältet 'title'"),
        ("qrels.tsv", "q1 c1 1\n", "qrels.tsv:1: 1 kolumner"),
        ("qrels.tsv", "query-id\tcorpus-id\tscore\nq1\tc1\tja\n", "qrels.tsv:2: 'ja'"),
        ("qrels.tsv", "q1\tc1\t1\nq9\tc1\t1\n", "qrels.tsv:2: 'q9'"),
        ("qrels.tsv", "q1\tc9\t1\n", "qrels.tsv:1: 'c9'"),
        ("qrels.tsv", "q1\tc1\t0\n", "relevant"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, file: str, text: str, place: str) -> None:
    write(tmp_path, **{file.replace(".", "_"): text})
    with pytest.raises(InvalidInput) as caught:
        read_judged_set(tmp_path)
    assert place in caught.value.message


@pytest.mark.parametrize("name", sorted(GOOD))
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    (write(tmp_path) / name).unlink()
    with pytest.raises(InvalidInput, match=name):
        read_judged_set(tmp_path)


def test_a_file_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    (write(tmp_path) / "corpus.jsonl").write_bytes('{"id": "c1", "text": "å"}'.encode("latin-1"))
    with pytest.raises(InvalidInput, match=r"corpus\.jsonl"):
        read_judged_set(tmp_path)
