"""The extractive answerer says the right sentence, whole and in its frame, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, Location, Passage, ScoredPassage
from allmanning.generate.citations import Citations
from allmanning.generate.conversation import Asking
from allmanning.generate.draft import Draft, Task
from allmanning.generate.extract.answerer import ExtractiveAnswer
from allmanning.generate.extract.asked import Asked
from allmanning.generate.extract.candidates import candidates
from allmanning.generate.extract.measures import measured
from allmanning.generate.extract.questions import Asks, asks
from allmanning.generate.extract.ranking import Ranked, rank
from allmanning.generate.extract.selection import selected


def passages(*texts: str, title: str = "Dokument", dense: float = 0.9) -> list[ScoredPassage]:
    return [
        ScoredPassage(
            passage=Passage(
                id=f"p{number}",
                document=DocumentVersion(id="d", title=title),
                text=text,
                location=Location(end=len(text)),
            ),
            score=1 - number / 10,
            dense=dense,
        )
        for number, text in enumerate(texts)
    ]


def answer(
    question: str, found: Sequence[ScoredPassage], before: str = "", language: str = "sv", least: float | None = None
) -> Draft:
    task = Task(Asking(question, before), language, found, 0)
    return ExtractiveAnswer(least_confidence=least).run(task=task)["draft"]


def test_a_list_is_said_with_what_introduces_it() -> None:
    found = passages(
        "Visum är gratis.\nTill ansökan om visum ska du bifoga:\n- ett giltigt pass\n- en inbjudan",
        dense=0.93,
    )

    first = answer("Vad ska jag bifoga till ansökan om visum?", found).sentences[0]

    assert first.text == "Till ansökan om visum ska du bifoga:\n– ett giltigt pass\n– en inbjudan"
    assert Citations(found).support_of(first) == 1.0


def test_a_table_row_is_said_with_its_header() -> None:
    found = passages("Badhus | Barn | Vuxen\nNorrbadet | 20 kr | 60 kr\nSöderbadet | 30 kr | 80 kr", title="Priser bad")

    first = answer("Vad kostar Söderbadet?", found).sentences[0]

    assert first.text == "Söderbadet – barn: 30 kr, vuxen: 80 kr."
    assert Citations(found).support_of(first) == 1.0


def test_a_sentence_that_leans_on_the_one_before_brings_it_along() -> None:
    found = passages("Förskolan tar ut avgift. Den betalas senast den 28 mars. Ring oss gärna.", dense=0.93)

    first = answer("När ska den betalas senast?", found, before="Tar förskolan ut avgift?").sentences[0]

    assert first.text == "Förskolan tar ut avgift. Den betalas senast den 28 mars."


def test_what_says_the_same_is_said_once() -> None:
    found = passages("Bygglov för altan kostar 900 kronor.", "Ett bygglov för altan kostar 900 kronor.")

    assert len(answer("Vad kostar bygglov för altan?", found).sentences) == 1


def test_the_number_of_an_item_is_no_part_of_its_quote() -> None:
    found = passages("1. Mätare som har frusit kostar 1 790 kronor.\n2. Länsning kostar 1 150 kronor.", dense=0.93)

    first = answer("Vad kostar mätare som har frusit?", found).sentences[0]

    assert first.text == "Mätare som har frusit kostar 1 790 kronor."
    assert Citations(found).support_of(first) == 1.0


def test_rows_that_differ_in_their_figures_are_both_said() -> None:
    table = "Barn | Procent | Högsta avgift\nBarn 1 | 3 procent | 1 547 kronor\nBarn 2 | 2 procent | 1 031 kronor"
    found = passages(table, title="Avgift i förskola", dense=0.93)

    said = " ".join(each.text for each in answer("Vad är den högsta avgiften i förskola?", found).sentences)

    assert "1 547" in said
    assert "1 031" in said


OPEN = "Dag | April–september | Oktober–mars\nMåndag | 10.00–19.00 | 10.00–18.00\nLördag | 9.00–15.00 | 10.00–14.00"


def test_a_table_whose_rows_all_answer_is_said_whole() -> None:
    found = passages(OPEN, title="Tippen, öppettider", dense=0.93)

    (whole,) = answer("När är tippen öppen?", found, least=0.0).sentences

    assert whole.text == (
        "– Måndag – april–september: 10.00–19.00; oktober–mars: 10.00–18.00\n"
        "– Lördag – april–september: 9.00–15.00; oktober–mars: 10.00–14.00"
    )
    assert Citations(found).support_of(whole) == 1.0


def test_a_row_that_the_question_names_is_said_alone() -> None:
    found = passages(OPEN, title="Tippen, öppettider", dense=0.93)

    first = answer("När är tippen öppen på lördagar?", found, least=0.0).sentences[0]

    assert first.text == "Lördag – april–september: 9.00–15.00, oktober–mars: 10.00–14.00."


@pytest.mark.parametrize(
    ("question", "begins"),
    [("När har tippen öppet?", "– Måndag – "), ("När har tippen öppet på lördagar?", "Butiken")],
)
def test_rows_that_the_question_does_not_tell_apart_are_believed_together(question: str, begins: str) -> None:
    found = passages(f"{OPEN}\nButiken har öppet lördag 9–13.", title="Tippen, öppettider")
    rows, sentence = ([each for each in candidates(found) if (each.kind == "row") is row] for row in (True, False))
    ranked = [Ranked(each, 0.0, 0.4 if each in sentence else 0.3) for each in (*sentence, *reversed(rows))]

    assert selected(ranked, found, 3, Asked.of(question))[0].text.startswith(begins)


def test_the_hours_of_another_place_are_a_particular_case() -> None:
    found = passages("Butiken har öppet lördag 9–13. Centralen har öppet lördag 10–14.", title="Återvinning")

    def particular(question: str) -> list[float]:
        return list(measured(Asked.of(question), candidates(found), found).particular)

    assert particular("När har centralen öppet?") == [1.0, 0.0]
    assert particular("När har butiken öppet?") == [0.0, 1.0]


def test_what_names_something_that_nothing_found_knows_gets_nothing() -> None:
    hours = passages("Fritidsgården Hamnmagasinet har öppet klockan 17–22.", title="Fritidsgårdar", dense=0.93)

    assert answer("Vilka öppettider har Kåken?", hours, least=0.01).sentences == ()
    assert answer("Vilka öppettider har Hamnmagasinets fritidsgård?", hours, least=0.01).sentences
    # English writes days and languages with capitals, too.
    assert answer("Is the fritidsgård open on Monday, klockan 17–22?", hours, language="en", least=0.001).sentences


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Vad kostar förskolan?", "Avgiften i förskola är 900 kronor."),
        ("När har fritidshemmet öppet?", "Alla fritidshem är öppna klockan 6–18."),
    ],
)
def test_a_word_is_found_in_another_form(question: str, said: str) -> None:
    question_asked = Asked.of(question)
    found = candidates(passages(said))
    ranking = rank(question_asked, found, passages(said))

    assert ranking is not None
    assert ranking.measured.held[0] > 0.9


def test_a_question_that_the_passages_do_not_answer_gets_nothing() -> None:
    found = passages("Biblioteket har öppet varje dag. Låna böcker gratis.", dense=0.82)

    assert answer("Hur söker jag serveringstillstånd?", found).sentences == ()


def test_a_follow_up_is_answered_with_what_it_refers_to() -> None:
    found = passages("Bygglov för altan kostar 900 kronor. Bygglov tar tio veckor.")

    draft = answer("Och vad kostar det?", found, before="Behöver jag bygglov för altan?")

    assert draft.sentences[0].text == "Bygglov för altan kostar 900 kronor."


def test_a_question_in_another_language_finds_the_sentence_by_the_words_they_share() -> None:
    found = passages("Ansök om boendeparkering. Boendeparkering kostar 390 kronor i område A.", dense=0.87)

    english = answer("What does boendeparkering cost per month?", found, language="en")

    assert english.sentences[0].text == "Boendeparkering kostar 390 kronor i område A."
    assert answer("Who won the world cup in football?", found, language="en").sentences == ()


def test_every_sentence_is_quoted_exactly() -> None:
    found = passages("Rubrik\n\nEn altan i markhöjd\nkräver inte bygglov. Mer text här.")
    citations = Citations(found)

    for sentence in answer("Kräver en altan i markhöjd bygglov?", found).sentences:
        for cited in citations.cite(sentence):
            assert cited.passage is not None
            assert cited.quote in cited.passage.text
            assert cited.support == 1.0


def test_repeated_words_are_not_quoted_where_they_do_not_stand() -> None:
    text = "Ta med:\n- pass"
    found = passages(text)
    assert found[0].passage is not None
    found[0].passage.location = Location(start=100, end=106)

    cited = Citations(found).cite(answer("Vad ska jag ta med, ett pass?", found).sentences[0])

    assert cited[0].quote == "- pass"


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Vad kostar bygglov?", Asks.COST),
        ("Hur dyrt är ett rivningslov?", Asks.COST),
        ("Hur sent får bussen komma?", Asks.HOW_MUCH),
        ("hur lang tid tar det", Asks.HOW_LONG),
        ("När öppnar biblioteket?", Asks.OPEN),
        ("Vilka myndigheter fick uppdraget?", Asks.WHO),
        ("Vad menas med AI-fabrik?", Asks.DEFINITION),
        ("Får jag elda?", Asks.WHETHER),
        ("Vilket telefonnummer har växeln?", Asks.NUMBER),
    ],
)
def test_the_question_word_says_what_is_asked_for(question: str, kind: Asks) -> None:
    assert asks(question) is kind


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (
            "Vilka är de största hindren för AI i Helsingborg?",
            "juridik och datahantering|juridiska fragor och datahantering",
        ),
        ("Vad menas med AI-fabrik?", "Al-fabrik, snarare"),
        ("Hur stor är nyttan av AI i offentlig förvaltning per år?", "140 miljarder"),
        ("Vilka myndigheter fick uppdraget 2021 att främja användningen av AI?", "Arbetsförmedlingen, Bolagsverket"),
    ],
)
def test_real_documents_answer_through_bad_ocr(question: str, words: str, shared_data: Path) -> None:
    texts = [path.read_text() for path in sorted((shared_data / "documents" / "seeds").glob("*.txt"))]
    found = passages(*(part for text in texts for part in text.split("\n\n") if part.strip()), title="Yttrande om AI")

    said = " ".join(sentence.text for sentence in answer(question, found).sentences)

    assert any(each in said for each in words.split("|")), said


def test_a_question_in_another_language_knows_the_official_words_for_its_own() -> None:
    found = candidates(passages("Förskolan är öppen till klockan 18."))

    assert Asked.of("When does the preschool close?").among(found).terms


def test_without_the_encoder_other_weights_answer_and_the_record_says_so() -> None:
    found = passages("Bygglov för altan kostar 900 kronor. Ring oss gärna.", dense=0.0)
    told = passages("Bygglov för altan kostar 900 kronor. Ring oss gärna.")
    told[0].sentence_likeness = told[0].framed_likeness = [0.9, 0.3]

    assert answer("Vad kostar bygglov för altan?", found).figures["encoded"] is False
    assert answer("Vad kostar bygglov för altan?", told).figures["encoded"] is True
