"""A record is durable when `record` returns, and an outage neither lets one through nor leaves a gap."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from allmanning.contracts.audit.v1.audit_pb import ContentStored, DecisionRecorded
from allmanning.runtime import streams
from allmanning.runtime.bus import Bus
from allmanning.runtime.dispatch import SHARED_BYTES, contents_of, leaves_of
from allmanning.runtime.errors import NotFound, TooLarge, Unavailable
from allmanning.runtime.objects import Objects
from allmanning.runtime.record import Content, Recorder, commitment, digest
from allmanning.runtime.run import Service
from allmanning.runtime.sealing import SealBroken, open_content
from tests.conftest import Nats
from tests.sealed import PRIVATE, sealing_endpoint
from tests.serving import Serving


async def leaves(bus: Bus) -> list[bytes]:
    found = []
    state = (await bus.js.stream_info("AUDIT_LEAVES")).state
    for sequence in range(max(state.first_seq, 1), state.last_seq + 1):
        message = await bus.js.get_msg("AUDIT_LEAVES", sequence)
        found += [each.leaf for each in leaves_of(DecisionRecorded.from_binary(message.data or b""))]
    return found


@pytest.fixture
async def audit(bus: Bus) -> AsyncIterator[None]:
    """Somebody who says what to seal with."""
    async with Serving(bus, "audit", Service(endpoints=[sealing_endpoint()])):
        yield


@pytest.mark.usefixtures("audit")
async def test_leaf_and_content_are_stored_and_the_commitment_opens(bus: Bus) -> None:
    recorder = Recorder(bus, "generate")
    await recorder.record(
        "question.received",
        authority="exempelby",
        decision_id="d1",
        fields={"channel": "citizen"},
        parts={"question": Content({"text": "Får jag bygga altan?"}, "G1")},
    )
    [leaf] = await leaves(bus)
    skeleton = json.loads(leaf)
    assert skeleton["type"] == "se.audit.question.received.v1"
    assert "altan" not in leaf.decode()
    message = await bus.js.get_msg("AUDIT_CONTENT", 1)
    assert b"altan" not in (message.data or b"")
    [part] = open_content(PRIVATE, ContentStored.from_binary(message.data or b""))
    assert commitment(part.salt, part.content) == skeleton["parts"]["question"]["c"]
    assert json.loads(part.content) == {"text": "Får jag bygga altan?"}


@pytest.mark.usefixtures("audit")
async def test_nobody_but_the_audit_service_can_open_content_and_it_opens_for_its_own_record_only(bus: Bus) -> None:
    recorder = Recorder(bus, "generate")
    parts = {"question": Content("hemligt", "G1"), "actor": Content("k1", "B")}
    for decision in ("1", "2"):
        await recorder.record("x", authority="a", decision_id=decision, parts=parts)
    first, second = [
        ContentStored.from_binary((await bus.js.get_msg("AUDIT_CONTENT", number)).data or b"") for number in (1, 2)
    ]
    assert [part.content for part in open_content(PRIVATE, first)] == [b'"hemligt"', b'"k1"']
    with pytest.raises(SealBroken):
        open_content(X25519PrivateKey.generate(), first)
    moved = ContentStored.from_binary(first.to_binary())
    moved.parts[0].sealed = second.parts[0].sealed
    with pytest.raises(SealBroken):
        open_content(PRIVATE, moved)
    for change in ({"record_id": second.record_id}, {"authority": "b"}, {"sealing_key": "a/2026-11-26"}):
        wrong = ContentStored.from_binary(first.to_binary())
        for name, value in change.items():
            setattr(wrong, name, value)
        with pytest.raises(SealBroken):
            open_content(PRIVATE, wrong)
    for name in ("name", "retention_class"):
        wrong = ContentStored.from_binary(first.to_binary())
        setattr(wrong.parts[0], name, "B" if name == "retention_class" else "answer")
        with pytest.raises(SealBroken):
            open_content(PRIVATE, wrong)


@pytest.mark.usefixtures("audit")
async def test_records_of_some_minutes_share_a_key_that_only_the_audit_service_opens(bus: Bus, monkeypatch) -> None:
    recorder = Recorder(bus, "generate")
    parts = {"question": Content("hemligt")}
    for decision in ("1", "2"):
        await recorder.record("x", authority="a", decision_id=decision, parts=parts)
    monkeypatch.setattr("allmanning.runtime.sealing_keys.RENEW_AFTER_S", 0)
    await Recorder(bus, "generate").record("x", authority="a", decision_id="3", parts=parts)
    messages = [await bus.js.get_msg("AUDIT_CONTENT", number) for number in (1, 2, 3)]
    first, second, third = [ContentStored.from_binary(message.data or b"") for message in messages]
    assert first.producer_key == second.producer_key != third.producer_key
    assert first.wrapped_keys != second.wrapped_keys


async def test_without_a_key_to_seal_with_nothing_leaves(bus: Bus) -> None:
    recorder = Recorder(bus, "generate")
    with pytest.raises(Unavailable, match=r"audit\.unavailable"):
        await recorder.record("x", authority="a", decision_id="1", parts={"question": Content("hemligt")})
    for stream in ("AUDIT_LEAVES", "AUDIT_CONTENT"):
        assert (await bus.js.stream_info(stream)).state.messages == 0
    await recorder.record("x", authority="a", decision_id="2")
    assert [json.loads(leaf)["src"]["pseq"] for leaf in await leaves(bus)] == [1]


async def test_an_unknown_retention_class_is_a_mistake_of_the_producer(bus: Bus) -> None:
    with pytest.raises(ValueError, match="G77"):
        await Recorder(bus, "generate").record("x", authority="a", decision_id="1", parts={"q": Content("a", "G77")})


async def test_each_leaf_names_the_one_before_it_by_number_and_hash(bus: Bus) -> None:
    recorder = Recorder(bus, "generate")
    await asyncio.gather(*(recorder.record("x", authority="a", decision_id=str(n)) for n in range(20)))
    await recorder.record("x", authority="b", decision_id="other")
    stored = sorted(
        ((json.loads(leaf)["src"], leaf) for leaf in await leaves(bus) if json.loads(leaf)["tenant"] == "a"),
        key=lambda pair: pair[0]["pseq"],
    )
    assert [src["pseq"] for src, _ in stored] == list(range(1, 21))
    for (_, previous), (src, _) in itertools.pairwise(stored):
        assert src["pprev"] == digest(previous)


@pytest.mark.usefixtures("audit")
async def test_records_left_at_the_same_time_share_a_message_as_long_as_it_can_hold_them(bus: Bus) -> None:
    recorder = Recorder(bus, "generate")
    large = "x" * (SHARED_BYTES // 4)

    async def left(number: int) -> str:
        parts = {"draft": Content(f"{number} {large}")}
        return await recorder.record("x", authority="a", decision_id=str(number), parts=parts)

    await left(0)
    ids = await asyncio.gather(*(left(number) for number in range(1, 7)))
    state = (await bus.js.stream_info("AUDIT_CONTENT")).state
    assert state.messages == 1 + 2
    messages = [await bus.js.get_msg("AUDIT_CONTENT", number) for number in range(2, 4)]
    stored = [each for one in messages for each in contents_of(ContentStored.from_binary(one.data or b""))]
    assert [each.record_id for each in stored if isinstance(each, ContentStored)] == ids
    for number, each in enumerate(stored, 1):
        assert isinstance(each, ContentStored)
        [part] = open_content(PRIVATE, each)
        assert json.loads(part.content).startswith(f"{number} ")
    assert [json.loads(leaf)["id"] for leaf in await leaves(bus)][1:] == ids


async def test_a_record_is_left_although_whoever_leaves_it_is_cancelled(bus: Bus) -> None:
    recorder = Recorder(bus, "generate")
    leaving = asyncio.create_task(recorder.record("x", authority="a", decision_id="1"))
    await asyncio.sleep(0)
    leaving.cancel()
    await recorder.record("x", authority="a", decision_id="2")
    assert [json.loads(leaf)["decision"] for leaf in await leaves(bus)] == ["1", "2"]


async def test_nobody_can_delete_a_leaf(bus: Bus) -> None:
    await Recorder(bus, "generate").record("x", authority="a", decision_id="d")
    with pytest.raises(Exception, match=r"(?i)not permitted|delete"):
        await bus.js.delete_msg("AUDIT_LEAVES", 1)
    with pytest.raises(Exception, match=r"(?i)not permitted|purge"):
        await bus.js.purge_stream("AUDIT_LEAVES")


async def test_without_its_stream_nothing_is_recorded_and_later_nothing_is_missing(bus: Bus) -> None:
    recorder = Recorder(bus, "generate")
    await recorder.record("x", authority="a", decision_id="1")
    await bus.js.delete_stream("AUDIT_LEAVES")
    with pytest.raises(Unavailable) as down:
        await recorder.record("x", authority="a", decision_id="2")
    assert down.value.code == "audit.unavailable"
    with pytest.raises(Unavailable):
        await recorder.record("x", authority="a", decision_id="3")
    await streams.apply(bus.js)
    async with asyncio.timeout(10):
        while not await leaves(bus):
            await asyncio.sleep(0.05)
    await asyncio.sleep(0.05)
    await recorder.record("x", authority="a", decision_id="4")
    counters = [(json.loads(leaf)["decision"], json.loads(leaf)["src"]["pseq"]) for leaf in await leaves(bus)]
    assert counters == [("2", 2), ("4", 3)]


async def test_a_record_too_large_to_send_is_refused_and_blocks_nothing(bus: Bus) -> None:
    recorder = Recorder(bus, "generate")
    with pytest.raises(TooLarge):
        await recorder.record("x", authority="a", decision_id="1", parts={"draft": Content("å" * 600_000)})
    await recorder.record("x", authority="a", decision_id="2")
    assert [json.loads(leaf)["src"]["pseq"] for leaf in await leaves(bus)] == [1]


@pytest.mark.usefixtures("bus")
async def test_objects_are_kept_replaced_and_forgotten(nats: Nats) -> None:
    ingest = await Bus.connect(nats.settings("ingest"), name="ingest")
    try:
        originals = Objects(ingest, "originals")
        await originals.put("a", b"x" * 3_000_000)
        assert await originals.get("a") == b"x" * 3_000_000
        await originals.put("a", b"new")
        assert (await originals.get("a"), await originals.exists("a")) == (b"new", True)
        await originals.delete("a")
        assert not await originals.exists("a")
        with pytest.raises(NotFound):
            await originals.get("a")
        await originals.put("empty", b"")
        assert await originals.get("empty") == b""
    finally:
        await ingest.close()
