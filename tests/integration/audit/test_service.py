from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from contextlib import closing

import pytest
from nats.js.errors import NotFoundError

from allmanning.audit.log import writer
from allmanning.audit.log.checkpoint import Checkpoint
from allmanning.audit.log.note import VerifierKey
from allmanning.audit.verify import verify
from allmanning.contracts.audit.v1.audit_pb import (
    CheckpointRequest,
    CheckpointResponse,
    ContentStored,
    DecisionRecorded,
    ExportRequest,
    ExportResponse,
    FindRequest,
    FindResponse,
    ListReviewsRequest,
    ListReviewsResponse,
    ProveRequest,
    ProveResponse,
    Verdict,
)
from allmanning.runtime import record, subjects
from allmanning.runtime.errors import Conflict, Forbidden, InvalidInput, NotFound, Unavailable
from allmanning.runtime.identity import uuid7
from allmanning.runtime.objects import Objects
from allmanning.runtime.record import Content
from tests.deployment import deployed
from tests.integration.audit.asker import AUTHORITY, Asker


async def checkpoint(asker: Asker) -> CheckpointResponse:
    return await asker.bus.call(subjects.AUDIT_CHECKPOINT, CheckpointRequest(authority=AUTHORITY), CheckpointResponse)


async def exported(asker: Asker, *, with_content: bool) -> tuple[ExportResponse, bytes]:
    request = ExportRequest(authority=AUTHORITY, with_content=with_content)
    answer = await asker.bus.call(subjects.AUDIT_EXPORT, request, ExportResponse)
    return answer, await Objects(asker.bus, "exports").get(answer.object)


async def reviews(asker: Asker, state: str = "", decision: str = "") -> ListReviewsResponse:
    request = ListReviewsRequest(authority=AUTHORITY, state=state, decision_id=decision)
    return await asker.bus.call(subjects.AUDIT_LIST_REVIEWS, request, ListReviewsResponse)


async def prove(asker: Asker, decision: str) -> bytes:
    request = ProveRequest(authority=AUTHORITY, decision_id=decision)
    return (await asker.bus.call(subjects.AUDIT_PROVE, request, ProveResponse)).receipt


async def test_a_decision_can_be_read_proved_and_exported(asker):
    decision = await asker.decide()
    found = await asker.seen(decision)
    kinds = [json.loads(each.leaf)["type"] for each in found.records]
    assert kinds == ["se.audit.question.received.v1", "se.audit.gate.evaluated.v1", "se.audit.answer.released.v1"]
    assert [each.index for each in found.records] == [0, 1, 2]
    assert found.records[0].parts[0].content == '"Får jag elda?"'.encode()
    assert not any(each.parts for each in (await asker.get(decision)).records)

    signed = await checkpoint(asker)
    assert Checkpoint.open(signed.note, VerifierKey.parse(signed.vkey)).size == signed.size == 3
    assert verify(await prove(asker, decision), vkey=signed.vkey, checkpoint=signed.note).ok

    answer, data = await exported(asker, with_content=True)
    assert (answer.records, answer.size_bytes) == (3, len(data))
    report = verify(data, vkey=signed.vkey, checkpoint=signed.note)
    assert report.ok, [each for each in report.checks if not each.ok]
    assert any(each.name == "rules" and each.detail.startswith("1 regelprövningar gav samma") for each in report.checks)
    later, again = await exported(asker, with_content=False)
    assert verify(again, checkpoint=signed.note).ok
    assert later.object != answer.object


async def test_a_record_is_in_a_checkpoint_within_a_moment(asker):
    await asker.seen(await asker.decide())
    waited = []
    for _ in range(5):
        decision = await asker.decide()
        started = time.monotonic()
        await asker.seen(decision)
        waited.append(time.monotonic() - started)
    assert sorted(waited)[2] < 0.5, waited


async def test_the_gate_answers_and_its_rules_are_in_the_bundle(asker):
    await deployed(asker.bus, AUTHORITY)
    answer = await asker.gate()
    assert (answer.verdict, answer.rule_id) == (Verdict.AUTO, "F6")
    assert answer.rules.startswith("sha256:")
    started = time.perf_counter()
    for _ in range(50):
        await asker.gate()
    assert (time.perf_counter() - started) / 50 < 0.02


