"""A name on the authority's list is found however it is written, and nobody else is."""

from __future__ import annotations

import pytest

from allmanning.index.personal.detect import detect
from allmanning.index.personal.found import PROTECTED_NAME
from allmanning.index.personal.protected import ProtectedNames

LISTED = ProtectedNames(["Anna Maria Lindqvist", "Åberg, Karl-Erik", "Eva Holm-Sjögren", "Sara von Essen", "Ensam"])


@pytest.mark.parametrize(
    "text",
    [
        "Anna Lindqvist",
        "Maria Lindqvist",
        "ANNA LINDQVIST",
        "Lindqvist, Anna",
        "lindqvist anna",
        "Anna Lindqvists",
        "Anna Kristina Berg Lindqvist",
        "Anna\nLindqvist",
        "Karl-Erik Åberg",
        "Karl Erik Åberg",
        "Karlerik Åberg",
        "Karl-Erik Aberg",
        "Eva Holm-Sjögren",
        "Eva Sjögren",
        "Sara von Essen",
        "Essen, Sara",
    ],
)
def test_it_is_found_in_any_order_and_spelling(text: str) -> None:
    found = detect(f"Beslutet rör {text} och ingen annan.", LISTED)

    assert [each.kind for each in found] == [PROTECTED_NAME]
    assert found[0].end - found[0].start >= len("Eva Holm")


@pytest.mark.parametrize(
    "text",
    ["Anna Berg", "Karl Åberg", "Lindqvist", "Anna. Lindqvist kom", "Anna och hennes syster samt Lindqvist", "Ensam"],
)
def test_another_person_is_not(text: str) -> None:
    assert PROTECTED_NAME not in {each.kind for each in detect(text, LISTED)}


def test_an_empty_list_finds_nobody() -> None:
    assert not ProtectedNames([])
    assert list(ProtectedNames([]).find("Anna Lindqvist")) == []
