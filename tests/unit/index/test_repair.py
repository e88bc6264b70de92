from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmanning.index.repair import repaired

CLEAN = (
    "Handläggaren Ahmed Svensson-Lindqvist på Kungsbackas kommun svarar på frågor om förskoleavgifter. "
    "Ansökan lämnas till byggnadsnämnden, som har sitt kansli i stadshuset på Storgatan."
)


@pytest.mark.parametrize(
    ("damaged", "right"),
    [
        ("Anvandningen av kornmunens e-tjanst inforcs i offentlig forvaltning", "Användningen av kommunens e-tjänst"),
        ("Kommunens f6rvaltning och andningsvagar i mojligaste man", "Kommunens förvaltning och andningsvägar"),
        ("Den 0ffentliga utredningen for spadbamet och brandroken", "Den offentliga utredningen for spädbarnet"),
    ],
)
def test_words_that_ocr_has_damaged_become_what_they_were(damaged: str, right: str) -> None:
    assert repaired(damaged).startswith(right[:20])


def test_a_clean_text_keeps_its_names() -> None:
    assert repaired(CLEAN) == CLEAN


@pytest.mark.parametrize(
    "text",
    [
        "The number of applications for residence permits has decreased, and the temporary rules apply to families.",
        "Skriv till registrator@soltuna.se eller läs på https://soltuna.se/bygga/anmalan-och-handlaggning/blanketter",
        "",
        "KS 2024/00123, 1234567-8901, §§ 12-14",
    ],
)
def test_other_languages_addresses_and_numbers_stay(text: str) -> None:
    assert repaired(text) == text


@given(st.text(max_size=200))
def test_the_words_of_any_text_stay_as_many(text: str) -> None:
    assert len(repaired(text).split()) == len(text.split())
