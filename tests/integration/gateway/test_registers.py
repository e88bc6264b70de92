"""Registers, declared use, changes, provenance and events over HTTP and at the terminal."""

from __future__ import annotations

import asyncio
import json

import pytest
from typer.testing import CliRunner

from allmanning.contracts.audit.v1 import registers_pb as registers
from allmanning.node import cli
from tests.integration.gateway.registers_script import RegistersScript
from tests.integration.gateway.test_decisions import DECISION, recorded


@pytest.fixture
async def script(gateway) -> RegistersScript:
    return await RegistersScript().start(gateway)


async def run(gateway, role, *words):
    options = ["--authority", "exempelby", "--url", gateway.url, "--key", gateway.key(role)]
    return await asyncio.to_thread(CliRunner().invoke, cli.app, ["registers", *words, *options])


READ = [
    "/v1/registers",
    "/v1/registers/card",
    "/v1/registers/alarms",
    "/v1/registers/changes",
    "/v1/registers/osl42",
    "/v1/log/events",
    f"/v1/decisions/{DECISION}/prov",
]
WRITTEN = [
    ("PATCH", "/v1/registers/texts", {"texts": {"purpose": "x"}}),
    ("PUT", "/v1/registers/band", {"most_a_month": 5, "reason": "x"}),
    ("POST", "/v1/registers/osl42/publish", {"reason": "x"}),
]


@pytest.mark.usefixtures("script")
@pytest.mark.parametrize("path", READ)
async def test_only_auditors_and_administrators_read_what_is_not_published(gateway, path):
    for role, status in (("", 401), ("citizen", 403), ("caseworker", 403), ("auditor", 200), ("admin", 200)):
        async with gateway.client(role) as client:
            assert (await client.get(path)).status_code == status, role


@pytest.mark.parametrize(("method", "path", "body"), WRITTEN)
async def test_only_administrators_change_anything(gateway, script, method, path, body):
    for role, status in (("", 401), ("caseworker", 403), ("auditor", 403), ("admin", 200)):
        async with gateway.client(role) as client:
            assert (await client.request(method, path, json=body)).status_code == status, role
    assert len(script.asked) == 1
    assert script.asked[0].principal.authority == "exempelby"


async def test_anybody_reads_what_is_published(gateway, script):
    async with gateway.client() as client:
        answer = await client.get("/v1/registers/osl42/published", params={"authority": "exempelby"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert script.asked[0].published
    assert script.asked[0].authority.id == "exempelby"


async def test_the_authority_is_named_as_it_is_configured(gateway, script):
    async with gateway.client("auditor") as client:
        answer = await client.get("/v1/registers/card")
    assert answer.headers["etag"] == '"sha256:ab"'
    assert script.asked[0].authority == registers.NamedAuthority(
        id="exempelby", name="Exempelby kommun", contact="0123-45 67 89"
    )


async def test_a_band_keeps_what_is_not_set_apart_from_zero(gateway, script):
    async with gateway.client("admin") as client:
        await client.put("/v1/registers/band", json={"most_a_month": 0, "reason": "Före bruk"})
        alarms = (await client.get("/v1/registers/alarms")).json()
    assert script.asked[0].band == registers.UseBand(most_a_month=0)
    assert alarms["band"] == {"most_a_month": 0, "languages": ["sv"]}
    assert alarms["alarms"][0]["measure"] == "most_a_month"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/v1/registers/band", {"most_a_month": -1, "reason": "x"}),
        ("PUT", "/v1/registers/band", {"most_automated": 2, "reason": "x"}),
        ("PUT", "/v1/registers/band", {"groups": ["alla"], "reason": "x"}),
        ("PUT", "/v1/registers/band", {"most_a_month": 1}),
        ("POST", "/v1/registers/osl42/publish", {"reason": ""}),
        ("GET", "/v1/registers/osl42?format=pdf", None),
        ("GET", "/v1/registers/changes?first=nyss", None),
        ("GET", "/v1/log/events?format=leef", None),
        ("GET", "/v1/log/events?after=-1", None),
    ],
)
async def test_what_makes_no_sense_never_reaches_the_log(gateway, script, method, path, body):
    async with gateway.client("admin") as client:
        assert (await client.request(method, path, json=body)).status_code == 400
    assert script.asked == []


