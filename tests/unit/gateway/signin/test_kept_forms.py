"""What somebody typed is kept for them alone."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allmanning.gateway.signin.kept_forms import LASTS_S, MAX_BYTES, KeptForm, KeptForms

FORM = KeptForm("/reviews/1?x=å", [("text", "Ett långt svar.\r\nMed rader."), ("text", "två"), ("tom", "")])
FIELDS = st.lists(st.tuples(st.text(max_size=20), st.text(max_size=200)), max_size=8)


@pytest.fixture
def forms(keyring, clock) -> KeptForms:
    return KeptForms(keyring.data_dir, clock)


async def test_a_form_comes_back_once_as_it_was(forms):
    token = await forms.keep("anna", FORM)

    assert await forms.take("anna", token) == FORM
    assert await forms.take("anna", token) is None


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(FIELDS)
async def test_whatever_was_typed_comes_back(forms, fields):
    form = KeptForm("/a", fields)

    assert await forms.take("anna", await forms.keep("anna", form)) == form


async def test_nobody_else_sees_it_and_their_asking_ends_it(forms):
    token = await forms.keep("anna", FORM)

    assert await forms.take("bo", token) is None
    assert await forms.take("anna", token) is None


async def test_it_is_kept_for_minutes(forms, clock):
    token = await forms.keep("anna", FORM)
    clock.now += LASTS_S

    assert await forms.take("anna", token) is None


async def test_five_of_a_person_are_kept_and_none_that_is_huge(forms):
    tokens = [await forms.keep("anna", KeptForm("/a", [("n", str(n))])) for n in range(7)]
    found = [await forms.take("anna", each) for each in tokens]

    assert sum(each is not None for each in found) == 5
    assert await forms.keep("anna", KeptForm("/a", [("n", "x" * MAX_BYTES)])) == ""


async def test_it_can_not_be_read_without_the_browser(forms, keyring):
    token = await forms.keep("anna", FORM)
    row = keyring.database.reading.execute("SELECT * FROM kept_form").fetchone()

    written = b"".join(path.read_bytes() for path in (keyring.data_dir / "gateway").iterdir())
    assert "långt svar".encode() not in written
    assert token.encode() not in written
    assert b"/reviews" not in bytes(row["sealed"])