async def test_decisions_are_found_by_outcome(asker):
    released = await asker.decide()
    held = await asker.decide("review.opened", "review")
    await asker.seen(held)
    found = await asker.bus.call(subjects.AUDIT_FIND, FindRequest(authority=AUTHORITY), FindResponse)
    assert [each.decision_id for each in found.decisions] == [held, released]
    found = await asker.bus.call(
        subjects.AUDIT_FIND, FindRequest(authority=AUTHORITY, outcome="answered"), FindResponse
    )
    assert [(each.decision_id, each.channel, each.rule_id) for each in found.decisions] == [(released, "citizen", "F6")]
    elsewhere = await asker.bus.call(subjects.AUDIT_FIND, FindRequest(authority="annanby"), FindResponse)
    assert (elsewhere.total, list(elsewhere.decisions)) == (0, [])


async def test_a_decision_that_is_under_way_is_pending_and_one_that_never_was_is_not_found(asker):
    decision = uuid7()
    with pytest.raises(Unavailable, match=r"decision\.pending"):
        await prove(asker, decision)
    await asker.record("question.received", decision)
    with pytest.raises(Unavailable, match=r"decision\.pending"):
        await prove(asker, decision)
    with pytest.raises(NotFound, match=r"decision\.not_found"):
        await prove(asker, "01900000-0000-7000-8000-000000000000")
    with pytest.raises(NotFound, match=r"decision\.not_found"):
        await asker.get("aldrig")
    with pytest.raises(InvalidInput, match=r"authority\.invalid"):
        await asker.bus.call(subjects.AUDIT_FIND, FindRequest(authority="../x"), FindResponse)


async def test_an_empty_log_has_no_checkpoint_and_no_bundle(asker):
    assert await checkpoint(asker) == CheckpointResponse()
    with pytest.raises(NotFound, match=r"log\.empty"):
        await exported(asker, with_content=False)


async def test_a_held_answer_is_reviewed_once(asker):
    decision = await asker.decide("review.opened", "review")
    await asker.seen(decision)
    [listed] = (await reviews(asker)).reviews
    assert (listed.decision_id, listed.rule_id, listed.state) == (decision, "F6", "open")
    assert (listed.question, listed.draft, listed.reason) == ("Får jag elda?", "Nej, inte i april.", "Svagt stöd.")

    closed = await asker.close(decision, "edit", text="Nej, inte mellan april och juni.", reason="Tydligare.")
    assert (closed.state, closed.text) == ("edited", "Nej, inte mellan april och juni.")
    assert (await asker.close(decision, "edit", text="Nej, inte mellan april och juni.")).state == "edited"
    for key, action in (("k2", "approve"), ("k1", "approve"), ("k2", "edit")):
        with pytest.raises(Conflict, match=r"review\.closed"):
            await asker.close(decision, action, key=key, text="Något annat.")

    assert list((await reviews(asker)).reviews) == []
    async with asyncio.timeout(10):
        # The content comes on a stream of its own.
        while not (known := (await reviews(asker, "all", decision)).reviews[0]).text:
            await asyncio.sleep(0.02)
    assert (known.state, known.text) == ("edited", "Nej, inte mellan april och juni.")
    records = (await asker.seen(decision, records=4)).records
    assert len(records) == 4
    leaf = json.loads(records[-1].leaf)
    assert (leaf["outcome"], leaf["review"]["state"]) == ("answered", "edited")
    assert "k1" not in records[-1].leaf.decode()
    assert verify((await exported(asker, with_content=True))[1]).ok


async def test_two_who_close_at_once_do_not_both_win(asker):
    decision = await asker.decide("review.opened", "review")
    await asker.seen(decision)
    results = await asyncio.gather(
        asker.close(decision, "approve", key="a"),
        asker.close(decision, "reject", key="b", reason="Fel."),
        asker.close(decision, "approve", key="c"),
        return_exceptions=True,
    )
    assert sum(isinstance(each, Conflict) for each in results) == 2
    assert len((await asker.seen(decision, records=4)).records) == 4


