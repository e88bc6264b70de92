"""What the rules leave of a document."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmanning.contracts.access.v1.access_pb import Secrecy
from allmanning.contracts.ingest.v1.ingest_pb import Handling
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion
from allmanning.index.personal.found import KINDS, NAME, PERSONNUMMER, PHONE, PROTECTED_NAME, Found
from allmanning.index.personal.protected import ProtectedNames
from allmanning.ingest.handling import Rules
from allmanning.ingest.inspect import Held, inspected
from allmanning.ingest.mask import covered
from allmanning.ingest.read.document import Block, Kind, assemble

NUMBER = "19121212-1212"
MASK = Rules({PERSONNUMMER: Handling.MASK})


def test_a_heading_a_table_and_a_title_are_masked_like_the_text() -> None:
    extract = assemble(
        [
            Block(Kind.HEADING, f"Beslut om {NUMBER}", level=1, page=1),
            Block(Kind.TABLE, f"Namn | Nummer\nTolvan | {NUMBER}", page=2),
        ],
        title=f"Beslut om {NUMBER}",
    )
    document = DocumentVersion(title=f"Beslut om {NUMBER}", uri="a.txt", secrecy=Secrecy.OPEN)

    left = inspected(document, extract, MASK)

    assert NUMBER not in left["extract"].text + left["extract"].title + left["document"].title
    assert document.title == f"Beslut om {NUMBER}"
    for before, after in zip(extract.blocks, left["extract"].blocks, strict=True):
        assert after.text == left["extract"].text[after.start : after.end]
        assert (before.start, before.end, before.page) == (after.start, after.end, after.page)
    found = [each for each in left["extract"].findings if each.code == "personal.personnummer"]
    assert [each.page for each in found] == [1, 2, 0]
    assert [extract.text[each.start : each.end] for each in found[:2]] == [NUMBER, NUMBER]


def test_what_is_held_says_how_many_of_each_kind_and_none_of_the_values() -> None:
    extract = assemble([Block(Kind.PARAGRAPH, f"{NUMBER} och 850312-1234, tel. 08-123 456 78")])

    with pytest.raises(Held) as held:
        inspected(DocumentVersion(secrecy=Secrecy.OPEN), extract, Rules({PHONE: Handling.BLOCK}))

    assert "2 personnummer, 1 telefonnummer" in held.value.message
    assert "1212" not in held.value.message
    assert held.value.extract.text == extract.text
    assert {each.code for each in held.value.extract.findings} == {"personal.personnummer", "personal.phone"}


def test_without_rules_numbers_and_protected_names_are_held_and_the_rest_goes_through() -> None:
    rules = Rules()

    held = {kind for kind in KINDS if rules.handling(kind, Secrecy.OPEN) is Handling.BLOCK}

    assert held == {PERSONNUMMER, PROTECTED_NAME}
    assert {rules.handling(kind, Secrecy.INTERNAL) for kind in KINDS} == {Handling.ALLOW}
    assert {rules.handling(kind, Secrecy.SECRET) for kind in KINDS} == {Handling.ALLOW}
    assert rules.handling(PERSONNUMMER, Secrecy.UNSPECIFIED) is Handling.BLOCK


@pytest.mark.parametrize("said", [Handling.BLOCK, Handling.MASK, Handling.ALLOW])
def test_what_is_said_of_all_others_reaches_neither_guesses_nor_protected_names(said: Handling) -> None:
    rules = Rules({"": said})

    assert rules.handling(PHONE, Secrecy.OPEN) is said
    assert rules.handling(PERSONNUMMER, Secrecy.OPEN) is said
    assert rules.handling(NAME, Secrecy.OPEN) is Handling.ALLOW
    assert rules.handling(PROTECTED_NAME, Secrecy.OPEN) is Handling.BLOCK


@pytest.mark.parametrize(
    ("before", "after", "concerned"),
    [
        (Handling.BLOCK, Handling.ALLOW, False),
        (Handling.ALLOW, Handling.BLOCK, True),
        (Handling.ALLOW, Handling.MASK, True),
        (Handling.MASK, Handling.ALLOW, True),
        (Handling.UNSPECIFIED, Handling.BLOCK, False),
        (Handling.MASK, Handling.MASK, False),
    ],
)
def test_what_is_published_is_read_again_when_it_may_look_different(
    before: Handling, after: Handling, concerned: bool
) -> None:
    assert Rules({PERSONNUMMER: after}).concerns_published(Rules({PERSONNUMMER: before})) is concerned


def test_a_protected_name_is_masked_when_its_collection_says_so() -> None:
    extract = assemble([Block(Kind.PARAGRAPH, "Beslutet rör Eva Ek.")])
    rules = Rules({PROTECTED_NAME: Handling.MASK}, ProtectedNames(["Eva Ek"]))

    left = inspected(DocumentVersion(secrecy=Secrecy.OPEN), extract, rules)

    assert left["extract"].text == "Beslutet rör ███ ██."


@given(st.text(), st.lists(st.integers(0, 30), min_size=2, max_size=2).map(sorted))
def test_covering_keeps_every_place(text: str, place: list[int]) -> None:
    start, end = (min(each, len(text)) for each in place)

    left = covered(text, [Found(PHONE, start, end)])

    assert len(left) == len(text)
    assert (left[:start], left[end:]) == (text[:start], text[end:])
    assert all(sign == "█" or sign.isspace() for sign in left[start:end])
