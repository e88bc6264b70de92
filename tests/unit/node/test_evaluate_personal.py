"""`allmanning evaluate pii` counts what it says it counts, and reads what people have."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from allmanning.node.evaluate.measured import Measured, comparison_report
from allmanning.node.evaluate.personal import TARGETS, evaluate_personal, personal_report
from allmanning.runtime.errors import InvalidInput
from tests.evaluation.personal.cases import write


def figures(folder: Path, *rows: dict[str, object], name: str = "rows.jsonl") -> dict[str, dict[str, float | None]]:
    (folder / name).write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    kinds = evaluate_personal(folder).as_dict()["kinds"]
    assert isinstance(kinds, dict)
    return kinds  # type: ignore[return-value]


def test_our_own_case_sentences_reach_the_targets(tmp_path: Path) -> None:
    write(tmp_path)

    found = evaluate_personal(tmp_path)

    assert {kind for kind, count in found.kinds.items() if count.hit < TARGETS[kind] * count.labelled} == set()
    assert {kind for kind, count in found.kinds.items() if count.right < 0.95 * count.found} == set()
    assert "0.97" in personal_report(found)


def test_half_of_the_characters_must_agree(tmp_path: Path) -> None:
    text = "Skriv till kim@exempel.se i dag."
    whole = {"label": "EMAIL_ADDRESS", "start": 11, "end": 25}
    far_too_wide = {"label": "email", "start": 0, "end": 32}

    assert figures(tmp_path, {"text": text, "entities": [whole]})["EMAIL"] == {"recall": 1.0, "precision": 1.0}
    assert figures(tmp_path, {"text": text, "entities": [far_too_wide]})["EMAIL"] == {"recall": 0.0, "precision": 1.0}


def test_what_is_missed_and_what_is_invented_both_count(tmp_path: Path) -> None:
    rows = [
        {"text": "Ring 070-123 45 67.", "entities": []},
        {"text": "Numret är hemligt.", "entities": [{"label": "PHONE", "start": 10, "end": 17}]},
    ]

    assert figures(tmp_path, *rows)["PHONE"] == {"recall": 0.0, "precision": 0.0}


def test_a_file_judges_only_the_kinds_that_it_labels(tmp_path: Path) -> None:
    found = figures(tmp_path, {"text": "Kim, 070-123 45 67", "entities": [{"label": "PER", "start": 0, "end": 3}]})

    assert found["NAME"]["recall"] == 1.0
    assert found["PHONE"] == {"recall": None, "precision": None}


def test_lists_and_nested_files_are_read_and_others_told_of(tmp_path: Path) -> None:
    row = {"text": "a@exempel.se", "entities": [{"label": "EMAIL", "start": 0, "end": 12}]}
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "list.json").write_text(json.dumps({"rows": [row, row]}))
    (tmp_path / "numbers.json").write_text("[1, 2]")

    found = evaluate_personal(tmp_path)

    assert (found.rows, found.files, found.left_out) == (2, ["below/list.json"], ["numbers.json"])


@pytest.mark.parametrize(("content", "code"), [("{", "evaluation.malformed"), ("[]", "evaluation.empty")])
def test_what_is_no_set_of_rows_is_refused(tmp_path: Path, content: str, code: str) -> None:
    (tmp_path / "rows.json").write_text(content)

    with pytest.raises(InvalidInput) as refused:
        evaluate_personal(tmp_path)

    assert refused.value.code == code


def test_a_kept_result_is_compared_on_the_same_rows_and_refused_on_others(tmp_path: Path) -> None:
    write(tmp_path)
    kept = tmp_path.with_suffix(".kept")
    now = evaluate_personal(tmp_path).measured()
    now.save(kept)
    before = Measured.read(kept)

    assert now.since(before)["pins_changed"] == []
    older = before.model_copy(
        update={"figures": {**before.figures, "recall": 0.5}, "pins": {**before.pins, "index": "x"}}
    )
    compared = now.since(older)
    assert compared["pins_changed"] == ["index"]
    assert "recall" in comparison_report(compared)
    assert "+0." in comparison_report(compared)
    (tmp_path / "more.jsonl").write_text('{"text": "Hej", "entities": []}', encoding="utf-8")
    with pytest.raises(InvalidInput, match="andra rader"):
        evaluate_personal(tmp_path).measured().since(before)
