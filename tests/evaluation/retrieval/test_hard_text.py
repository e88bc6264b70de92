"""Damage and slips: the same every time, and as much as they say."""

from __future__ import annotations

import re

from allmanning.node.evaluate.judged import Entry, JudgedSet
from tests.evaluation.retrieval.damage import damaged, scanned
from tests.evaluation.retrieval.typos import mistyped, slipped

TEXT = "Ärendet om införande av alkoholtillstånd rör hyresgästerna på övre våningen. " * 50


def test_most_swedish_letters_are_lost_and_some_letters_confused_or_dropped() -> None:
    seen = scanned(TEXT)
    lost = 1 - len(re.findall("[åäöÅÄÖ]", seen)) / len(re.findall("[åäöÅÄÖ]", TEXT))
    assert 0.75 < lost < 0.95
    assert "alk6h" in seen
    assert "g6m" not in seen
    assert 0.96 * len(TEXT) < len(seen) < len(TEXT)
    assert seen == scanned(TEXT)


def test_questions_and_judgements_stay_clean() -> None:
    judged = JudgedSet({"q": "Får jag öppna?"}, {"a": Entry("a", "", TEXT)}, {"q": {"a": 1}})
    worse = damaged(judged)
    assert (worse.queries, worse.grades) == (judged.queries, judged.grades)
    assert worse.corpus["a"].text == scanned(TEXT)


def test_a_slip_changes_one_long_word_by_one_letter() -> None:
    kinds = set()
    for number in range(100):
        question = f"Vad kostar förskolan nummer {number}?"
        slip = slipped(question)
        assert slip != question
        differing = [(a, b) for a, b in zip(question.split(), slip.split(), strict=True) if a != b]
        assert len(differing) == 1
        [(word, typed)] = differing
        assert len(word.strip("?")) >= 5
        kinds.add(len(typed) - len(word))
    assert kinds == {-1, 0, 1}


def test_a_question_of_short_words_is_left_alone() -> None:
    judged = JudgedSet({"q": "Var är ni?"}, {"a": Entry("a", "", "text")}, {"q": {"a": 1}})
    assert mistyped(judged) == judged
