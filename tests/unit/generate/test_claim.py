"""Two sentences contradict each other when they say the same but for one thing, and not when they speak of two."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allmanning.generate.claim import claim, contradict

VOCABULARY = "bygglov altan plank behöver inte högst minst 1,2 meter 500 kronor 600 den 3 mars måndag öppet stängt får"
WORDS = st.sampled_from(VOCABULARY.split())
SENTENCES = st.lists(WORDS, min_size=2, max_size=9).map(" ".join)


def contradicting(one: str, other: str) -> bool:
    ours, theirs = claim(one), claim(other)
    return ours is not None and theirs is not None and contradict(ours, theirs)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bygglov för en altan kostar 3 200 kronor.", "Avgiften för bygglov för en altan är 3 600 kronor."),
        ("Du behöver bygglov för en friggebod.", "Du behöver inte bygglov för en friggebod."),
        ("Simhallen är öppen på nyårsdagen.", "Simhallen är stängd på nyårsdagen."),
        ("Sopkärlen i Norrby töms på tisdagar.", "Sopkärlen i Norrby töms på torsdagar."),
        ("Kommunhusets reception öppnar klockan 8.00.", "Kommunhusets reception öppnar klockan 9.30."),
        ("Lovskolan börjar den 12 juni.", "Lovskolan börjar den 15 juni."),
    ],
)
def test_one_thing_said_otherwise_is_a_contradiction(one, other):
    assert contradicting(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bygglov behövs inte för altan lägre än 1,2 meter.", "Bygglov behövs för altan högre än 1,2 meter."),
        ("Bygglov för en altan kostar 3 200 kronor.", "Bygglov för ett plank kostar 2 100 kronor."),
        ("Avgiften för förskola 2025 är 1 645 kronor.", "Avgiften för förskola 2026 är 1 688 kronor."),
        ("Biblioteket har öppet på måndagar klockan 8–16.", "Biblioteket har öppet på lördagar klockan 10–14."),
        ("Nämnden sammanträder den 12 mars.", "Nämnden sammanträder den 9 april."),
        ("Egenavgiften är minst 20 procent.", "Egenavgiften är högst 30 procent."),
        ("Det kostar 500 kronor.", "Det kostar 600 kronor."),
    ],
)
def test_two_cases_are_no_contradiction(one, other):
    assert not contradicting(one, other)


@settings(deadline=None)
@given(SENTENCES, SENTENCES)
def test_a_contradiction_holds_both_ways_and_nothing_contradicts_itself(one, other):
    assert contradicting(one, other) == contradicting(other, one)
    assert not contradicting(one, one)
