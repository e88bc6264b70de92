"""How the work goes, and what an administrator does about it, over HTTP."""

from __future__ import annotations

import asyncio
import json

import pytest

from allmanning.contracts.access.v1.access_pb import Secrecy
from allmanning.contracts.ingest.v1 import ingest_pb as ingest
from allmanning.contracts.ingest.v1.ingest_pb import Priority, State
from tests.integration.gateway.said import version

Stage = ingest.Progress.Stage


def busy() -> ingest.QueueResponse:
    working = ingest.Document(
        version=version(),
        state=State.RECEIVED,
        progress=ingest.Progress(stage=Stage.READING, done=40, total=300),
        batch="flytt",
        priority=Priority.BULK,
        attempts=2,
    )
    return ingest.QueueResponse(
        counts=[
            ingest.QueueResponse.Count(state=State.INDEXED, documents=7, passages=90),
            ingest.QueueResponse.Count(state=State.RECEIVED, documents=3),
        ],
        settled_per_minute=14,
        seconds_left=13,
        working=[working],
    )


async def test_the_queue_tells_counts_pace_and_what_is_worked_on(gateway):
    gateway.script.queue = busy()
    async with gateway.client("admin") as client:
        queue = (await client.get("/v1/queue", params={"batch": "flytt"})).json()

    assert queue["counts"] == {
        "indexed": {"documents": 7, "passages": 90},
        "received": {"documents": 3, "passages": 0},
    }
    assert (queue["paused"], queue["settled_per_minute"], queue["seconds_left"]) == (False, 14, 13)
    [document] = queue["working"]
    assert document["progress"] == {"stage": "reading", "done": 40, "total": 300}
    assert (document["batch"], document["priority"], document["attempts"]) == ("flytt", "bulk", 2)


async def test_time_left_that_nobody_knows_is_null(gateway):
    async with gateway.client("admin") as client:
        assert (await client.get("/v1/queue")).json()["seconds_left"] is None


async def test_pausing_and_going_on_are_told_to_ingest(gateway):
    async with gateway.client("admin") as client:
        paused = (await client.post("/v1/queue/pause")).json()["paused"]
        resumed = (await client.post("/v1/queue/resume")).json()["paused"]

    assert (paused, resumed) == (True, False)
    assert [(each.authority, each.paused) for each in gateway.script.asked] == [
        ("exempelby", True),
        ("exempelby", False),
    ]


@pytest.mark.parametrize(
    ("path", "body", "asked"),
    [
        (
            "/v1/queue/retry",
            {"states": ["failed", "needs_ocr"]},
            ingest.RetryRequest(authority="exempelby", states=[State.FAILED, State.NEEDS_OCR]),
        ),
        ("/v1/queue/cancel", {"batch": "flytt"}, ingest.CancelRequest(authority="exempelby", batch="flytt")),
        ("/v1/documents/altan/retry", None, ingest.RetryRequest(authority="exempelby", document_id="altan")),
        ("/v1/documents/altan/cancel", None, ingest.CancelRequest(authority="exempelby", document_id="altan")),
    ],
)
async def test_retrying_and_cancelling_are_told_to_ingest(gateway, path, body, asked):
    async with gateway.client("admin") as client:
        answer = await client.post(path, json=body)

    assert (answer.status_code, answer.json()) == (200, {"documents": 1})
    assert gateway.script.asked == [asked]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/queue/retry", {"states": []}),
        ("/v1/queue/retry", {"states": ["indexed"]}),
        ("/v1/queue/cancel", {"batch": ""}),
    ],
)
async def test_what_names_nothing_is_refused(gateway, path, body):
    async with gateway.client("admin") as client:
        answer = await client.post(path, json=body)

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "field.invalid")
    assert not gateway.script.asked


@pytest.mark.parametrize("role", ["citizen", "caseworker", "auditor"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/queue"),
        ("GET", "/v1/queue/events"),
        ("POST", "/v1/queue/pause"),
        ("POST", "/v1/queue/resume"),
        ("POST", "/v1/documents/altan/retry"),
        ("POST", "/v1/documents/altan/cancel"),
        ("PATCH", "/v1/documents/altan"),
        ("GET", "/v1/documents?state=failed"),
        ("GET", "/v1/documents?batch=flytt"),
    ],
)
async def test_the_work_is_for_administrators(gateway, role, method, path):
    async with gateway.client(role) as client:
        answer = await client.request(method, path, json={} if method == "PATCH" else None)

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "auth.forbidden")
    assert not gateway.script.asked


