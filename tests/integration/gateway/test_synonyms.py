"""An authority's own words over HTTP."""

from __future__ import annotations

import pytest

from allmanning.runtime.errors import InvalidInput

ROWS = [{"word": "dagis*", "words": ["förskola"]}, {"word": "fritids", "words": ["fritidshem", "förskoleklass"]}]


async def test_what_an_administrator_puts_in_is_what_staff_see(gateway):
    async with gateway.client("admin") as admin, gateway.client("caseworker") as caseworker:
        empty = await caseworker.get("/v1/synonyms")
        put = await admin.put("/v1/synonyms", json={"synonyms": ROWS})
        seen = await caseworker.get("/v1/synonyms")

    assert empty.json() == {"synonyms": [], "version": ""}
    assert put.json() == seen.json() == {"synonyms": ROWS, "version": "s1"}
    assert {each.authority for each in gateway.script.asked} == {"exempelby"}


async def test_what_was_got_can_be_put_back(gateway):
    async with gateway.client("admin") as client:
        await client.put("/v1/synonyms", json={"synonyms": ROWS})
        again = await client.put("/v1/synonyms", json=(await client.get("/v1/synonyms")).json())

    assert (again.status_code, again.json()["synonyms"]) == (200, ROWS)


@pytest.mark.parametrize(
    ("role", "get", "put"),
    [("citizen", 403, 403), ("caseworker", 200, 403), ("auditor", 200, 403), ("admin", 200, 200)],
)
async def test_staff_see_them_and_administrators_change_them(gateway, role, get, put):
    async with gateway.client(role) as client:
        assert (await client.get("/v1/synonyms")).status_code == get
        assert (await client.put("/v1/synonyms", json={"synonyms": []})).status_code == put


@pytest.mark.parametrize(
    ("synonyms", "param"),
    [
        ([*ROWS, {"word": "lekis"}], "synonyms[2].words"),
        ([*ROWS, {"word": "lekis", "words": "förskoleklass"}], "synonyms[2].words"),
        ([{"word": 3, "words": []}], "synonyms[0].word"),
        ({"dagis": ["förskola"]}, "synonyms"),
    ],
)
async def test_a_row_of_the_wrong_shape_is_named(gateway, synonyms, param):
    async with gateway.client("admin") as client:
        answer = await client.put("/v1/synonyms", json={"synonyms": synonyms})

    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)
    assert not gateway.script.asked


async def test_a_row_that_is_refused_is_named_in_the_readers_language(gateway):
    gateway.script.error = InvalidInput("synonyms.invalid", "Rad 2: ordet finns redan. (Row 2: has it already.)")
    async with gateway.client("admin") as client:
        swedish = await client.put("/v1/synonyms", json={"synonyms": ROWS})
        english = await client.put("/v1/synonyms", json={"synonyms": ROWS}, headers={"Accept-Language": "en"})

    assert (swedish.status_code, swedish.json()["error"]["code"]) == (400, "synonyms.invalid")
    assert swedish.json()["error"]["message"] == "Rad 2: ordet finns redan."
    assert english.json()["error"]["message"] == "Row 2: has it already."
