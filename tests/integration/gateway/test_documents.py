"""Documents in and out over HTTP."""

from __future__ import annotations

import hashlib

import pytest

from allmanning.contracts.access.v1.access_pb import Secrecy
from allmanning.contracts.ingest.v1.ingest_pb import State
from allmanning.runtime.objects import Objects


async def upload(client, data=b"# Altan", name="altan.md", **fields):
    return await client.post("/v1/documents", data=fields, files={"file": (name, data)})


async def test_an_upload_is_stored_under_its_hash_and_handed_to_ingest(gateway):
    async with gateway.client("admin") as client:
        answer = await upload(client, collection="bygg", title="Altaner", secrecy="open", valid_from="2026-01-01")
        again = await upload(client, collection="bygg", title="Altaner", secrecy="open", valid_from="2026-01-01")

    digest = hashlib.sha256(b"# Altan").hexdigest()
    assert (answer.status_code, again.status_code) == (202, 200)
    assert answer.json()["state"] == "received"
    assert await Objects(gateway.bus, "originals").get(digest) == b"# Altan"
    submitted = gateway.script.asked[0]
    assert (submitted.authority, submitted.collection, submitted.title) == ("exempelby", "bygg", "Altaner")
    assert (submitted.object, submitted.size_bytes, submitted.filename) == (digest, 7, "altan.md")
    assert (submitted.secrecy, submitted.valid_from, submitted.uri) == ("open", "2026-01-01", "altan.md")


@pytest.mark.parametrize(
    ("data", "fields", "status", "code"),
    [
        (b"", {}, 400, "file.empty"),
        (b"x" * 50_001, {}, 413, "file.too_large"),
        (b"x" * 200_000, {}, 413, "body.too_large"),
        (b"x", {"secrecy": "hemlig"}, 400, "field.invalid"),
        (b"x", {"valid_from": "i går"}, 400, "field.invalid"),
    ],
)
async def test_bad_uploads_have_a_stable_code_and_reach_nobody(gateway, data, fields, status, code):
    async with gateway.client("admin") as client:
        answer = await upload(client, data, **fields)

    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert not gateway.script.asked


@pytest.mark.parametrize("role", ["citizen", "caseworker", "auditor"])
async def test_only_administrators_put_in_and_take_away(gateway, role):
    async with gateway.client(role) as client:
        put = await upload(client)
        taken = await client.delete("/v1/documents/altan")

    assert {put.json()["error"]["code"], taken.json()["error"]["code"]} == {"auth.forbidden"}
    assert (put.status_code, taken.status_code) == (403, 403)
    assert not gateway.script.asked


async def test_lists_are_paged_and_hold_only_what_the_asker_may_read(gateway):
    for name in ("a", "b", "c"):
        await gateway.put_document(name, secrecy=Secrecy.INTERNAL if name == "b" else Secrecy.OPEN)

    async with gateway.client("admin") as client:
        first = (await client.get("/v1/documents", params={"limit": 2})).json()
        second = (await client.get("/v1/documents", params={"limit": 2, "after": first["next"]})).json()
    async with gateway.client("citizen") as client:
        public = (await client.get("/v1/documents")).json()

    assert [each["id"] for each in first["documents"] + second["documents"]] == ["a", "b", "c"]
    assert (first["total"], second["next"]) == (3, None)
    assert [each["id"] for each in public["documents"]] == ["a", "c"]
    assert public["total"] is None


@pytest.mark.parametrize("what", ["", "/original", "/text"])
@pytest.mark.parametrize(
    ("role", "options", "facts", "status"),
    [
        ("", {}, {}, 200),
        ("", {}, {"secrecy": Secrecy.INTERNAL}, 404),
        ("caseworker", {}, {"secrecy": Secrecy.INTERNAL}, 200),
        ("caseworker", {"unit": "ifo", "secret": True}, {"secrecy": Secrecy.SECRET, "owner_unit": "ifo"}, 200),
        ("caseworker", {"unit": "bygg", "secret": True}, {"secrecy": Secrecy.SECRET, "owner_unit": "ifo"}, 404),
        ("caseworker", {}, {"valid_to": "2020-01-01"}, 404),
        ("caseworker", {"authority": "annanby"}, {}, 404),
        ("caseworker", {"authority": "annanby"}, {"shared": True}, 200),
    ],
)
async def test_reading_follows_the_access_rule(gateway, what, role, options, facts, status):
    await gateway.put_document(data=b"<p>original</p>", **facts)

    async with gateway.client(role, **options) as client:
        answer = await client.get(f"/v1/documents/altan{what}", params={"authority": "exempelby"})

    assert answer.status_code == status


async def test_an_administrator_follows_every_document_of_the_authority_without_reading_it(gateway):
    await gateway.put_document(secrecy=Secrecy.UNSPECIFIED)
    gateway.script.documents["altan"].state = State.RECEIVED

    async with gateway.client("admin") as own, gateway.client("admin", authority="annanby") as other:
        known = await own.get("/v1/documents/altan")
        text = await own.get("/v1/documents/altan/text")
        foreign = await other.get("/v1/documents/altan", params={"authority": "exempelby"})

    assert (known.status_code, known.json()["state"], known.json()["secrecy"]) == (200, "received", "secret")
    assert (text.status_code, foreign.status_code) == (404, 404)


async def test_a_version_that_is_not_published_is_for_those_who_account_for_it(gateway):
    await gateway.put_document()
    gateway.script.documents["altan"].state = State.RETIRED

    async with gateway.client("caseworker") as caseworker, gateway.client("auditor") as auditor:
        assert (await caseworker.get("/v1/documents/altan/text")).status_code == 404
        assert (await auditor.get("/v1/documents/altan/text")).status_code == 200


async def test_an_original_can_do_nothing_in_our_name(gateway):
    await gateway.put_document(data=b"<script>alert(1)</script>")

    async with gateway.client() as client:
        answer = await client.get("/v1/documents/altan/original")

    assert answer.content == b"<script>alert(1)</script>"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-security-policy"].startswith("sandbox")
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_retiring_is_told_to_ingest(gateway):
    await gateway.put_document()

    async with gateway.client("admin") as client:
        answer = await client.delete("/v1/documents/altan")

    assert answer.status_code == 200
    assert (gateway.script.asked[-1].authority, gateway.script.asked[-1].document_id) == ("exempelby", "altan")
