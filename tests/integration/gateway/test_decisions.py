"""The log over HTTP: who reads what, and what reading leaves behind."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from allmanning.contracts.audit.v1.audit_pb import ContentStored, DecisionRecorded, Record, Review
from allmanning.runtime.dispatch import contents_of, leaves_of
from tests.sealed import opened

DECISION = "01900000-0000-7000-8000-000000000001"


async def recorded(gateway, *, of_machine: bool = False) -> list[tuple[dict, dict]]:
    """Leaf and content of every record that the gateway has left; of a command on the machine only when asked for.

    A test makes its keys and accounts with such commands.
    """
    told = [DecisionRecorded.from_binary(each) for each in await stored(gateway, "AUDIT_LEAVES")]
    leaves = [json.loads(each.leaf) for message in told for each in leaves_of(message)]
    sealed = [ContentStored.from_binary(each) for each in await stored(gateway, "AUDIT_CONTENT")]
    contents = {each.record_id: opened(each) for message in sealed for each in contents_of(message)}
    return [(leaf, contents.get(leaf["id"], {})) for leaf in leaves if of_machine or leaf.get("role") != "operator"]


async def stored(gateway, stream: str) -> list[bytes]:
    """What lies in a stream, in order."""
    last = (await gateway.bus.js.stream_info(stream)).state.last_seq
    messages = [await gateway.bus.js.get_msg(stream, number) for number in range(1, last + 1)]
    return [each.data or b"" for each in messages]


async def test_an_auditor_who_says_why_reads_content_and_that_is_on_record(gateway):
    async with gateway.client("auditor") as client:
        answer = await client.get(f"/v1/decisions/{DECISION}", params={"reason": "Begäran från JO"})

    assert answer.json()["records"][0]["parts"] == {"question": "Behöver jag bygglov?"}
    [(leaf, parts)] = await recorded(gateway)
    assert (leaf["type"], leaf["decision"], leaf["role"]) == ("se.audit.access.read.v1", DECISION, "auditor")
    assert parts["reader"]["reason"] == "Begäran från JO"
    assert "Begäran från JO" not in json.dumps(leaf, ensure_ascii=False)


async def test_the_reason_may_stand_in_a_header(gateway):
    async with gateway.client("auditor") as client:
        headers = {"Allmanning-Reason": "Begäran från JO".encode()}
        answer = await client.get(f"/v1/decisions/{DECISION}", headers=headers)

    assert answer.json()["records"][0]["parts"]
    [(_, parts)] = await recorded(gateway)
    assert parts["reader"]["reason"] == "Begäran från JO"


@pytest.mark.parametrize("number", ["1", "ingen ”sådan”", "../x"])
async def test_reading_what_is_not_there_leaves_no_record_that_would_be_one(gateway, number):
    async with gateway.client("auditor") as client:
        for path in ("", "/prov"):
            address = f"/v1/decisions/{quote(number, safe='')}{path}"
            assert (await client.get(address, params={"reason": "Begäran från JO"})).status_code == 404

    assert await recorded(gateway) == []


@pytest.mark.parametrize(
    ("role", "options", "reason"),
    [("auditor", {}, " "), ("caseworker", {}, "nyfiken"), ("", {}, "nyfiken"), ("auditor", {"authority": "b"}, "x")],
)
async def test_everyone_else_sees_the_skeleton_and_leaves_no_record(gateway, role, options, reason):
    async with gateway.client(role, **options) as client:
        params = {"reason": reason, "authority": "exempelby"}
        answer = await client.get(f"/v1/decisions/{DECISION}", params=params)

    assert [each["parts"] for each in answer.json()["records"]] == [{}, {}, {}]
    assert not gateway.script.asked[-1].with_content
    assert await recorded(gateway) == []


async def test_content_is_not_shown_when_reading_it_cannot_be_recorded(gateway):
    await gateway.bus.js.delete_stream("AUDIT_CONTENT")

    async with gateway.client("auditor") as client:
        answer = await client.get(f"/v1/decisions/{DECISION}", params={"reason": "Begäran från JO"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "audit.unavailable")
    assert "bygglov" not in answer.text
    assert not any(each.with_content for each in gateway.script.asked)


async def test_lists_are_for_auditors_and_administrators(gateway):
    async with gateway.client("auditor") as auditor, gateway.client("caseworker") as caseworker:
        listed = await auditor.get("/v1/decisions", params={"outcome": "answered", "limit": 1})
        refused = await caseworker.get("/v1/decisions")

    assert listed.json() == {
        "decisions": [
            {
                "decision_id": DECISION,
                "opened_at": "2026-11-22T10:00:00.000Z",
                "outcome": "answered",
                "rule": "svar-1",
                "channel": "citizen",
                "index": 13,
            }
        ],
        "next": 13,
        "total": 1,
    }
    assert refused.status_code == 403


async def test_anybody_gets_the_receipt_of_a_decision_they_know(gateway):
    async with gateway.client() as client:
        receipt = await client.get(f"/v1/decisions/{DECISION}/receipt")
        unknown = await client.get("/v1/decisions/okänt/receipt")

    assert receipt.json() == {"decision": "x"}
    assert receipt.headers["content-disposition"] == f'attachment; filename="kvitto-{DECISION}.json"'
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "decision.not_found")


async def test_a_bundle_is_on_record_before_it_leaves(gateway):
    async with gateway.client("auditor") as client:
        silent = await client.post("/v1/log/bundle", json={"with_content": True})
        bundle = await client.post("/v1/log/bundle", json={"with_content": True, "reason": "Granskning 2026"})
    async with gateway.client("caseworker") as client:
        refused = await client.post("/v1/log/bundle")

    assert (silent.status_code, silent.json()["error"]["code"]) == (400, "reason.missing")
    assert refused.status_code == 403
    assert bundle.content == b"PK-zip"
    assert bundle.headers["content-type"] == "application/zip"
    [(leaf, parts)] = await recorded(gateway)
    assert (leaf["type"], leaf["bundle"], leaf["with_content"]) == ("se.audit.access.read.v1", True, True)
    assert parts["reader"]["reason"] == "Granskning 2026"


async def test_reviews_are_read_and_closed_by_caseworkers(gateway):
    gateway.script.reviews = [Review(decision_id=DECISION, question="Får jag?", draft="Nej.", state="open")]

    async with gateway.client("caseworker", unit="bygg") as client:
        listed = await client.get("/v1/reviews")
        closed = await client.post(f"/v1/reviews/{DECISION}", json={"action": "edit", "text": "Ja."})
    async with gateway.client("citizen") as client:
        refused = await client.post(f"/v1/reviews/{DECISION}", json={"action": "approve"})

    assert listed.json()["reviews"][0]["draft"] == "Nej."
    assert (closed.json()["state"], closed.json()["text"]) == ("edited", "Ja.")
    assert gateway.script.asked[-1].principal.unit == "bygg"
    assert refused.status_code == 403


@pytest.mark.parametrize(("state", "told"), [("approved", "Ja."), ("edited", "Ja."), ("open", ""), ("rejected", "")])
async def test_the_asker_learns_what_the_reviewer_let_through_and_no_draft(gateway, state, told):
    gateway.script.records.append(Record(id="r4", index=14, leaf=gateway.script.leaf("review.opened")))
    gateway.script.reviews = [Review(decision_id=DECISION, state=state, text="Ja.", draft="Utkast.")]

    async with gateway.client() as client:
        answer = await client.get(f"/v1/decisions/{DECISION}")

    assert answer.json()["review"] == {"state": state, "text": told}
    assert "Utkast" not in answer.text
