"""Every page and every form, opened and sent by everybody who may and may not."""

from __future__ import annotations

import html
import re
from urllib.parse import unquote

import pytest

from tests.e2e.faces.matrix import ENDING, ask, foreign_forms, typed, wrong_cells
from tests.e2e.faces.routes import faces
from tests.e2e.faces.table import ASKS_AGAIN, MAY


def test_the_table_has_a_row_for_every_page_and_form_and_no_other():
    assert {each.name for each in faces()} == set(MAY)
    assert set(MAY) >= ASKS_AGAIN


@pytest.mark.timeout(240)
def test_nobody_sees_or_sends_what_the_table_does_not_allow_nor_what_is_another_authoritys(town):
    # What ends the session that it is asked with comes last.
    ordered = sorted(faces(), key=lambda face: face.name in ENDING)

    assert [wrong for each in ordered for wrong in wrong_cells(town, each)] == []


def test_no_form_is_taken_from_another_site(town):
    forms = [each for each in faces() if each.method == "POST"]

    assert [taken for each in forms for taken in foreign_forms(town, each)] == []


def test_nothing_that_was_typed_is_lost_when_a_session_has_ended(town):
    """Whoever signs in again gets each form back as it was, whichever it is."""
    forms = [each for each in faces() if each.method == "POST" and "n" not in MAY[each.name]]
    lost = []
    for face in forms:
        told = ask(town, face, "signed out", there=True, fields=typed(face, town))
        kept = re.search(r"kept=([^;]+)", told.headers.get("set-cookie", ""))
        session = f"session={town.sessions['signed in again']}; kept={kept[1] if kept else ''}"
        page = town.page("GET", "/signin/form", "", headers={"Accept": "text/html", "Cookie": session})
        back = html.unescape(page.text)
        lost += [(face.name, name) for name, value in typed(face, town).items() if value not in back]
        lost += [(face.name, "the way on")] if f'action="{unquote(face.of(town.known))}"' not in unquote(back) else []

    assert lost == []
