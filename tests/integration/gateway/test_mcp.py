"""The tools of the Model Context Protocol over HTTP, through the protocol's official client."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError

from allmanning.contracts.access.v1.access_pb import Role
from allmanning.contracts.passage.v1.passage_pb import ScoredPassage
from allmanning.runtime.errors import Busy, Unavailable
from tests.integration.gateway.said import DECISION, QUOTE, SENTENCES

QUESTION = {"question": "Behöver jag bygglov för en altan?"}


@contextlib.asynccontextmanager
async def connected(gateway, role="citizen", mode="auto"):
    headers = {"Authorization": f"Bearer {gateway.key(role)}"} if role else {}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=20) as http,
        Client(streamable_http_client(f"{gateway.url}/mcp", http_client=http), mode=mode) as client,
    ):
        yield client


async def test_both_tools_are_listed_with_what_they_take_and_give(gateway):
    async with connected(gateway) as client:
        listed = {each.name: each for each in (await client.list_tools()).tools}

    assert listed.keys() == {"ask", "search"}
    assert listed["ask"].input_schema["required"] == ["question"]
    assert listed["ask"].output_schema["properties"].keys() >= {"answer", "citations", "decision_id", "notice"}
    assert all(each.annotations.read_only_hint for each in listed.values())


# The handshake of 2025 and the exchange without one of 2026 are different code in the library.
@pytest.mark.parametrize("mode", ["legacy", "auto"])
async def test_an_answer_has_its_sources_decision_and_notice_in_text_and_as_data(gateway, mode):
    async with connected(gateway, mode=mode) as client:
        result = await client.call_tool("ask", QUESTION)

    text = result.content[0].text
    assert not result.is_error
    assert text.startswith("".join(SENTENCES))
    assert f"[1] Bygglov – altan och trädäck, s. 4: ”{QUOTE}” {gateway.url}/documents/altan?" in text
    assert f"Beslut {DECISION} · answered" in text
    assert "AI-tjänst" in text
    told = result.structured_content
    assert (told["outcome"], told["decision_id"]) == ("answered", DECISION)
    assert told["citations"][0]["link"].startswith(gateway.url)


async def test_the_asker_is_whoever_the_key_is(gateway):
    async with connected(gateway, "caseworker") as client:
        await client.call_tool("ask", {**QUESTION, "collections": ["bygg"]})
        await client.call_tool("search", {"query": "altan", "collections": ["bygg"]})

    asked, searched = gateway.script.asked
    assert asked.principal.role == searched.principal.role == Role.CASEWORKER
    assert list(asked.collections) == list(searched.filter.collections) == ["bygg"]


async def test_passages_are_found_with_links_into_their_documents(gateway):
    gateway.script.passages = [ScoredPassage(passage=gateway.script.passage(), score=0.9)]

    async with connected(gateway) as client:
        result = await client.call_tool("search", {"query": "altan", "limit": 3})

    [found] = result.structured_content["passages"]
    assert found["title"] == "Bygglov – altan och trädäck"
    assert found["link"].startswith(f"{gateway.url}/documents/altan?")
    assert found["text"] in result.content[0].text
    assert gateway.script.asked[0].limit == 3


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer alm_wrong"}, {"Authorization": "Basic alm_x"}])
async def test_without_a_key_nothing_is_listed(gateway, headers):
    async with httpx2.AsyncClient(headers=headers) as http:
        answer = await http.post(f"{gateway.url}/mcp", json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"})

    assert answer.status_code == 401
    assert answer.json()["error"]["code"] in {"auth.missing", "auth.invalid"}
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("body", "status"), [(b"{", 400), (b"[]", 400), (b" " * 30_000, 413), (b'{"jsonrpc": "2.0", "id": 1}', 400)]
)
async def test_what_is_no_call_is_refused(gateway, body, status):
    headers = {
        "Authorization": f"Bearer {gateway.key('citizen')}",
        "Content-Type": "application/json",
        "Accept": "application/json, text/event-stream",
    }
    async with httpx2.AsyncClient(headers=headers) as http:
        answer = await http.post(f"{gateway.url}/mcp", content=body)

    assert answer.status_code == status
    assert answer.headers["content-security-policy"]


async def test_another_sites_page_is_refused_even_with_a_key(gateway):
    headers = {"Authorization": f"Bearer {gateway.key('citizen')}", "Origin": "https://evil.example"}
    async with httpx2.AsyncClient(headers=headers) as http:
        answer = await http.post(f"{gateway.url}/mcp", json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "origin.foreign")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (Unavailable("audit.unavailable", "Beslutsloggen går inte att skriva till."), "audit.unavailable"),
        (Busy("queue.full", "Det är kö.", retry_after_s=30), "Försök igen om 30 s."),
    ],
)
async def test_what_a_service_says_is_told_as_the_tools_error(gateway, error, said):
    gateway.script.error = error

    async with connected(gateway) as client:
        result = await client.call_tool("ask", QUESTION)

    assert result.is_error
    assert said in result.content[0].text


async def test_an_unexpected_failure_tells_nothing(gateway):
    gateway.script.error = RuntimeError("hemlighet i /srv/x.py")

    async with connected(gateway) as client:
        result = await client.call_tool("ask", QUESTION)

    assert result.is_error
    assert result.content[0].text.startswith("internal: ")
    assert "hemlighet" not in result.content[0].text


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [("ask", {}), ("ask", {"question": "x", "temperature": 2}), ("search", {"query": "x", "limit": 500}), ("drop", {})],
)
async def test_wrong_arguments_are_refused_before_anything_is_asked(gateway, tool, arguments):
    async with connected(gateway) as client:
        with pytest.raises(MCPError):
            await client.call_tool(tool, arguments)

    assert not gateway.script.asked


@pytest.mark.parametrize("mode", ["legacy", "auto"])
async def test_the_work_stops_when_the_client_leaves(gateway, mode):
    started = asyncio.Event()

    async def works_for_long(_request):
        yield gateway.script.opened()
        started.set()
        await asyncio.sleep(30)

    gateway.script.answer = works_for_long

    async def ask():
        async with connected(gateway, mode=mode) as client:
            await client.call_tool("ask", QUESTION)

    asking = asyncio.create_task(ask())
    await asyncio.wait_for(started.wait(), 5)
    asking.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asking

    await asyncio.wait_for(gateway.script.stopped.wait(), 5)


def test_the_library_is_loaded_by_the_first_call_and_not_before():
    check = "import sys, allmanning.gateway.app, allmanning.node.cli; sys.exit('mcp' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
