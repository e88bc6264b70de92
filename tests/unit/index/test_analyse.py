from __future__ import annotations

import unicodedata
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmanning.index.analyse import IDENTIFIER_WEIGHT, stem, terms
from allmanning.index.fold import folded

swedish = st.text(st.sampled_from("abcdefghijklmnoprstuvyåäöÅÄÖé .-0123456789§:/"), max_size=60)


def words(text: str) -> list[str]:
    return [term for term, weight in terms(text) if weight == 1.0]


def identifiers(text: str) -> set[str]:
    return {term for term, weight in terms(text) if weight == IDENTIFIER_WEIGHT}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Förskolans avgifter", "forskolans AVGIFTER"),
        ("avgift", "avgifterna"),
        ("kommun", "kommunens"),
        ("e-tjänst", "etjänst e tjänst"),
        ("ansöker", "ansökan"),
        ("bygglovsansökan", "ansökningarna"),
        ("anmälning", "anmälan"),
        ("kontor", "socialkontoret"),
        ("måltid", unicodedata.normalize("NFD", "måltid")),
    ],
)
def test_the_same_word_written_otherwise_shares_a_term(one: str, other: str) -> None:
    assert set(words(one)) & set(words(other))


def test_a_base_form_is_no_plural() -> None:
    assert words("kontor motor") == ["kontor", "motor"]
    assert not set(words("motor")) & set(words("möte"))


def test_stop_words_say_nothing() -> None:
    assert words("Vad är det som gäller för mig och dig?") == []


@given(swedish)
def test_text_that_lost_its_marks_gives_the_same_terms(text: str) -> None:
    lost = text.translate(str.maketrans("åäöÅÄÖé", "aaoAAOe"))
    # The marks also tell what a registry or a chapter may be called, so only words are compared.
    assert words(text) == words(lost)


@given(st.text(max_size=200))
def test_any_text_can_be_analysed(text: str) -> None:
    assert all(term == folded(term) and weight > 0 for term, weight in terms(text))


@pytest.mark.parametrize(
    ("written", "sought"),
    [
        ("Dnr KS 2024/00123", "ks2024/123"),
        ("KS-2024-00123", "KS 2024/123"),
        ("KS/2024:123", "dnr 2024/00123"),
        ("plan- och bygglagen (2010:900)", "SFS 2010:900"),
        ("9 kap. 4 § plan- och bygglagen", "9 kap 4§"),
        ("PBL 9:4", "9 kap. 4 §"),
        ("4 § i 9 kap.", "9 kap. 4 §"),
        ("9 kap. Bygglov\n4 § Det krävs bygglov", "9 kap. 4 §"),
        ("12 kap. 4 a §", "12 kap. 4a §"),
        ("§ 45 Detaljplan", "45 §"),
        ("Ring 08-123 45 67", "tel +46 8 1234567"),
        ("org.nr 212000-0142", "212000-0142"),
    ],
)
def test_an_identifier_is_one_term_however_it_is_written(written: str, sought: str) -> None:
    assert identifiers(written) & identifiers(sought)


@pytest.mark.parametrize(
    ("written", "sought"),
    [
        ("KS 2024/123", "BN 2024/1230"),
        ("2010:900", "2010:9000"),
        ("9 kap. 4 §", "9 kap. 14 §"),
        ("08-123 45 67", "08-123 45 68"),
    ],
)
def test_identifiers_that_only_look_alike_are_different(written: str, sought: str) -> None:
    assert not {each for each in identifiers(written) & identifiers(sought) if not each.startswith("kap 9")}


@pytest.mark.parametrize("text", ["Öppet kl. 12:30-16:00", "år 2024", "den 3 maj 2024", "2024-05", "kapten 4", "12 kr"])
def test_ordinary_numbers_are_no_identifiers(text: str) -> None:
    assert identifiers(text) == set()


def test_threads_do_not_disturb_each_other() -> None:
    forms = [f"{first}{last}" for first in ("förskole", "avfalls", "bygglovs") for last in ("avgifterna", "nämndernas")]
    alone = [stem.__wrapped__(form) for form in forms]

    def stemmed(_: int) -> list[str]:
        return [stem.__wrapped__(form) for _ in range(50) for form in forms][-len(forms) :]

    with ThreadPoolExecutor(8) as pool:
        assert all(each == alone for each in pool.map(stemmed, range(64)))
