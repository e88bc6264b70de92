"""A misspelled word is corrected from the lexicon and the synonyms; a known word, a name or a number is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmanning.index.everyday import NO_ROWS, Rows
from allmanning.index.fold import folded
from allmanning.index.lexicon.edits import LETTERS, edits, marked
from allmanning.index.lexicon.speller import LONGEST, Speller, speller
from allmanning.retrieve.spelling import corrected, corrections


@pytest.fixture(scope="module")
def words() -> Speller:
    return speller()


def meant(text: str, words: Speller, own: Rows = NO_ROWS) -> dict[str, str]:
    return {each.written: each.meant for each in corrections(text, own, words)}


@pytest.mark.parametrize(
    ("written", "correct"),
    [
        ("lampliga", "lämpliga"),
        ("overklaga", "överklaga"),
        ("aldreomsorgen", "äldreomsorgen"),
        ("handlaggning", "handläggning"),
        ("oversattning", "översättning"),
        ("bygglvo", "bygglov"),
        ("blankettt", "blankett"),
        ("annsökan", "ansökan"),
        ("komunen", "kommunen"),
        ("överklagga", "överklaga"),
        ("förksola", "förskola"),
        ("anläggninsarbetare", "anläggningsarbetare"),
        ("förskoleavgfit", "förskoleavgift"),
        ("indredningsdetaljer", "inredningsdetaljer"),
        ("försörjningstöd", "försörjningsstöd"),
        ("strandskyddsdispnes", "strandskyddsdispens"),
        ("bibblaan", "bibblan"),
    ],
)
def test_a_slip_is_set_right(words: Speller, written: str, correct: str) -> None:
    assert meant(f"vad gäller {written} här", words) == {written: correct}


@pytest.mark.parametrize(
    "text",
    [
        "Behöver jag bygglov för en altan?",
        "förvaltningslag och folkbokföringslag",
        "hälso- och sjukvård",
        "covid",
        "dagisplats på bibblan",
        "Hur når jag Åsbrinken i Exempelbby?",
        "KS 2024-123 och 2017:900",
        "ring 070-1234567",
        "namn.eftrnamn@exempelby.se",
        "https://exempelby.se/bygglvo",
        "bygglvo2024",
        "enligt ABVTT",
        "vfr",
        "x" * (LONGEST + 1),
        "xqzvw wqpxz zzqxv qqwzx bygglvo",
        "متى تفتح المكتبة",
        "",
    ],
)
def test_what_is_known_or_no_word_is_left_alone(words: Speller, text: str) -> None:
    assert meant(text, words) == {}


def test_an_authoritys_own_words_are_known_and_meant(words: Speller) -> None:
    own = Rows.of({"kulturvingen": ["kulturhus"], "snabbspåret*": ["förenklad handläggning"]})
    assert meant("tider för kulturvingen", words, own) == {}
    assert meant("tider för kulturvigen", words, own) == {"kulturvigen": "kulturvingen"}


def test_the_text_gets_what_was_meant_in_its_place(words: Speller) -> None:
    text = "Anläggninsarbetare, annsökan (e-tjansten)."
    assert corrected(text, corrections(text, NO_ROWS, words)) == "Anläggningsarbetare, ansökan (e-tjänsten)."


KNOWN = ("bygglov", "förskoleavgift", "äldreomsorgen", "ansökan", "strandskyddsdispens", "kommunen")


@given(st.sampled_from(KNOWN), st.integers(0, 20), st.sampled_from(LETTERS))
def test_what_is_meant_is_a_word_and_a_known_word_is_never_changed(word: str, at: int, letter: str) -> None:
    written = word[:at] + letter + word[at + 1 :]
    for each in corrections(written, NO_ROWS, speller()):
        assert speller().knows(each.meant)
        assert not speller().lists(written)


@given(st.text(st.sampled_from("abcåäö"), min_size=2, max_size=8))
def test_every_single_slip_is_an_edit_and_can_be_undone(word: str) -> None:
    near = {edit for edit, _ in edits(word)}
    assert word[1:] in near
    assert f"{word}x" in near
    assert word[1] + word[0] + word[2:] in near | {word}
    assert all(word in {back for back, _ in edits(edit)} for edit in (word[:-1], f"x{word}", f"x{word[1:]}"))
    assert all(abs(len(edit) - len(word)) <= 1 and cost > 0 for edit, cost in edits(word))


@given(st.text(st.sampled_from("bo å a".replace(" ", "")), max_size=6))
def test_marks_are_all_that_differs_between_the_words_a_bare_one_may_be(word: str) -> None:
    spellings = list(marked(word))
    assert spellings[0] == word
    assert len(set(spellings)) == len(spellings)
    assert {folded(spelling) for spelling in spellings} == {folded(word)}
