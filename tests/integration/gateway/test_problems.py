"""Errors as programs get them: problem details with OpenAI's object inside, and the page that explains each code."""

from __future__ import annotations

import re

from allmanning.gateway.problem_codes import problem_codes


async def test_an_error_is_problem_details_with_openais_object_as_an_extension(gateway):
    async with gateway.client() as client:
        answer = await client.get("/v1/documents", headers={"Accept-Language": "en"})

    body = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
    assert answer.headers["content-language"] == "en"
    assert body | {"error": None} == {
        "type": "/api/problems#auth.missing",
        "title": "The request came without a key.",
        "status": 401,
        "detail": "Give an API key in the header: Authorization: Bearer alm_…",
        "code": "auth.missing",
        "param": None,
        "error": None,
    }
    assert body["error"] == {
        "code": "auth.missing",
        "message": body["detail"],
        "type": "authentication_error",
        "param": None,
    }


async def test_each_kind_of_error_has_a_status_that_its_body_repeats(gateway):
    gateway.script.error = RuntimeError("inner words")
    async with gateway.client("citizen") as client:
        answers = [
            await client.get("/v1/nothing"),
            await client.delete("/v1/models"),
            await client.post("/v1/search", json={"query": "x", "limit": "many"}),
            await client.post("/v1/search", content=b"{", headers={"Content-Type": "application/json"}),
            await client.post("/v1/search", content=b" " * 30_000),
            await client.post("/v1/search", json={"query": "altan"}),
        ]

    told = [(each.status_code, each.json()["code"], each.json()["param"]) for each in answers]
    assert told == [
        (404, "path.not_found", None),
        (405, "method.not_allowed", None),
        (400, "field.invalid", "limit"),
        (400, "json.malformed", None),
        (413, "body.too_large", None),
        (500, "internal", None),
    ]
    assert [each.json()["status"] for each in answers] == [each.status_code for each in answers]
    assert {each.headers["content-type"] for each in answers} == {"application/problem+json"}
    assert "inner words" not in answers[-1].text


async def test_the_type_of_a_problem_leads_to_what_it_means_in_the_readers_language(gateway):
    async with gateway.client() as client:
        address = (await client.get("/v1/documents")).json()["type"]
        page = (await client.get(address.partition("#")[0])).text
        english = (await client.get(address.partition("#")[0], params={"lang": "en"})).text

    assert f'id="{address.partition("#")[2]}"' in page
    assert set(re.findall(r'<div id="([^"]+)">', page)) == set(problem_codes())
    assert "Anropet kom utan nyckel." in page
    assert "The request came without a key." in english
