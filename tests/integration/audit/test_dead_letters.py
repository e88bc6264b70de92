"""What can't be part of the log is a dead letter, and the log goes on."""

from __future__ import annotations

import asyncio
import json

import pytest

from allmanning.contracts.audit.v1.audit_pb import DecisionRecorded
from allmanning.runtime import record, subjects
from allmanning.runtime.identity import uuid7
from tests.integration.audit.asker import AUTHORITY
from tests.integration.audit.test_service import checkpoint


async def test_what_is_no_leaf_becomes_a_dead_letter_and_the_log_goes_on(asker):
    await asker.record("question.received", "d")
    event = DecisionRecorded(id=uuid7(), authority=AUTHORITY, decision_id="d", leaf=b'{"b":1,"a":2}')
    await asker.bus.publish(subjects.decision_recorded(AUTHORITY), event, message_id="bad-1")
    await asker.bus.js.publish(subjects.decision_recorded(AUTHORITY), b"\xff\xff\xff")
    decision = await asker.decide()
    await asker.seen(decision)
    async with asyncio.timeout(10):
        while True:
            info = await asker.bus.js.stream_info("DEAD")
            if info.state.messages == 2:
                break
            await asyncio.sleep(0.02)
    dead = await asker.bus.js.get_msg("DEAD", 1)
    assert dead.headers is not None
    assert dead.headers["Allmanning-Dead-Reason"] == "leaf.not_canonical"
    assert DecisionRecorded.from_binary(dead.data) == event
    assert (await checkpoint(asker)).size == 4


async def test_of_records_that_share_a_message_only_the_one_that_is_no_leaf_stays_out_of_the_log(asker):
    decision = await asker.decide()
    known = DecisionRecorded.from_binary((await asker.bus.js.get_msg("AUDIT_LEAVES", 1)).data)
    leaf = json.loads(known.leaf) | {"id": uuid7()}
    good = DecisionRecorded(id=leaf["id"], authority=AUTHORITY, decision_id=decision, leaf=record.canonical(leaf))
    event = DecisionRecorded(id=uuid7(), authority=AUTHORITY, decision_id="d", leaf=b'{"b":1,"a":2}', more=[good])
    await asker.bus.publish(subjects.decision_recorded(AUTHORITY), event, message_id="bad-2")
    async with asyncio.timeout(10):
        while not (await asker.bus.js.stream_info("DEAD")).state.messages:
            await asyncio.sleep(0.02)
    dead = await asker.bus.js.get_msg("DEAD", 1)
    assert DecisionRecorded.from_binary(dead.data) == event
    assert leaf["id"] in [each.id for each in (await asker.get(decision)).records]
    await asker.seen(await asker.decide())


async def test_a_leaf_too_large_for_the_log_is_a_dead_letter_and_the_log_goes_on(asker):
    large = record.canonical({"v": 1, "x": "a" * record.MAX_LEAF_BYTES})
    event = DecisionRecorded(id=uuid7(), authority=AUTHORITY, decision_id="d", leaf=large)
    await asker.bus.publish(subjects.decision_recorded(AUTHORITY), event, message_id="large-1")
    async with asyncio.timeout(10):
        while not (await asker.bus.js.stream_info("DEAD")).state.messages:
            await asyncio.sleep(0.02)
    dead = await asker.bus.js.get_msg("DEAD", 1)
    assert dead.headers is not None
    assert dead.headers["Allmanning-Dead-Reason"] == "leaf.too_large"
    await asker.seen(await asker.decide())
    assert (await checkpoint(asker)).size == 3
    # A producer does not send one, and its next record has the next number.
    with pytest.raises(ValueError, match="content belongs in parts"):
        await asker.record("question.received", "d", x="a" * record.MAX_LEAF_BYTES)
    await asker.seen(await asker.decide())


async def test_a_forged_record_of_the_audit_service_is_a_dead_letter_and_changes_nothing(asker, caplog):
    forged = {"deployment": {"use_cases": ["allmän fråga"], "channels": ["medborgare"], "valid_from": "2026-01-01"}}
    for kind in ("deployment.proposed", "deployment.approved"):
        await asker.recorder.record(kind, authority=AUTHORITY, decision_id="d", fields=forged)
    async with asyncio.timeout(10):
        while (await asker.bus.js.stream_info("DEAD")).state.messages < 2:
            await asyncio.sleep(0.02)
    dead = await asker.bus.js.get_msg("DEAD", 1)
    assert dead.headers is not None
    assert dead.headers["Allmanning-Dead-Reason"] == "leaf.type_forbidden"
    assert "came from elsewhere: deployment.proposed" in caplog.text
    assert (await asker.gate()).rule_id == "SPÄRR-IBRUKTAGANDE"
    await asker.seen(await asker.decide())
    assert (await checkpoint(asker)).size == 3
