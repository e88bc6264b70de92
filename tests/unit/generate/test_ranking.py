"""What makes one sentence a better answer than another."""

from __future__ import annotations

import pytest

from allmanning.generate.extract.asked import Asked
from allmanning.generate.extract.candidates import candidates
from allmanning.generate.extract.particular import particular
from allmanning.generate.extract.questions import Asks, answers, asks, counted_in, lacks
from allmanning.generate.extract.ranking import rank
from allmanning.generate.extract.terms import terms
from tests.unit.generate.test_extract import answer, passages


def best(question: str, *texts: str) -> str:
    found = passages(*texts)
    ranking = rank(Asked.of(question), candidates(found), found)
    assert ranking is not None
    return ranking.ranked[0].candidate.text


@pytest.mark.parametrize(
    ("question", "texts", "words"),
    [
        ("Vad kostar dagis?", "Biblioteket kostar inget. En plats i förskola kostar 900 kronor.", "900 kronor"),
        ("Hur lång tid tar beslut om lov?", "Ett beslut om lov är bra att ha. Det tar tio veckor.", "tio veckor"),
        ("Hur många resor får man göra?", "Resor kostar 45 kronor. Antalet resor är 120 enkelresor per år.", "120"),
        ("Behöver jag lov för plank?", "Många plank kan bli fina med lov. Plank kräver lov.", "kräver"),
        (
            "Hur stort hus får jag bygga?",
            "Har du ett hus från 2018 får du bygga 20 kvadratmeter. Du får bygga ett hus på 30 kvadratmeter.",
            "30",
        ),
    ],
)
def test_the_sentence_that_gives_what_is_asked_for_comes_first(question: str, texts: str, words: str) -> None:
    assert words in best(question, texts)


@pytest.mark.parametrize("place", ["förskoleplats", "förskoleplatsen", "förskoleplatser", "förskolan"])
def test_a_price_is_the_rule_under_the_heading_of_fees_before_an_exception(place: str) -> None:
    found = [
        *passages("Barn som bara går i allmän förskola: 0 kronor.", title="Allmän förskola"),
        *passages("Ni betalar högst 1 547 kronor i månaden.", title="Avgift i förskola"),
        *passages("En kurs kostar 650 kronor.", title="Kulturskola"),
    ]
    ranking = rank(Asked.of(f"Vad kostar {place}?"), candidates(found), found)
    assert ranking is not None
    assert "1 547" in ranking.ranked[0].candidate.text


@pytest.mark.parametrize("forms", ["förskoleplats förskoleplatsen förskoleplatserna", "karta kartan", "skriva skrev"])
def test_the_forms_of_a_word_are_one_term_and_its_compounds_others(forms: str) -> None:
    assert len(terms(forms)) == 1
    assert terms("fritidsgård").isdisjoint(terms("fritids"))


def test_numbers_in_words_find_numbers_in_digits() -> None:
    table = "Beställning | Kostnad\n9 sidor | 0 kronor\n10 sidor | 50 kronor\n12 sidor | 54 kronor"
    assert best("Vad kostar tio sidor?", table) == "10 sidor | 50 kronor"


def test_a_table_whose_first_name_is_empty_keeps_its_columns() -> None:
    found = passages("| Inom plan | Utanför plan\nStörsta hus | 30 kvm | 50 kvm", title="Hus", dense=0.93)

    assert answer("Hur stort hus utanför plan?", found).sentences[0].text == (
        "Största hus – utanför plan: 50 kvm, inom plan: 30 kvm."
    )


@pytest.mark.parametrize(
    ("sentence", "share"),
    [
        ("Du får bygga 30 kvadratmeter.", 0.0),
        ("När ansökan är komplett tar det tio veckor.", 0.0),
        ("Exempel: Anna betalar 900 kronor.", 1.0),
        ("Har du bil, betala.", 1.0),
        ("Barn som bara går på loven: 0 kronor.", 2.0),
    ],
)
def test_a_sentence_about_one_case_is_known(sentence: str, share: float) -> None:
    assert particular(sentence, "Avgifter Exempelby", terms("Vad betalar jag?")) == share


def test_a_case_that_the_question_names_is_no_drawback() -> None:
    assert particular("Har du bil, betala.", "", terms("Vad betalar jag för min bil?")) == 0.0


@pytest.mark.parametrize(
    ("question", "sentence", "missing"),
    [
        ("Hur snabbt får jag svar?", "Vi svarar inom tio dagar.", False),
        ("Vad kostar en plats?", "Nr: 6.5; Ärende: Uppsägning av plats", True),
        ("Vad kostar en plats?", "Avgift: 300", False),
        ("Vad kostar en plats?", "Avgiften är 1 547 kronor.", False),
        ("Hur länge gäller det?", "Det är bra.", True),
        ("Hur länge gäller det?", "Högst upp till ett år.", False),
        ("Hur länge gäller det?", "Det gäller i fem år.", False),
        ("Vad kostar det?", "Det kostar en del.", True),
        ("Vad kostar det?", "Det är gratis.", False),
        ("Var står det hur många dagar jag får stanna?", "Det står i passet.", False),
    ],
)
def test_a_sentence_without_the_wanted_figure_is_known(question: str, sentence: str, missing: bool) -> None:
    assert lacks(asks(question), sentence) is missing


def test_what_is_counted_stands_after_its_number() -> None:
    counted = counted_in("Hur många platser finns det?")
    assert answers(Asks.HOW_MUCH, "Det finns 640 parkeringsplatser.", counted=counted) > answers(
        Asks.HOW_MUCH, "De ligger på 3 platser.", counted=""
    )


@pytest.mark.parametrize(
    ("sentence", "missing"),
    [
        ("Biblioteket är öppet för alla.", True),
        ("Lördag: 10.00–14.00", False),
        ("Öppet: tisdag och torsdag 15–20", False),
        ("Besök 1–18 under kalenderåret är fria.", True),
        ("Vi har öppet klockan 8 till 17.", False),
        ("Ansökan öppnar den 1 april.", False),
    ],
)
def test_a_question_of_opening_hours_wants_a_time(sentence: str, missing: bool) -> None:
    assert lacks(asks("När har biblioteket öppet?"), sentence) is missing
