"""Whoever changes keys or accounts, from a page, by the API or at the machine, leaves the same record."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from typer.testing import CliRunner

from allmanning.gateway.keys import create_key
from allmanning.node.cli import app
from tests.integration.gateway.conftest import until
from tests.integration.gateway.signin.people import opened, person, signed_in_as
from tests.integration.gateway.test_decisions import recorded

BO = "bo@exempelby.se"


async def changes(gateway, *, of_machine: bool) -> list[tuple[str, str, str]]:
    """What was changed, of whose role, by which role."""
    return [
        (leaf["change"], leaf.get("key_role", "account"), leaf["role"])
        for leaf, _ in await recorded(gateway, of_machine=of_machine)
        if leaf["type"] in {"se.audit.key.changed.v1", "se.audit.account.changed.v1"}
    ]


def at_the_machine(data_dir: Path, *arguments: str) -> str:
    done = CliRunner().invoke(app, [*arguments, "--authority", "exempelby", "--data", str(data_dir)])
    assert done.exit_code == 0, done.output
    return done.output


async def test_a_page_and_the_api_tell_of_it_before_they_answer_and_say_who_it_was(gateway):
    account = person(gateway)
    async with signed_in_as(gateway, account) as page:
        await page.post("/admin/keys", data={"label": "Diariet", "role": "citizen"})
        await page.post("/admin/users", data={"name": BO, "role": "auditor"})
        assert await changes(gateway, of_machine=False) == [
            ("password", "account", "admin"),
            ("created", "citizen", "admin"),
            ("created", "account", "admin"),
        ]
    async with gateway.client("admin") as program:
        made = (await program.post("/v1/keys", json={"role": "caseworker"})).json()
        _, (leaf, parts) = (await recorded(gateway))[-2:]
        assert (leaf["type"], leaf["change"], leaf["key_role"]) == ("se.audit.key.changed.v1", "created", "caseworker")
        assert parts["subject"] == {"key_id": made["id"]}
        await program.delete(f"/v1/keys/{made['id']}")
        await until(lambda: told(gateway, ("revoked", "caseworker", "admin")), within_s=30)
    by = [parts["actor"]["key_id"] for leaf, parts in await recorded(gateway) if leaf["type"].endswith("changed.v1")]
    assert by[1:3] == [account.id, account.id]
    assert by[3] == by[4] != account.id


async def told(gateway, change: tuple[str, str, str]) -> bool:
    return change in await changes(gateway, of_machine=True)


async def test_commands_on_the_machine_are_told_of_by_the_gateway_that_runs(gateway):
    folder = gateway.data_dir
    at_the_machine(folder, "key", "create", "--role", "auditor")
    at_the_machine(folder, "key", "create", "--public", "--origin", "https://www.exempelby.se")
    at_the_machine(folder, "user", "create", BO, "--role", "admin")
    at_the_machine(folder, "user", "reset", BO)
    at_the_machine(folder, "user", "disable", BO)

    await until(lambda: told(gateway, ("disabled", "account", "operator")), within_s=30)
    assert await changes(gateway, of_machine=True) == [
        ("created", "auditor", "operator"),
        ("created", "citizen", "operator"),
        ("created", "account", "operator"),
        ("reset", "account", "operator"),
        ("disabled", "account", "operator"),
    ]


async def test_a_command_lists_keys_without_showing_them_and_ends_one_with_its_sessions(gateway):
    token, kept = gateway.key("auditor", label="Diariet"), gateway.key("admin")
    at_the_machine(gateway.data_dir, "key", "create", "--public", "--origin", "https://www.exempelby.se")
    async with gateway.client() as page:
        await page.post("/signin", data={"key": token})
        listed = json.loads(at_the_machine(gateway.data_dir, "key", "list", "--json"))["keys"]
        shown = at_the_machine(gateway.data_dir, "key", "list")
        by_role = {each["role"]: each for each in listed}
        for each in ("auditor", "public"):
            at_the_machine(gateway.data_dir, "key", "revoke", by_role[each]["id"])
        assert (await page.get("/log")).headers["location"].startswith("/signin?")
        again = CliRunner().invoke(app, ["key", "revoke", "okänd", "-a", "exempelby", "--data", str(gateway.data_dir)])
        elsewhere = ["key", "revoke", by_role["admin"]["id"], "-a", "exempelby", "--url", gateway.url, "--key", kept]
        done = await asyncio.to_thread(CliRunner().invoke, app, elsewhere)

    assert (by_role["auditor"]["label"], by_role["public"]["origins"]) == ("Diariet", ["https://www.exempelby.se"])
    assert "Diariet" in shown
    assert token not in shown + json.dumps(listed)
    assert (again.exit_code, done.exit_code) == (2, 0), done.output
    assert json.loads(at_the_machine(gateway.data_dir, "key", "list", "--json"))["keys"] == []


async def test_what_the_log_could_not_take_is_told_later_and_access_ends_at_once(gateway):
    token, other = gateway.key("admin"), gateway.key("caseworker")
    with opened(gateway.data_dir) as keyring:
        ended = keyring.key(other)
    async with gateway.client() as client:
        client.headers["Authorization"] = f"Bearer {token}"
        await until(lambda: told(gateway, ("created", "caseworker", "operator")), within_s=30)
        await gateway.bus.js.delete_stream("AUDIT_LEAVES")
        refused = await client.post("/v1/keys", json={"role": "admin"})
        revoked = await client.delete(f"/v1/keys/{ended.id}")
        with opened(gateway.data_dir) as keyring:
            assert keyring.key(other) is None
            waiting = keyring.database.reading.execute("SELECT fields FROM untold").fetchall()

    assert (refused.status_code, revoked.status_code) == (503, 204)
    assert "alm_" not in refused.text
    assert len(waiting) == 2


async def test_everything_made_with_a_persons_keys_ends_with_their_account(gateway):
    bo = person(gateway, BO)
    first = create_key(gateway.data_dir, "exempelby", "admin", by=bo)
    async with gateway.client() as program:
        program.headers["Authorization"] = f"Bearer {first}"
        second = (await program.post("/v1/keys", json={"role": "admin"})).json()["key"]
    with opened(gateway.data_dir) as keyring:
        assert keyring.key(second).actor == bo.id
    async with signed_in_as(gateway, person(gateway)) as admin:
        await admin.post(f"/admin/users/{bo.id}/state", data={"state": "disabled"})
    with opened(gateway.data_dir) as keyring:
        assert (keyring.key(first), keyring.key(second)) == (None, None)
