"""Two runs side by side: what changed, how sure it is, and runs that cannot be compared."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from allmanning.node.evaluate.comparison import bootstrap_interval, compare
from allmanning.node.evaluate.judged import Entry, JudgedSet
from allmanning.node.evaluate.report import report
from allmanning.node.evaluate.run import Run
from allmanning.runtime.errors import InvalidInput

QUERIES = {"q1": "Hur söker jag bygglov?", "q2": "Vad kostar\nförskolan?", "q3": "När öppnar badet?", "q4": "Vem?"}
JUDGED = JudgedSet(
    queries=QUERIES,
    corpus={name: Entry(name, "", "text") for name in "abcd"},
    grades={"q1": {"a": 1}, "q2": {"b": 1}, "q3": {"c": 1}, "q4": {"d": 2, "a": 1}},
)


def run(**rankings: Sequence[str]) -> Run:
    return Run(rankings=rankings, seconds=0.4, index_version="v")


BEFORE = run(q1=["a", "b"], q2=["a", "b"], q3=["a", "b"], q4=["d", "b", "a"])
AFTER = run(q1=["b", "c", "a"], q2=["b", "a"], q3=["a", "d", "b", "c"], q4=["d", "b", "a"])


def test_what_changed_is_listed_with_both_ranks_and_what_worsened_most_comes_first() -> None:
    changes = compare(JUDGED, BEFORE, AFTER).changes
    assert [(change.id, change.rank_before, change.rank_after) for change in changes] == [
        ("q1", 1, 3),
        ("q2", 2, 1),
        ("q3", None, 4),
    ]
    assert changes[0].gain < 0 < changes[1].gain < changes[2].gain


def test_a_question_whose_second_answer_moved_has_changed_too() -> None:
    after = run(**BEFORE.rankings | {"q4": ["d", "a"]})
    [change] = compare(JUDGED, BEFORE, after).changes
    assert (change.id, change.rank_before, change.rank_after) == ("q4", 1, 1)
    assert change.gain > 0


def test_both_figures_stand_beside_their_difference() -> None:
    comparison = compare(JUDGED, BEFORE, AFTER).as_dict()
    assert comparison["before"]["hit@1"] == 0.5
    assert comparison["after"]["hit@1"] == 0.5
    assert comparison["difference"]["recall@10"] == 0.25
    low, high = comparison["ndcg@10_interval"]
    assert low < comparison["difference"]["ndcg@10"] < high


def test_a_run_against_itself_has_no_change_and_no_difference() -> None:
    comparison = compare(JUDGED, BEFORE, BEFORE)
    assert comparison.changes == []
    assert comparison.interval == (0, 0)


def test_the_interval_is_that_of_the_mean_and_the_same_every_time() -> None:
    differences = [0.3, -0.1] * 200
    low, high = bootstrap_interval(differences)
    # The standard error of the mean is 0.2 / 20.
    assert low == pytest.approx(0.1 - 1.96 * 0.01, abs=0.002)
    assert high == pytest.approx(0.1 + 1.96 * 0.01, abs=0.002)
    assert bootstrap_interval(differences) == (low, high)


def test_more_questions_make_a_narrower_interval() -> None:
    few, many = bootstrap_interval([0.3, -0.1] * 10), bootstrap_interval([0.3, -0.1] * 1000)
    assert many[1] - many[0] < (few[1] - few[0]) / 5


@pytest.mark.parametrize(
    ("other", "named"),
    [
        (run(**{name: ["a"] for name in ("q1", "q2", "q3")}), "q4"),
        (run(**{name: ["a"] for name in (*QUERIES, "q9")}), "q9"),
    ],
)
def test_a_run_of_other_questions_is_refused_by_name(other: Run, named: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        compare(JUDGED, other, AFTER)
    assert caught.value.code == "evaluation.other_questions"
    assert named in caught.value.message


def test_the_report_has_a_line_for_each_changed_question() -> None:
    lines = report(compare(JUDGED, BEFORE, AFTER)).splitlines()
    assert "Ändrade frågor: 3 (1 sämre, 2 bättre)." in lines[-4]
    assert lines[-3].split(maxsplit=4) == ["1", "->", "3", "q1", "Hur söker jag bygglov?"]
    assert lines[-2].endswith("q2  Vad kostar förskolan?")
    assert lines[-1].startswith("   – -> 4")