async def test_provenance_with_content_is_on_record_with_its_reason_and_without_it_is_not(gateway, script):
    async with gateway.client("auditor") as client:
        await client.get(f"/v1/decisions/{DECISION}/prov")
        assert await recorded(gateway) == []
        await client.get(f"/v1/decisions/{DECISION}/prov", params={"reason": "Begäran från JO"})
    [(leaf, parts)] = await recorded(gateway)
    assert (leaf["type"], leaf["decision"]) == ("se.audit.access.read.v1", DECISION)
    assert parts["reader"]["reason"] == "Begäran från JO"
    assert [each.with_content for each in script.asked] == [False, True]


@pytest.mark.usefixtures("script")
async def test_an_unknown_register_is_told_of_by_its_code(gateway):
    async with gateway.client("auditor") as client:
        answer = await client.get("/v1/registers/okand")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "register.unknown"


@pytest.mark.usefixtures("script")
async def test_registers_at_the_terminal(gateway, tmp_path):
    listed = await run(gateway, "auditor", "list")
    assert "osl42: Beskrivning (OSL 4:2), inte publicerat" in listed.output
    assert "att skriva: secrecy" in listed.output
    out = tmp_path / "osl42.html"
    assert (await run(gateway, "auditor", "show", "osl42", "--out", str(out))).exit_code == 0
    assert out.read_text() == "<!doctype html>"
    card = tmp_path / "system-card.json"
    assert (await run(gateway, "auditor", "card", "--out", str(card))).exit_code == 0
    assert json.loads(card.read_text()) == {"kind": "card"}
    prov = tmp_path / "prov.json"
    assert (await run(gateway, "auditor", "prov", DECISION, "--out", str(prov))).exit_code == 0
    assert prov.read_text() == '{"prefix":{}}'
    assert "2026-11 most_a_month: 3 (angivet 0)" in (await run(gateway, "auditor", "alarms")).output
    changes = await run(gateway, "auditor", "changes", "--from", "2026-11-01")
    assert "prompt: a → b" in changes.output
    assert "-x\n+y" in changes.output


async def test_texts_and_bands_come_from_files_at_the_terminal(gateway, script, tmp_path):
    file = tmp_path / "texter.json"
    file.write_text('{"purpose": "Svara på frågor."}')
    assert (await run(gateway, "admin", "write", str(file))).exit_code == 0
    assert script.asked[-1].texts == {"purpose": "Svara på frågor."}
    file.write_text('{"most_a_month": 500, "groups": ["citizen"]}')
    assert (await run(gateway, "admin", "declare", str(file), "--reason", "Före bruk")).exit_code == 0
    assert script.asked[-1].band == registers.UseBand(most_a_month=500, groups=["citizen"])
    assert script.asked[-1].reason == "Före bruk"
    published = await run(gateway, "admin", "publish", "osl42", "--reason", "Första")
    assert "sha256:ab" in published.output
    file.write_text("[1]")
    assert (await run(gateway, "admin", "write", str(file))).exit_code == 2
    assert (await run(gateway, "auditor", "publish", "osl42", "--reason", "x")).exit_code == 4


async def test_events_at_the_terminal_go_on_until_there_are_no_more(gateway, script):
    script.pages = [
        registers.ListSecurityEventsResponse(lines=["CEF:0|a", "CEF:0|b"], next=7, more=True),
        registers.ListSecurityEventsResponse(lines=["CEF:0|b", "CEF:0|c"], next=9),
    ]
    done = await run(gateway, "auditor", "events", "--after", "3", "--since", "2026-11-01")
    assert done.output.splitlines() == ["CEF:0|a", "CEF:0|b", "CEF:0|c"]
    assert [(each.after, each.since, each.format) for each in script.asked] == [
        (3, "2026-11-01", "cef"),
        (7, "2026-11-01", "cef"),
    ]
