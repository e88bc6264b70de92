from __future__ import annotations

import numpy as np

from allmanning.audit.inspection.likeness import Asked, pairs


def asked(decision: str, question: str, outcome: str, unit: str = "BN") -> Asked:
    return Asked(decision, question, outcome, unit=unit)


def test_near_identical_questions_with_different_outcomes_are_found():
    found = pairs(
        [
            asked("a", "Behöver jag bygglov för en altan?", "answered"),
            asked("b", "behöver jag bygglov för altan", "abstained", unit="SN"),
            asked("d", "När öppnar biblioteket?", "abstained"),
        ]
    )
    assert [(each.first.decision, each.second.decision, each.differs) for each in found] == [
        ("a", "b", ["outcome", "unit"])
    ]
    assert found[0].likeness > 0.8


def test_case_and_punctuation_make_no_difference():
    [pair] = pairs([asked("a", "FÅR jag elda?!", "answered"), asked("b", "får jag, elda", "refused")])
    assert pair.likeness == 1


def test_the_same_outcome_is_no_pair_and_an_empty_question_is_like_nothing():
    assert pairs([asked("a", "Får jag elda?", "answered"), asked("b", "Får jag elda?", "answered")]) == []
    assert pairs([asked("a", "", "answered"), asked("b", "?", "refused")]) == []


def test_vectors_pair_each_two_questions_once_also_over_many_rows():
    rows = np.zeros((1_200, 2), np.float32)
    rows[:, 0] = 1.0
    rows[[3, 700, 1_150]] = [0.0, 1.0]
    many = [asked(str(number), "x", "answered") for number in range(1_200)]
    many[700] = asked("700", "y", "refused")
    found = pairs(many, 0.9, rows)
    assert {frozenset((each.first.decision, each.second.decision)) for each in found} == {
        frozenset(("3", "700")), frozenset(("700", "1150"))
    }  # fmt: skip
    assert len(found) == 2