async def test_what_a_reviewer_must_say(asker):
    decision = await asker.decide("review.opened", "review")
    await asker.seen(decision)
    for action, fields in (("edit", {"text": " "}), ("reject", {}), ("burn", {})):
        with pytest.raises(InvalidInput):
            await asker.close(decision, action, **fields)
    with pytest.raises(NotFound, match=r"review\.unknown"):
        await asker.close(uuid7(), "approve")
    closed = await asker.close(decision, "approve")
    assert (closed.state, closed.text) == ("approved", "Nej, inte i april.")


async def test_an_auditor_does_not_close_reviews(asker):
    from allmanning.contracts.access.v1.access_pb import Principal, Role
    from allmanning.contracts.audit.v1.audit_pb import CloseReviewRequest, CloseReviewResponse

    request = CloseReviewRequest(
        principal=Principal(authority=AUTHORITY, role=Role.AUDITOR), decision_id="d", action="approve"
    )
    with pytest.raises(Forbidden, match=r"review\.forbidden"):
        await asker.bus.call(subjects.AUDIT_CLOSE_REVIEW, request, CloseReviewResponse)


async def test_a_leaf_that_is_sent_twice_stands_once(asker):
    decision = await asker.decide()
    await asker.seen(decision)
    stored = await asker.bus.js.get_msg("AUDIT_LEAVES", 1)
    await asker.bus.js.publish(stored.subject, stored.data)
    await asker.seen(await asker.decide())
    assert (await checkpoint(asker)).size == 6
    with pytest.raises(NotFoundError):
        await asker.bus.js.get_msg("DEAD", 1)


async def test_a_record_in_an_unknown_retention_class_is_a_dead_letter_and_its_content_is_kept(asker, monkeypatch):
    known = dict(record.CLASSES)
    with monkeypatch.context() as patched:
        patched.setattr(record, "CLASSES", known | {"G77": "Från en senare version."})
        leaf = await asker.recorder.record(
            "question.received", authority=AUTHORITY, decision_id="d", parts={"question": Content("Hej", "G77")}
        )
    async with asyncio.timeout(10):
        while not (await asker.bus.js.stream_info("DEAD")).state.messages:
            await asyncio.sleep(0.02)
    dead = await asker.bus.js.get_msg("DEAD", 1)
    assert dead.headers is not None
    assert dead.headers["Allmanning-Dead-Reason"] == "leaf.retention_unknown"
    event = DecisionRecorded.from_binary(dead.data)
    assert event.id == leaf
    await asker.seen(await asker.decide())

    # Whoever adds the class sends the letter again, and the content is there.
    monkeypatch.setattr(writer, "CLASSES", known | {"G77": "Från en senare version."})
    await asker.bus.js.publish(subjects.decision_recorded(AUTHORITY), dead.data)
    async with asyncio.timeout(10):
        while True:
            try:
                found = await asker.get("d", with_content=True)
            except NotFound:
                await asyncio.sleep(0.02)
            else:
                break
    assert found.records[0].parts[0].content == b'"Hej"'


async def test_content_that_an_earlier_release_left_in_the_stream_is_kept_sealed_and_leaves_it(asker, tmp_path):
    decision = await asker.decide()
    leaf = (await asker.seen(decision)).records[0].leaf
    salt, content = bytes(range(32)), '"Får jag elda i Malungsfors?"'.encode()
    event = ContentStored(
        record_id=json.loads(leaf)["id"],
        authority=AUTHORITY,
        parts=[ContentStored.Part(name="earlier", salt=salt, content=content, retention_class="G1")],
    )
    await asker.bus.publish(subjects.content_stored(AUTHORITY), event, message_id="earlier")
    async with asyncio.timeout(10):
        while (await asker.bus.js.stream_info("AUDIT_CONTENT")).state.messages:
            await asyncio.sleep(0.05)
    with closing(sqlite3.connect(tmp_path / "data" / "audit" / "log.db")) as db:
        [[sealed]] = db.execute("SELECT sealed FROM sealed_parts WHERE name = 'earlier'").fetchall()
    assert content not in sealed
    for path in (tmp_path / "nats" / "store").rglob("*.blk"):
        assert b"Malungsfors" not in path.read_bytes()
