"""Rules on personal data and the report of a document, over HTTP and at the terminal."""

from __future__ import annotations

import asyncio
import json

import pytest
from typer.testing import CliRunner

from allmanning.contracts.ingest.v1.ingest_pb import Finding, Handling, State
from allmanning.node import cli
from allmanning.runtime.errors import InvalidInput
from tests.integration.gateway.said import QUOTE, START


async def run(gateway, role, *words):
    options = ["--url", gateway.url, "--key", gateway.key(role), "-a", "exempelby"]
    return await asyncio.to_thread(CliRunner().invoke, cli.app, [*words, *options])


def noticed(gateway, code: str, state: State = State.HELD) -> None:
    document = gateway.script.documents["altan"]
    document.state = state
    place = Finding.Place(page=2, start=START, end=START + len(QUOTE))
    document.findings = [Finding(code=code, count=1, places=[place])]


async def test_what_an_administrator_decides_is_kept_and_shown(gateway):
    async with gateway.client("admin") as admin:
        put = await admin.put(
            "/v1/collections/bygg", json={"personal_data": {"personnummer": "mask", "other": "allow"}}
        )
        names = await admin.put("/v1/protected-names", json={"names": ["Eva Ek"]})
        seen = await admin.get("/v1/collections")

    rules = {"personnummer": "mask", "other": "allow"}
    assert put.json() == {"name": "bygg", "documents": 0, "personal_data": rules}
    assert seen.json() == names.json() == {"collections": [put.json()], "protected_names": 1}
    assert dict(gateway.script.collections["bygg"].personal_data) == {
        "personnummer": Handling.MASK,
        "": Handling.ALLOW,
    }
    assert {each.authority for each in gateway.script.asked} == {"exempelby"}


@pytest.mark.parametrize(("role", "status"), [("citizen", 403), ("caseworker", 403), ("auditor", 403), ("admin", 200)])
async def test_only_administrators_see_and_change_them(gateway, role, status):
    await gateway.put_document()
    async with gateway.client(role) as client:
        answers = [
            await client.get("/v1/collections"),
            await client.put("/v1/collections/bygg", json={"personal_data": {}}),
            await client.put("/v1/protected-names", json={"names": []}),
            await client.get("/v1/documents/altan/report"),
        ]

    assert {answer.status_code for answer in answers} == {status}


async def test_a_rule_that_is_none_is_refused_before_ingest_is_asked(gateway):
    async with gateway.client("admin") as client:
        answer = await client.put("/v1/collections/bygg", json={"personal_data": {"phone": "hide"}})

    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "personal_data.phone")
    assert not gateway.script.asked


async def test_what_ingest_refuses_is_said(gateway):
    gateway.script.error = InvalidInput("personal_data.kind_unknown", "Slagen är x. (Unknown kind.)")
    async with gateway.client("admin") as client:
        answer = await client.put("/v1/collections/bygg", json={"personal_data": {"sko": "mask"}})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "personal_data.kind_unknown")


async def test_the_report_of_a_held_document_shows_the_places_to_the_administrator(gateway):
    await gateway.put_document()
    noticed(gateway, "personal.personnummer")

    async with gateway.client("admin") as client:
        report = (await client.get("/v1/documents/altan/report")).json()

    assert report["document"]["state"] == "held"
    [finding] = report["findings"]
    assert (finding["code"], finding["count"]) == ("personal.personnummer", 1)
    assert (finding["places"][0]["page"], finding["places"][0]["words"]) == (2, QUOTE)


@pytest.mark.parametrize(
    ("role", "authority", "status"),
    [
        ("", "exempelby", 403),
        ("citizen", "exempelby", 403),
        ("caseworker", "exempelby", 200),
        ("admin", "annanby", 403),
    ],
)
async def test_the_original_of_a_masked_document_is_for_the_authoritys_own_staff(gateway, role, authority, status):
    await gateway.put_document(data=b"hemligt", shared=True)
    noticed(gateway, "personal.masked", State.INDEXED)

    async with gateway.client(role, authority=authority) as client:
        original = await client.get("/v1/documents/altan/original", params={"authority": "exempelby"})
        picture = await client.get("/v1/documents/altan/pages/1", params={"authority": "exempelby"})
        text = await client.get("/v1/documents/altan/text", params={"authority": "exempelby"})
        page = await client.get("/documents/altan", params={"authority": "exempelby"})

    assert (original.status_code, text.status_code) == (status, 200)
    assert (b"hemligt" in original.content) is (status == 200)
    assert (picture.status_code == 403) is (status == 403)
    assert page.status_code == 200
    # A page's visitor signs in by cookie: here it is nobody.
    assert "/original?" not in page.text


async def test_at_the_terminal_rules_are_set_and_listed(gateway, tmp_path):
    names = tmp_path / "namn.txt"
    names.write_text("Eva Ek\n\nPer Ås\n", encoding="utf-8")

    done = await run(gateway, "admin", "collection", "set", "bygg", "--personnummer", "mask", "--name", "allow")
    await run(gateway, "admin", "collection", "protect", str(names))
    listed = await run(gateway, "admin", "collection", "list")

    assert done.exit_code == 0, done.output
    assert "bygg: 0 dokument; name släpps igenom, personnummer täcks över" in listed.stdout
    assert "Skyddade namn: 2" in listed.stdout
    assert gateway.script.protected_names == ["Eva Ek", "Per Ås"]


async def test_at_the_terminal_a_report_shows_each_place(gateway):
    await gateway.put_document()
    noticed(gateway, "personal.personnummer")

    text = await run(gateway, "admin", "report", "altan")
    value = await run(gateway, "admin", "report", "altan", "--json")

    assert f"sida 2, tecken {START}–{START + len(QUOTE)}" in text.stdout
    assert f"[{QUOTE}]" in text.stdout
    assert json.loads(value.stdout)["findings"][0]["code"] == "personal.personnummer"
