"""How an answer came about, from its records alone."""

from __future__ import annotations

from allmanning.gateway.decisions import RecordOut
from allmanning.gateway.pages.citizen.course import course_of


def record(kind: str, **fields: object) -> RecordOut:
    leaf = {"type": f"se.audit.{kind}.v1", **fields}
    return RecordOut(id=kind, index=0, leaf=leaf, parts={}, erased=[], corrected_by=[])


def test_it_counts_what_was_read_said_and_struck_and_names_each_document_once() -> None:
    near = [{"document": "a", "version": "1"}, {"document": "b", "version": "1"}, {"document": "a", "version": "1"}]
    told = course_of(
        [
            record("gate.evaluated", gate={"verdict": "refuse", "legal_basis": "x"}),
            record("retrieval.done", passages=near, held_back=2),
            record("draft.generated", dropped=1),
            record("gate.evaluated", gate={"verdict": "auto", "legal_basis": "FL 6 §"}),
            record("sentence.released"),
        ]
    )

    assert (told.passages, told.searched, told.held_back) == (3, [("a", "1"), ("b", "1")], 2)
    assert (told.sentences, told.dropped, told.legal_basis) == (1, 1, "FL 6 §")
    assert told.verdict == "Enligt reglerna får ett sådant svar lämnas direkt"


def test_records_that_say_nothing_give_nothing() -> None:
    told = course_of([record("retrieval.done", passages="?", held_back=None), record("gate.evaluated", gate=[])])

    assert (told.passages, told.held_back, told.verdict) == (0, 0, "")
