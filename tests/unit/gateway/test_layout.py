"""Rows with the same columns are read as a table, and nothing of what was said is lost or moved."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from allmanning.gateway.contact import Contact
from allmanning.gateway.linked_text import linked_numbers
from allmanning.gateway.pages.admin.narrowed import MOST_ROWS, narrowed
from allmanning.gateway.pages.citizen.layout import blocks


def test_rows_with_the_same_columns_are_a_table():
    before, table = blocks(
        "Så här är avgiften.\n"
        "– Barn 1 – andel: 3 %; avgift: 1 547 kronor\n"
        "– Barn 2 – andel: 2 %; avgift: 1 031 kronor [2]"
    )

    assert list(before.lines) == ["Så här är avgiften."]
    assert list(table.columns) == ["", "andel", "avgift"]
    assert [list(row) for row in table.rows] == [
        ["Barn 1", "3 %", "1 547 kronor"],
        ["Barn 2", "2 %", "1 031 kronor [2]"],
    ]


def test_points_without_common_columns_are_a_list():
    (points,) = blocks("– Barn 1 – avgift: 10 kronor\n– Syskon: ingen avgift [1]")

    assert points.listed
    assert list(points.lines) == ["Barn 1 – avgift: 10 kronor", "Syskon: ingen avgift [1]"]


@given(st.lists(st.text("ab:;– .[1]\n", max_size=30), max_size=6).map("\n".join))
def test_nothing_of_an_answer_is_lost_or_moved(text):
    told = "".join(
        line
        for block in blocks(text)
        for line in (
            *block.lines,
            *(f"{name}{cell}" for row in block.rows for name, cell in zip(block.columns, row, strict=True)),
        )
    )

    bare = re.compile(r"[\s:;–]")
    assert bare.sub("", told) == bare.sub("", text)


def test_the_ways_to_reach_the_authority_can_be_followed_and_nothing_else_can():
    contact = Contact(phone="08-465 004 00", email="fråga@by.example")

    html = linked_numbers("Ring 08-465 004 00 eller mejla fråga@by.example. Inte 112. <b> [1]", "k", contact)

    assert '<a class="way" href="tel:0846500400">08-465 004 00</a>' in html
    assert '<a class="way" href="mailto:fråga@by.example">fråga@by.example</a>. Inte 112. &lt;b&gt;' in html
    assert linked_numbers("Ring 112.", "k", Contact()) == "Ring 112."


def test_a_long_list_is_cut_and_can_be_narrowed():
    names = [f"E-tjänst {number}" for number in range(MOST_ROWS + 50)]

    whole, some = narrowed(names, "", str), narrowed(names, " e-TJÄNST 14", str)

    assert (len(whole.rows), whole.matching, whole.is_long) == (MOST_ROWS, MOST_ROWS + 50, True)
    assert list(some.rows) == ["E-tjänst 14", *(f"E-tjänst 14{digit}" for digit in range(10))]
