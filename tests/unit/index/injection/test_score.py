"""Instructions to a model stand out, however they are written; what authorities write to people does not."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmanning.index.injection.rules import shipped
from allmanning.index.injection.score import FLAGGED, injection_score, reasons
from tests.evaluation.injection.swedish import ATTACKS, ORDINARY


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_flagged(attack: str) -> None:
    assert injection_score(attack) >= FLAGGED


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_within_ordinary_text_is_flagged(attack: str) -> None:
    assert injection_score(f"{ORDINARY[0]}\n\n{attack}\n\n{ORDINARY[1]}") >= FLAGGED


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_is_not(text: str) -> None:
    assert reasons(text) == {} or injection_score(text) < FLAGGED


def test_a_reminder_is_no_order_to_forget() -> None:
    assert injection_score("Glöm inte tidigare instruktioner om brandskydd.") < FLAGGED


@given(st.text(max_size=300))
def test_any_text_has_a_score(text: str) -> None:
    assert 0 <= injection_score(text) <= 1


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "a ",
        "ignore ",
        "A1",
        "[x](https://a.b/",
        "user: ",
        "\\n ",
        "\n",
        " ",
        "= ",
        "###",
        "<",
        "deadbeef",
        "user:\n",
    ],
)
def test_many_hostile_characters_take_little_processor_time(unit: str) -> None:
    started = time.process_time()
    injection_score(unit * (200_000 // len(unit)))

    # As in tests/unit/index/personal: a quadratic pattern takes minutes.
    assert time.process_time() - started < 12


def test_every_group_of_words_is_used_and_every_rule_has_its_words() -> None:
    rules = shipped()
    used = {group for rule in rules.rules for group in rule.all} | {phrase.words for phrase in rules.phrases}
    vocabulary = rules.vocabulary
    known = {group for groups in vocabulary.whole.values() for group in groups}
    known |= {group for some in (*vocabulary.beginnings.values(), *vocabulary.together.values()) for _, group in some}

    assert used == known
    assert all(0 < each.weight < 1 for each in (*rules.rules, *rules.phrases, *rules.marks))
    assert not any(re.search(r"\.\*(?!\?)", mark.pattern.pattern) for mark in rules.marks)
