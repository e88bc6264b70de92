from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from allmanning.audit.gate.facts import facts_of
from allmanning.audit.gate.logged import input_of
from allmanning.audit.inspection.counterfactual import logged_facts, ruled, variations, words_of
from allmanning.contracts.audit.v1.audit_pb import Circumstances
from tests.unit.audit.producer import RELEASE, REQUEST

AROUND = Circumstances(day="2026-11-22", deployment="d1")


def test_each_variation_gives_another_verdict_when_the_table_is_run_again(gate):
    facts = facts_of(input_of(RELEASE))
    found = variations(gate.baseline, facts, AROUND)
    assert found
    for each in found:
        again = ruled(gate.baseline, {**facts, each.column: each.instead}, AROUND)
        assert again.id == each.rule.id
        assert again.verdict != ruled(gate.baseline, facts, AROUND).verdict


def test_danger_would_have_handed_the_question_to_a_person(gate):
    found = {
        (each.column, each.instead): each.rule.id
        for each in variations(gate.baseline, facts_of(input_of(REQUEST)), AROUND)
    }
    assert found["fara", True] == "F1"
    assert found["vill ha människa", True] == "F3"


@given(support=st.floats(0, 1))
def test_a_threshold_is_tried_on_both_sides(gate, support):
    facts = facts_of(input_of({**RELEASE, "weakest_support": support}))
    verdict = ruled(gate.baseline, facts, AROUND).verdict
    others = [each.instead for each in variations(gate.baseline, facts, AROUND) if each.column == "svagaste stöd"]
    swept = {ruled(gate.baseline, {**facts, "svagaste stöd": share / 200}, AROUND).verdict for share in range(201)}
    assert bool(others) == bool(swept - {verdict})


def test_an_input_that_can_not_be_read_gives_no_facts():
    assert logged_facts(None) is None
    assert logged_facts({"stage": "aldrig"}) is None


def test_facts_are_told_as_lawyers_write_them():
    assert [words_of(each) for each in (True, False, None, 0.75, 1.0, "intern")] == [
        "ja",
        "nej",
        "inte känt",
        "0,75",
        "1",
        "intern",
    ]
