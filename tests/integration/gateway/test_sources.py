"""Sources over HTTP, and `allmanning source`."""

from __future__ import annotations

import asyncio
import json

import pytest
from typer.testing import CliRunner

from allmanning.contracts.ingest.v1.ingest_pb import Source
from allmanning.node import cli
from allmanning.runtime.errors import InvalidInput

WEBSITE = {
    "kind": "website",
    "collection": "webben",
    "location": "https://www.exempelby.se",
    "options": {"include": "/bygga/*"},
    "metadata": {"default_secrecy": "open"},
    "every_minutes": 60,
}
RAN = Source.Run(started_at="2026-11-27T10:00:00.000Z", ended_at="2026-11-27T10:00:09.000Z", found=5, added=4, failed=1)


async def command(gateway, *words):
    """Run `allmanning source` as an administrator at a terminal does."""
    options = ["--authority", "exempelby", "--url", gateway.url, "--key", gateway.key("admin")]
    return await asyncio.to_thread(CliRunner().invoke, cli.app, ["source", *words, *options])


async def test_what_an_administrator_puts_is_listed_run_and_deleted(gateway):
    gateway.script.run = RAN
    async with gateway.client("admin") as admin:
        put = await admin.put("/v1/sources/webben", json=WEBSITE)
        ran = await admin.post("/v1/sources/webben/run")
        listed = await admin.get("/v1/sources")
        gone = await admin.delete("/v1/sources/webben", params={"retire_documents": True})
        unknown = await admin.post("/v1/sources/webben/run")

    assert put.json() == {"id": "webben", **WEBSITE, "last": None}
    assert (ran.status_code, ran.content) == (202, b"")
    (source,) = listed.json()["sources"]
    assert source["last"] == {
        "started_at": "2026-11-27T10:00:00.000Z",
        "ended_at": "2026-11-27T10:00:09.000Z",
        "running": False,
        "found": 5,
        "added": 4,
        "changed": 0,
        "unchanged": 0,
        "removed": 0,
        "failed": 1,
        "code": "",
        "reason": "",
    }
    assert gone.json() == {"retired": 3}
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "source.not_found")
    assert {each.authority for each in gateway.script.asked} == {"exempelby"}


@pytest.mark.parametrize("role", ["citizen", "caseworker", "auditor"])
async def test_only_administrators_see_and_change_sources(gateway, role):
    async with gateway.client(role) as client:
        answers = [
            await client.get("/v1/sources"),
            await client.put("/v1/sources/webben", json=WEBSITE),
            await client.post("/v1/sources/webben/run"),
            await client.delete("/v1/sources/webben"),
        ]
    assert [each.status_code for each in answers] == [403] * 4
    assert not gateway.script.asked


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"every_minutes": -1}, "every_minutes"),
        ({"options": {"delay_s": 1}}, "options.delay_s"),
        ({"kind": None}, "kind"),
    ],
)
async def test_a_field_of_the_wrong_shape_is_named(gateway, changes, param):
    async with gateway.client("admin") as admin:
        answer = await admin.put("/v1/sources/webben", json=WEBSITE | changes)

    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)


async def test_what_ingest_refuses_reaches_the_administrator(gateway):
    gateway.script.error = InvalidInput("source.kind_unknown", "Källor av slaget ftp finns inte. (Unknown.)")
    async with gateway.client("admin") as admin:
        answer = await admin.put("/v1/sources/webben", json=WEBSITE | {"kind": "ftp"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "source.kind_unknown")


async def test_examples_of_the_description_are_accepted(gateway):
    async with gateway.client("admin") as admin:
        described = (await admin.get("/openapi.json")).json()
        examples = described["components"]["schemas"]["SourceIn"]["examples"]
        answers = [await admin.put(f"/v1/sources/k{n}", json=each) for n, each in enumerate(examples)]

    assert [each.status_code for each in answers] == [200] * len(examples) == [200] * 3


async def test_a_source_is_added_run_listed_and_removed_at_the_terminal(gateway):
    gateway.script.run = RAN
    words = ["website", "https://www.exempelby.se/", "-c", "webben", "-o", "delay_s=1", "-m", "owner_unit=kansli"]
    added = await command(gateway, "add", *words)
    ran = await command(gateway, "run", "website-exempelby-se")
    listed = await command(gateway, "list")
    as_json = await command(gateway, "list", "--json")
    removed = await command(gateway, "remove", "website-exempelby-se", "--retire")

    assert (added.exit_code, added.output.splitlines()[0]) == (0, "Källan website-exempelby-se finns nu.")
    kept = json.loads(as_json.output)["sources"][0]
    assert (kept["options"], kept["every_minutes"]) == ({"delay_s": "1"}, 0)
    assert kept["metadata"] == {"owner_unit": "kansli", "default_secrecy": "open"}
    # One item failed.
    assert (ran.exit_code, "5 funna: 4 nya" in ran.output) == (1, True)
    assert "website-exempelby-se  website https://www.exempelby.se/ → webben, på begäran" in listed.output
    assert (removed.exit_code, removed.output) == (0, "Källan är borttagen, och 3 dokument med den.\n")


async def test_a_folder_is_secret_unless_told_otherwise(gateway):
    await command(gateway, "add", "folder", "/srv/plan å", "-c", "plan", "--every", "5")
    await command(gateway, "add", "folder", "/srv/plan", "-c", "plan", "--id", "p", "--secrecy", "internal")
    said = {name: each.metadata["default_secrecy"] for name, each in gateway.script.sources.items()}
    assert said == {"folder-srv-plan-a": "secret", "p": "internal"}


async def test_wrong_use_at_the_terminal_is_told(gateway):
    pair = await command(gateway, "add", "folder", "/srv", "-c", "plan", "-o", "recursive", "--json")
    unknown = await command(gateway, "run", "ingen", "--json")
    assert (pair.exit_code, json.loads(pair.output)["error"]["code"]) == (2, "source.option_invalid")
    assert (unknown.exit_code, json.loads(unknown.output)["error"]["code"]) == (2, "source.not_found")
