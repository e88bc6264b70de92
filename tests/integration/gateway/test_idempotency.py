"""A POST with an Idempotency-Key that is sent again is done once."""

from __future__ import annotations

import asyncio
import json
import time

from allmanning.contracts.audit.v1 import audit_pb as audit
from allmanning.contracts.ingest.v1 import ingest_pb as ingest
from allmanning.gateway.idempotency import kept_answers
from allmanning.gateway.idempotency.kept_answers import Claim, Kept, KeptAnswers

CLOSING = {"action": "edit", "text": "Hemligt utkast om Tolvan"}


def closings(gateway) -> int:
    return sum(isinstance(each, audit.CloseReviewRequest) for each in gateway.script.asked)


async def test_the_same_request_is_done_once_and_answered_alike_and_another_is_refused(gateway):
    async with gateway.client("caseworker") as client, gateway.client("caseworker") as other:
        key = {"Idempotency-Key": '"8e03978e-40d5-43dd-bc93-6894a57f9324"'}
        first = await client.post("/v1/reviews/b1", json=CLOSING, headers=key)
        again = await client.post("/v1/reviews/b1", json=CLOSING, headers=key)
        changed = await client.post("/v1/reviews/b1", json=CLOSING | {"text": "Annat"}, headers=key)
        elsewhere = await client.post("/v1/reviews/b2", json=CLOSING, headers=key)
        by_another = await other.post("/v1/reviews/b1", json=CLOSING, headers=key)
        unsaid = await client.post("/v1/reviews/b1", json=CLOSING)
        nonsense = await client.post("/v1/reviews/b1", json=CLOSING, headers={"Idempotency-Key": "två ord".encode()})

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.content == first.content
    assert again.headers["content-type"] == first.headers["content-type"]
    assert (again.headers["idempotency-replayed"], "idempotency-replayed" in first.headers) == ("true", False)
    assert [(each.status_code, each.json()["code"]) for each in (changed, elsewhere)] == [
        (422, "idempotency.other_request")
    ] * 2
    assert (by_another.status_code, unsaid.status_code) == (200, 200)
    assert (nonsense.status_code, nonsense.json()["code"]) == (400, "idempotency.key_invalid")
    assert closings(gateway) == 3
    assert b"Tolvan" not in b"".join(path.read_bytes() for path in (gateway.data_dir / "gateway").glob("answers.db*"))


async def test_a_document_sent_again_is_known_by_its_fields_whatever_its_boundary(gateway):
    async with gateway.client("admin") as client:
        answers = [
            await client.post(
                "/v1/documents",
                files={"file": ("a.html", b"<html>")},
                data={"title": title},
                headers={"Idempotency-Key": "doc-1"},
            )
            for title in ("Altan", "Altan", "Plank")
        ]

    assert [each.status_code for each in answers] == [202, 202, 422]
    assert sum(isinstance(each, ingest.SubmitRequest) for each in gateway.script.asked) == 1


async def test_a_request_that_is_under_way_is_told_so_and_one_that_was_refused_may_be_sent_again(gateway):
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slowly(request):
        begun.set()
        await go_on.wait()
        return await gateway.script.closed(request)

    gateway.script.close = slowly
    key = {"Idempotency-Key": "k-1"}
    async with gateway.client("caseworker") as client:
        refused = await client.post("/v1/reviews/b1", json={"action": "nonsense"}, headers=key)
        first = asyncio.create_task(client.post("/v1/reviews/b1", json=CLOSING, headers=key))
        await begun.wait()
        meanwhile = await client.post("/v1/reviews/b1", json=CLOSING, headers=key)
        go_on.set()
        done = await first

    assert (refused.status_code, done.status_code) == (400, 200)
    assert (meanwhile.status_code, meanwhile.json()["code"]) == (409, "idempotency.in_progress")


async def test_a_key_made_once_is_not_made_again_and_its_token_is_never_kept(gateway):
    async with gateway.client("admin") as client:
        first, again = [
            await client.post("/v1/keys", json={"role": "citizen"}, headers={"Idempotency-Key": "k-2"}) for _ in "ab"
        ]

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    assert first.json()["key"].startswith("alm_")
    assert again.json()["key"] == ""


def test_answers_outlive_a_restart_for_a_day_and_one_that_never_came_for_ten_minutes(tmp_path):
    claim, now = Claim.of("alm_x", "k1", "a", b"request"), time.time()
    answers = KeptAnswers(tmp_path)
    assert answers.begin(claim, now) is None
    answers.keep(claim, Kept(201, "application/json", json.dumps({"id": 1}).encode()))
    hung = Claim.of("alm_x", "k1", "b", b"request")
    assert answers.begin(hung, now) is None
    answers.close()

    answers = KeptAnswers(tmp_path)
    kept = answers.begin(claim, now + kept_answers.KEPT_S - 1)
    assert kept == Kept(201, "application/json", b'{"id": 1}')
    assert answers.begin(hung, now + kept_answers.KEPT_S - 1) is None
    assert answers.begin(claim, now + kept_answers.KEPT_S + 1) is None
    answers.close()
