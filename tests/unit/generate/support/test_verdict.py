"""A sentence is supported by the words it cites, figure by figure."""

from __future__ import annotations

import pytest

from allmanning.generate.support.verdict import LEAST_SUPPORT, verdict

PASSAGE = (
    "Avgiften är 1 645 kronor i månaden och betalas senast den 31 mars."
    " Den som får stöd enligt 4 kap. 1 § betalar inte."
)


def test_the_same_words_are_full_support_whatever_the_white_space() -> None:
    assert verdict("Avgiften är 1 645 kronor i månaden", "Avgiften är 1 645\nkronor i  månaden.").support == 1.0


@pytest.mark.parametrize(
    "sentence",
    [
        "Avgiften är 1 654 kronor i månaden.",
        "Avgiften betalas senast den 30 mars.",
        "Den som får stöd enligt 4 kap. 2 § betalar inte.",
        "Ring 08-123 45 67 om avgiften.",
    ],
)
def test_a_figure_that_differs_is_no_support(sentence: str) -> None:
    assert verdict(sentence, PASSAGE).support == 0.0


def test_a_negation_that_differs_is_no_support() -> None:
    assert verdict("Altaner kräver bygglov.", "Altaner kräver inte bygglov.").support == 0.0
    assert verdict("Altaner kräver inte bygglov.", "Altaner kräver bygglov.").support == 0.0


def test_a_duty_made_of_a_right_is_no_support() -> None:
    assert verdict("Du måste söka bygglov i förväg.", "Du får söka bygglov i förväg.").support == 0.0


def test_other_words_for_the_same_are_partial_support() -> None:
    partly = verdict("Varje månad är avgiften 1 645 kronor.", PASSAGE.partition(" Den")[0]).support
    assert LEAST_SUPPORT <= partly <= 1.0
    assert verdict("Simhallen är öppen på söndagar.", PASSAGE.partition(" Den")[0]).support < LEAST_SUPPORT


def test_figures_are_the_same_however_they_are_grouped() -> None:
    assert verdict("Avgiften är 1645 kronor.", "Avgiften är 1\u00a0645 kronor.").support > 0
    assert verdict("Altanen får vara 1,2 meter.", "Altanen får vara 1.2 meter.").support > 0
    assert verdict("Handläggningen tar 10 veckor.", "Handläggningen tar tio veckor.").support > 0


def test_nothing_supports_nothing() -> None:
    assert verdict("", PASSAGE).support == 0.0
    assert verdict("Avgiften", " ").support == 0.0


@pytest.mark.parametrize(
    "sentence",
    ["Barnet hämtar föräldern.", "Föräldern hämtar", "hämtar barnet."],
)
def test_the_same_words_in_another_order_or_a_part_of_them_are_not_verbatim(sentence: str) -> None:
    assert verdict(sentence, "Föräldern hämtar barnet.").support < 1.0