async def test_events_tell_the_queue_at_once_and_when_it_changes(gateway):
    told = []
    async with gateway.client("admin") as client, client.stream("GET", "/v1/queue/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        async with asyncio.timeout(10):
            async for line in stream.aiter_lines():
                if line.startswith("data:"):
                    told.append(json.loads(line[5:])["settled_per_minute"])
                    gateway.script.queue = busy()
                if len(told) == 2:
                    break
    assert told == [0, 14]


async def test_lists_are_narrowed_by_state_import_and_review(gateway):
    await gateway.put_document("a")
    gateway.script.documents["a"].state = State.FAILED
    gateway.script.documents["a"].code, gateway.script.documents["a"].reason = "index.broken", "Kör om det."
    gateway.script.documents["a"].findings = [ingest.Finding(code="hidden.colour", count=3)]
    query = {
        "state": ["failed", "held"],
        "batch": "flytt",
        "source": "disk",
        "container": "c1",
        "review_due": "2026-12-31",
    }
    async with gateway.client("admin") as client:
        [found] = (await client.get("/v1/documents", params={**query, "text": "plan"})).json()["documents"]

    assert (found["state"], found["code"], found["reason"]) == ("failed", "index.broken", "Kör om det.")
    assert found["findings"] == [{"code": "hidden.colour", "count": 3}]
    asked = gateway.script.asked[0]
    assert list(asked.states) == [State.FAILED, State.HELD]
    assert (asked.batch, asked.source, asked.container, asked.review_due) == ("flytt", "disk", "c1", "2026-12-31")
    assert asked.text == "plan"


async def test_others_than_administrators_see_nothing_of_the_work(gateway):
    await gateway.put_document("a")
    gateway.script.documents["a"].findings = [ingest.Finding(code="hidden.colour", count=3)]
    gateway.script.documents["a"].batch = "flytt"
    async with gateway.client("citizen") as client:
        one = (await client.get("/v1/documents/a")).json()
        [listed] = (await client.get("/v1/documents")).json()["documents"]

    for found in (one, listed):
        assert (found["findings"], found["batch"], found["priority"]) == ([], "", "")


async def test_metadata_is_changed_as_a_new_version_of_the_same_file(gateway):
    await gateway.put_document("altan", secrecy=Secrecy.INTERNAL, container="c1", review_on="2026-01-01")
    known = gateway.script.documents["altan"]
    known.filename, known.default_secrecy, known.batch = "altan.html", "open", "flytt"
    async with gateway.client("admin") as client:
        await client.patch("/v1/documents/altan", json={"valid_to": "2026-12-31", "review_on": ""})

    [asked] = gateway.script.asked
    assert (asked.object, asked.filename, asked.uri, asked.container) == (
        known.object,
        "altan.html",
        "bygg/altan.html",
        "c1",
    )
    assert (asked.valid_from, asked.valid_to, asked.review_on) == ("2026-03-01", "2026-12-31", "")
    assert (asked.secrecy, asked.default_secrecy, asked.batch) == ("internal", "open", "flytt")
    assert asked.priority is Priority.URGENT


async def test_a_change_that_changes_nothing_makes_no_version(gateway):
    await gateway.put_document("altan")
    async with gateway.client("admin") as client:
        answer = await client.patch("/v1/documents/altan", json={"valid_from": "2026-03-01"})

    assert answer.status_code == 200
    assert not gateway.script.asked


@pytest.mark.parametrize(
    ("state", "body", "status", "code"),
    [
        (State.RECEIVED, {"title": "Ny"}, 409, "document.not_changeable"),
        (State.RETIRED, {"title": "Ny"}, 409, "document.not_changeable"),
        (State.INDEXED, {"uri": "x"}, 400, "parameter.unknown"),
        (State.INDEXED, {"valid_to": "snart"}, 400, "field.invalid"),
    ],
)
async def test_changes_that_can_not_be_made_are_refused(gateway, state, body, status, code):
    await gateway.put_document("altan")
    gateway.script.documents["altan"].state = state
    async with gateway.client("admin") as client:
        answer = await client.patch("/v1/documents/altan", json=body)

    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


async def test_another_authoritys_document_is_not_found(gateway):
    await gateway.put_document("altan")
    async with gateway.client("admin", authority="annanby") as client:
        answer = await client.patch("/v1/documents/altan", json={"title": "Min"})

    assert answer.status_code == 404


async def test_an_upload_says_its_import_priority_and_retention(gateway):
    fields = {
        "batch": "flytt",
        "priority": "bulk",
        "retention": "P5Y",
        "review_on": "2027-01-01",
        "record_type": "Rutin",
    }
    async with gateway.client("admin") as client:
        answer = await client.post(
            "/v1/documents", data={**fields, "review_on": "2027-01-01"}, files={"file": ("a.md", b"#")}
        )

    assert answer.status_code == 202
    [asked] = gateway.script.asked
    assert (asked.batch, asked.priority, asked.retention) == ("flytt", Priority.BULK, "P5Y")
    assert (asked.review_on, asked.record_type) == ("2027-01-01", "Rutin")
