"""The page about the API, as a reader without scripts gets it."""

from __future__ import annotations

import re

import pytest

from allmanning.contracts.generate.v1.generate_pb import Reason
from allmanning.gateway.api.parameters import UNSUPPORTED
from allmanning.gateway.api.response_format import SHAPE
from allmanning.gateway.examples import ADDRESS

CODE = re.compile(r'<code data-example="([^"]+)">(.*?)</code>', re.DOTALL)


@pytest.mark.parametrize("language", ["sv", "en"])
async def test_the_page_lists_all_that_is_and_is_not_here(gateway, language):
    async with gateway.client() as client:
        page = (await client.get("/api", params={"lang": language})).text

    assert f'<html lang="{language}"' in page
    named = {*UNSUPPORTED, *SHAPE["properties"], *(each.name.lower() for each in Reason if each)}
    assert [each for each in sorted(named) if f"<code>{each}</code>" not in page] == []


async def test_both_languages_have_the_same_sections_and_examples(gateway):
    async with gateway.client() as client:
        swedish, english = [(await client.get("/api", params={"lang": each})).text for each in ("sv", "en")]

    assert CODE.findall(swedish) == CODE.findall(english)
    for text in (swedish, english):
        sections = re.findall(r'<h2 id="(\w+)">', text)
        assert re.findall(r'<li><a href="#(\w+)">', text) == sections
        assert re.findall(r"<dt>.*?</dt>", text) == re.findall(r"<dt>.*?</dt>", english)


async def test_examples_ask_the_platform_that_shows_them(gateway):
    async with gateway.client() as client:
        page = (await client.get("/api")).text

    assert ADDRESS not in page
    assert {name.partition(".")[2] for name, _ in CODE.findall(page)} == {"sh", "py", "mjs", "json"}
    assert f"curl --fail-with-body {gateway.url}/v1/chat/completions" in page


async def test_the_reference_shows_every_operation_of_the_description_on_pages_that_are_light(gateway):
    async with gateway.client() as client:
        description = (await client.get("/openapi.json")).json()
        index = (await client.get("/api/reference")).text
        groups = {
            each["name"]: await client.get(f"/api/reference/{each['name']}", params={"lang": "en"})
            for each in description["tags"]
        }
        nothing = await client.get("/api/reference/nothing", headers={"Accept": "text/html"})

    for path, methods in description["paths"].items():
        for method, told in methods.items():
            page = groups[told["tags"][0]].text
            assert f"/api/reference/{told['tags'][0]}#{told['operationId']}" in index
            assert f'id="{told["operationId"]}"' in page
            assert f'<span class="method">{method.upper()}</span> {path}' in page
    assert {each.status_code for each in groups.values()} == {200}
    assert max(len(each.content) for each in groups.values()) < 100_000
    assert "<script" not in index
    assert nothing.status_code == 404
