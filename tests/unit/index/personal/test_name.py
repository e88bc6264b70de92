"""Names of persons are told from places, authorities and first words of sentences."""

from __future__ import annotations

import pytest

from allmanning.index.personal.name import names


def found(text: str) -> list[str]:
    return [text[each.start : each.end] for each in names(text)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Beslutet skickas till Anna Lindqvist.", "Anna Lindqvist"),
        ("Patienten Xiomara Quispe har flyttat.", "Xiomara Quispe"),
        ("Jag heter Tuulikki.", "Tuulikki"),
        ("Grannen Kevin klagar.", "Kevin"),
        ("Det var Johansson som ringde.", "Johansson"),
        ("Mötet med Per gick bra.", "Per"),
        ("Namn: Dilan Öz", "Dilan Öz"),
        ("Marias ansökan kom in.", "Maria"),
    ],
)
def test_a_person_is_found(text: str, name: str) -> None:
    assert found(text) == [name]


@pytest.mark.parametrize(
    "text",
    [
        "Per post går det långsamt.",
        "Exempelby kommun svarar inom en vecka.",
        "Drottning Kristina föddes här.",
        "Miljö- och byggnadsnämnden i Kristianstad beslutade.",
        "Helsingborgs Dagblad skriver om Västra Götalandsregionen.",
        "Skatteverket och Försäkringskassan delar uppgifter.",
    ],
)
def test_what_is_no_person_is_left(text: str) -> None:
    assert found(text) == []
