"""An authority's table between its file and the fields of a form: what is written is neither lost nor changed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.datastructures import FormData

from allmanning.gateway.pages.admin.rules.draft import BASIS, TEXTS, Condition, Draft, Row
from allmanning.gateway.pages.admin.rules.form import changed, draft_of
from allmanning.gateway.pages.admin.rules.table_view import lines
from allmanning.runtime.errors import InvalidInput

TABLE = """\
nivå: egen
tabell: Egna regler
utgåva: 3
besked:
  lasare: {sv: En registrator läser först., en: A registrar reads first.}
regler:
  - regel: E1
    text: Medborgares frågor läses av en registrator.
    villkor: {skede: svar, sekretess: [intern, sekretess], svagaste stöd: "minst 0,4 och under 0,75", fara: nej}
    utfall: granska
    lagrum: {sfs: 2017:900, kap: "6", paragraf: 37–38, lydelse: 2018-07-01}
    ägare: Stadsjuristen
    gäller från: 2026-01-01
    kompetens: registrator
    andra granskare: ja
    besked: lasare
    exempel:
      - {skede: svar, sekretess: intern, svagaste stöd: "0,5", fara: nej}
"""

words = st.text(st.sampled_from("abcåäö :,-'\"#[]{}!&*?|>%@`0123456789§"), max_size=20).map(str.strip)
named = st.sampled_from(["skede", "fara", "sekretess i sökträffar", "svagaste stöd"])
rows = st.builds(
    Row,
    texts=st.fixed_dictionaries(dict.fromkeys(TEXTS, words)),
    basis=st.fixed_dictionaries(dict.fromkeys(BASIS, words)),
    conditions=st.lists(st.builds(Condition, named, words), max_size=3, unique_by=lambda each: each.column).map(tuple),
    examples=st.lists(named, max_size=3, unique=True).map(lambda each: ", ".join(f"{one}: ja" for one in each)),
)


def test_a_file_becomes_fields_in_the_words_of_the_table():
    draft = Draft.from_yaml(TABLE)

    (row,) = draft.rows
    assert (draft.name, draft.edition, row.name) == ("Egna regler", "3", "E1")
    assert row.basis == {"sfs": "2017:900", "kap": "6", "paragraf": "37–38", "lydelse": "2018-07-01"}
    assert row.conditions == (
        Condition("skede", "svar"),
        Condition("sekretess", "intern, sekretess"),
        Condition("svagaste stöd", "minst 0,4 och under 0,75"),
        Condition("fara", "nej"),
    )
    assert row.examples == "skede: svar, sekretess: intern, svagaste stöd: 0,5, fara: nej"
    assert lines(draft)[0].basis == "6 kap. 37–38 §§ (2017:900)"


def test_a_file_that_was_fields_means_what_it_meant():
    assert Draft.from_yaml(Draft.from_yaml(TABLE).to_yaml()) == Draft.from_yaml(TABLE)


@settings(deadline=None)
@given(st.lists(rows, max_size=3))
def test_whatever_is_written_in_a_row_comes_back(written):
    draft = Draft(rows=tuple(written))

    again = Draft.from_yaml(draft.to_yaml())

    assert [row.texts.get("text") for row in again.rows] == [row.texts["text"] for row in written]
    assert Draft.from_yaml(again.to_yaml()) == again


def test_the_fields_of_the_form_are_the_row_again():
    before = Draft.from_yaml(TABLE)
    (row,) = before.rows
    fields = [("rows", "1"), ("name", before.name), ("edition", before.edition), ("notices", before.notices)]
    fields += [(f"0.{name}", value) for name, value in {**row.texts, **row.basis}.items()]
    fields += [pair for each in row.conditions for pair in (("0.column", each.column), ("0.value", each.value))]
    fields += [("0.column", ""), ("0.value", ""), ("0.examples", row.examples)]

    assert Draft.from_yaml(draft_of(FormData(fields)).to_yaml()) == before


def test_buttons_change_the_rows_and_nothing_else():
    draft = changed(changed(Draft(), "add"), "add")

    assert [each.name for each in draft.rows] == ["E1", "E2"]
    assert [each.name for each in changed(draft, "up-1").rows] == ["E2", "E1"]
    assert [each.name for each in changed(draft, "remove-0").rows] == ["E2"]
    assert len(changed(draft, "condition-0").rows[0].conditions) == 2
    for nothing in ("up-0", "remove-7", "remove-", "remove-99999999", "check", "", "up-x"):
        assert changed(draft, nothing) == draft


@pytest.mark.parametrize("text", ["a: [", "- en\n- lista", "regler: 7", "\t"])
def test_what_is_no_table_is_told(text):
    with pytest.raises(InvalidInput, match=r"rules\.unreadable"):
        Draft.from_yaml(text)


def test_an_empty_file_is_a_table_without_rows():
    assert Draft.from_yaml("") == Draft()
    assert Draft.from_yaml(TABLE).next_edition().edition == "4"
    assert Draft().next_edition().edition == "1"
