"""A record is durable when `record` returns, and an outage neither lets one through nor leaves a gap."""

from __future__ import annotations

import asyncio
import itertools
import json

import pytest

from allmanning.contracts.audit.v1.audit_pb import ContentStored, DecisionRecorded
from allmanning.runtime import streams
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import NotFound, TooLarge, Unavailable
from allmanning.runtime.objects import Objects
from allmanning.runtime.record import Content, Recorder, commitment, digest
from tests.conftest import Nats


async def leaves(bus: Bus) -> list[bytes]:
    found = []
    state = (await bus.js.stream_info("AUDIT_LEAVES")).state
    for sequence in range(max(state.first_seq, 1), state.last_seq + 1):
        message = await bus.js.get_msg("AUDIT_LEAVES", sequence)
        found.append(DecisionRecorded.from_binary(message.data or b"").leaf)
    return found


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
    [part] = ContentStored.from_binary(message.data or b"").parts
    assert commitment(part.salt, part.content) == skeleton["parts"]["question"]["c"]
    assert json.loads(part.content) == {"text": "Får jag bygga altan?"}


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
