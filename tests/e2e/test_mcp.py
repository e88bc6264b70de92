"""The tools of the Model Context Protocol against a whole platform, over HTTP and over standard streams."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from tests.platform_node import ROOT, Platform

QUESTION = "Vad kostar det att lämna barn på förskolan?"

Connect = Callable[[str], AbstractAsyncContextManager[Client]]


@pytest.fixture(params=["http", "stdio"])
def connect(request: pytest.FixtureRequest, demo: Platform, keys: dict[str, str]) -> Connect:
    @asynccontextmanager
    async def over_http(role: str) -> AsyncIterator[Client]:
        headers = {"Authorization": f"Bearer {keys[role]}"}
        async with (
            httpx2.AsyncClient(headers=headers, timeout=60) as http,
            Client(streamable_http_client(f"{demo.url}/mcp", http_client=http)) as client,
        ):
            yield client

    @asynccontextmanager
    async def over_streams(role: str) -> AsyncIterator[Client]:
        arguments = ["-m", "allmanning.node", "mcp", "--url", demo.url, "--key", keys[role]]
        async with Client(StdioServerParameters(command=sys.executable, args=arguments, cwd=ROOT)) as client:
            yield client

    return over_http if request.param == "http" else over_streams


async def settled(http: httpx2.Client, address: str) -> dict[str, Any]:
    """What was recorded a moment ago may be on its way into the log."""
    for _ in range(50):
        found = http.get(address)
        if found.status_code != httpx2.codes.SERVICE_UNAVAILABLE:
            break
        await asyncio.sleep(0.2)
    return found.json()


async def test_an_answer_is_the_same_decision_that_the_log_shows(
    connect: Connect, demo: Platform, keys: dict[str, str]
) -> None:
    async with connect("citizen") as client:
        result = await client.call_tool("ask", {"question": QUESTION})

    told = result.structured_content
    assert told["outcome"] == "answered"
    assert told["decision_id"] in result.content[0].text
    with demo.http(keys["auditor"]) as http:
        decision = await settled(http, f"/v1/decisions/{told['decision_id']}")
        page = http.get(told["citations"][0]["link"])
    assert decision["records"]
    assert page.status_code == 200


async def test_what_the_asker_may_not_read_is_not_found(connect: Connect) -> None:
    query = {"query": "rutin för orosanmälan inom 14 dagar", "limit": 20}
    async with connect("citizen") as client:
        citizen = (await client.call_tool("search", query)).structured_content
    async with connect("caseworker") as client:
        caseworker = (await client.call_tool("search", query)).structured_content

    routine = [each for each in caseworker["passages"] if "brevmall S-14" in each["text"]]
    assert routine
    assert citizen["passages"]
    assert not {each["id"] for each in routine} & {each["id"] for each in citizen["passages"]}


async def test_a_matter_for_a_person_is_handed_over(connect: Connect) -> None:
    async with connect("citizen") as client:
        result = await client.call_tool("ask", {"question": "Varför fick jag avslag på min ansökan om hemtjänst?"})

    assert result.structured_content["outcome"] == "handed_over"
    assert result.structured_content["reason"]
    assert not result.structured_content["citations"]
