"""What stands around a passage, and what is like it, over HTTP."""

from __future__ import annotations

import pytest

from allmanning.contracts.passage.v1.passage_pb import ScoredPassage


async def test_neighbours_come_in_the_order_of_the_document(gateway):
    before, here, after = (gateway.script.passage(id=each) for each in ("p0", "p1", "p2"))
    gateway.script.neighbours = [before, here, after]
    async with gateway.client("caseworker") as client:
        answer = await client.get("/v1/passages/p1/neighbours", params={"each_side": 2, "as_of": "2026-05-01"})

    assert [each["id"] for each in answer.json()["passages"]] == ["p0", "p1", "p2"]
    assert answer.json()["passages"][0]["document"]["collection"] == "bygg"
    [asked] = gateway.script.asked
    assert (asked.passage_id, asked.each_side, asked.as_of) == ("p1", 2, "2026-05-01")
    assert asked.principal.authority == "exempelby"


async def test_similar_passages_look_like_those_of_a_search(gateway):
    gateway.script.neighbours = [gateway.script.passage(id="p1")]
    gateway.script.passages = [ScoredPassage(passage=gateway.script.passage(id=f"s{n}"), score=0.5) for n in range(9)]
    async with gateway.client("citizen") as client:
        answer = await client.get("/v1/passages/p1/similar")

    assert [each["id"] for each in answer.json()["passages"]] == [f"s{n}" for n in range(5)]
    assert answer.json()["passages"][0]["score"] == 0.5
    assert gateway.script.asked[0].principal.channel == "citizen"


@pytest.mark.parametrize("what", ["neighbours", "similar"])
async def test_a_passage_that_is_not_there_or_not_for_the_asker_is_told_of_in_one_way(gateway, what):
    async with gateway.client("caseworker") as client:
        answer = await client.get(f"/v1/passages/p9/{what}")
        english = await client.get(f"/v1/passages/p9/{what}", headers={"Accept-Language": "en"})

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "passage.not_found"
    assert answer.json()["error"]["message"] == "Det finns inget sådant stycke som du får läsa."
    assert english.json()["error"]["message"] == "There is no such passage that you may read."


@pytest.mark.parametrize(
    "path", ["/neighbours?each_side=0", "/neighbours?each_side=11", "/similar?limit=101", "/similar?as_of=x"]
)
async def test_figures_out_of_range_are_refused(gateway, path):
    async with gateway.client("caseworker") as client:
        answer = await client.get(f"/v1/passages/p1{path}")

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "field.invalid")
    assert not gateway.script.asked


@pytest.mark.parametrize("what", ["neighbours", "similar"])
async def test_without_a_key_nothing_is_told(gateway, what):
    async with gateway.client() as client:
        assert (await client.get(f"/v1/passages/p1/{what}")).status_code == 401
