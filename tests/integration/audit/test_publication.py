"""A log that others follow and witness, over HTTP."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator

import httpx
import pytest

from allmanning.audit.log.checkpoint import Checkpoint
from allmanning.audit.log.keys import Keys
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.note import Note, VerifierKey
from allmanning.audit.log.succession import opened_by, sealed_by
from allmanning.audit.log.tree import leaf_hash, root_of
from allmanning.audit.verify import verify
from allmanning.audit.witness.request import AddCheckpoint
from allmanning.contracts.audit.v1.audit_pb import (
    CheckpointRequest,
    CheckpointResponse,
    ExportRequest,
    ExportResponse,
    ProveRequest,
    ProveResponse,
)
from allmanning.runtime import subjects
from allmanning.runtime.objects import Objects
from tests.integration.audit.asker import AUTHORITY
from tests.integration.audit.public import (
    ORIGIN,
    PERIOD,
    Gate,
    Neighbour,
    caught_up,
    gateway,
    leave,
    running,
    start_neighbour,
    until,
    witnessed,
)


@pytest.fixture
async def neighbour(tmp_path) -> AsyncIterator[Neighbour]:
    neighbour = await start_neighbour(tmp_path / "neighbour")
    yield neighbour
    await neighbour.stop()


@pytest.fixture
async def gate(nats, bus, tmp_path) -> AsyncIterator[Gate]:  # noqa: ARG001 -- the bus declares the streams
    async with gateway(nats, tmp_path / "data") as gate:
        yield gate


@pytest.fixture
def policy(tmp_path, neighbour):
    path = tmp_path / "policy"
    path.write_text(f"witness grannby {neighbour.vkeys[0]} {neighbour.url}\nquorum grannby\n")
    return path


async def test_anybody_can_follow_a_log_and_rebuild_it(bus, tmp_path, gate):
    async with running(bus, tmp_path) as asker:
        follower = None
        for count, size in ((3, 3), (255, 258), (1, 259)):
            await leave(asker, count)
            await caught_up(gate, size)
            if follower is None:
                [log] = await gate.logs()
                [vkey] = log["vkeys"]
                follower = gate.follower(vkey)
            assert await asyncio.to_thread(follower.follow) == size
        assert all(b'"tenant":"exempelby"' in entry for entry in follower.entries)


async def test_tiles_are_kept_for_ever_and_checkpoints_are_not(bus, tmp_path, gate):
    async with running(bus, tmp_path) as asker:
        await leave(asker, 300)
        await caught_up(gate, 300)
        async with gate.client() as client:
            place = f"/log/{AUTHORITY}/{PERIOD}"
            checkpoint = await client.get(f"{place}/checkpoint")
            assert checkpoint.headers["cache-control"] == "no-store"
            assert checkpoint.headers["content-type"] == "text/plain; charset=utf-8"
            tile = await client.get(f"{place}/tile/0/000")
            assert (len(tile.content), tile.headers["content-type"]) == (8192, "application/octet-stream")
            assert "immutable" in tile.headers["cache-control"]
            entries = await client.get(f"{place}/tile/entries/000", headers={"Accept-Encoding": "identity"})
            assert "content-encoding" not in entries.headers
            squeezed = await client.get(f"{place}/tile/entries/000", headers={"Accept-Encoding": "gzip"})
            assert squeezed.headers["content-encoding"] == "gzip"
            assert squeezed.content == entries.content
            assert len(gzip.compress(entries.content)) < len(entries.content)


async def test_a_client_with_a_checkpoint_between_two_published_ones_gets_its_tiles(bus, tmp_path, gate):
    async with running(bus, tmp_path) as asker:
        await leave(asker, 300)
        await caught_up(gate, 300)
        async with gate.client() as client:
            place = f"/log/{AUTHORITY}/{PERIOD}/tile"
            full = (await client.get(f"{place}/0/000")).content
            assert (await client.get(f"{place}/0/000.p/17")).content == full[: 17 * 32]
            assert len((await client.get(f"{place}/0/001.p/30")).content) == 30 * 32
            assert (await client.get(f"{place}/0/001.p/45")).status_code == 404
            bundle = (await client.get(f"{place}/entries/000")).content
            part = (await client.get(f"{place}/entries/000.p/2")).content
            first = int.from_bytes(bundle[:2], "big")
            second = int.from_bytes(bundle[2 + first : 4 + first], "big")
            assert part == bundle[: 4 + first + second]


@pytest.mark.parametrize(
    "name",
    [
        "tile/0/999",
        "tile/64/000",
        "tile/0/000.p/0",
        "tile/0/000.p/257",
        "tile/0/../checkpoint",
        "tile/0/..%2f..%2fcheckpoint",
        "tile/.checkpoint.new",
        "tile/entries/0",
        "elsewhere",
    ],
)
async def test_there_is_nothing_but_the_logs_files(bus, tmp_path, gate, name):
    async with running(bus, tmp_path) as asker:
        await leave(asker, 3)
        await caught_up(gate, 3)
        async with gate.client() as client:
            assert (await client.get(f"/log/{AUTHORITY}/{PERIOD}/{name}")).status_code == 404


@pytest.mark.parametrize("place", ["annanby/2026h2", "EXEMPELBY/2026h2", "exempelby/2026", "..%2f/2026h2"])
async def test_a_log_that_is_not_there_is_not_found(gate, place):
    async with gate.client() as client:
        assert (await client.get(f"/log/{place}/checkpoint")).status_code in (400, 404, 422)


async def test_a_log_is_witnessed_as_it_grows(bus, tmp_path, gate, neighbour, policy):
    neighbour.state.trust(str(Keys(tmp_path / "data" / "audit" / "keys").ensure(ORIGIN).verifier))
    async with running(bus, tmp_path, witness_policy=policy) as asker:
        for count in (3, 5):
            await leave(asker, count)
            await caught_up(gate, count)
            await witnessed(gate)
        [log] = await gate.logs()
        assert log["witnesses"] == [
            {"name": "grannby", "size": 8, "behind": False, "problem": "", "since": ""},
        ]
        answer = await bus.call(subjects.AUDIT_CHECKPOINT, CheckpointRequest(authority=AUTHORITY), CheckpointResponse)
        assert (answer.size, answer.witnessed_size, answer.lag_s, answer.witnesses_behind) == (8, 8, 0, [])
        note = Note.parse(answer.witnessed_note)
        assert note.signers([VerifierKey.parse(answer.vkey)])
        assert [each.name for each in note.signatures] == [ORIGIN, "vittne.grannby.example"]
        vkey, *_ = log["vkeys"]
        assert await asyncio.to_thread(gate.follower(vkey).follow) == 8


async def test_a_log_goes_on_while_its_witness_is_away_and_says_who_is_behind(bus, tmp_path, gate, neighbour, policy):
    neighbour.state.trust(str(Keys(tmp_path / "data" / "audit" / "keys").ensure(ORIGIN).verifier))
    async with running(bus, tmp_path, witness_policy=policy) as asker:
        await leave(asker, 3)
        await caught_up(gate, 3)
        await witnessed(gate)
        await neighbour.stop()
        await leave(asker, 4)
        await caught_up(gate, 7)
        [log] = await gate.logs()
        [witness] = log["witnesses"]
        assert (log["size"], log["witnessed_size"]) == (7, 3)
        assert (witness["behind"], witness["problem"]) == (True, "unreachable")
        assert witness["since"]
        answer = await bus.call(subjects.AUDIT_CHECKPOINT, CheckpointRequest(authority=AUTHORITY), CheckpointResponse)
        assert answer.witnesses_behind == ["grannby"]
        assert answer.lag_s > 0
        back = await start_neighbour(neighbour.folder, int(neighbour.url.rpartition(":")[2]))
        await witnessed(gate)
        await back.stop()


async def test_a_forked_log_is_caught_by_a_witness_in_another_process_and_recorded(
    bus, tmp_path, gate, neighbour, policy
):
    key = Keys(tmp_path / "data" / "audit" / "keys").ensure(ORIGIN)
    neighbour.state.trust(str(key.verifier))
    # Whoever holds the key has shown the neighbour another history.
    other = Checkpoint(ORIGIN, 1, root_of([leaf_hash(b"annan historia")])).sign(key)
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"{neighbour.url}/add-checkpoint", content=bytes(AddCheckpoint(0, [], other)))
        assert answer.status_code == 200
    async with running(bus, tmp_path, witness_policy=policy) as asker:
        await leave(asker, 3)
        await caught_up(gate, 4)
        [log] = await gate.logs()
        assert log["witnesses"][0]["problem"] == "conflict"
        follower = gate.follower(str(key.verifier))
        await asyncio.to_thread(follower.follow)
        [alarm] = [leaf for entry in follower.entries if (leaf := json.loads(entry))["type"].endswith("conflict.v1")]
        assert alarm["type"] == "se.audit.witness.conflict.v1"
        assert alarm["witness"] == {"name": "grannby", "vkey": neighbour.vkeys[0], "status": 422, "seen": 1}
        assert alarm["log"]["origin"] == ORIGIN
    [evidence, *_] = neighbour.state.refused(ORIGIN)
    assert Checkpoint.open(evidence, key.verifier).root != Checkpoint.open(other, key.verifier).root


async def test_an_administrator_ends_a_log_whose_key_is_known_to_others(bus, tmp_path, gate):
    async with running(bus, tmp_path, log_ml_dsa=True) as asker:
        await leave(asker, 3)
        await caught_up(gate, 3)
        sealing = {"reason": "key_compromised", "text": "Nyckeln låg i en säkerhetskopia som kom på avvägar."}
        async with gate.client("auditor") as auditor:
            assert (await auditor.post("/v1/log/seal", json=sealing)).status_code == 403
        async with gate.client("admin") as admin:
            assert (await admin.post("/v1/log/seal", json=sealing | {"text": ""})).status_code == 400
            assert (await admin.post("/v1/log/seal", json=sealing | {"period": "1999h1"})).status_code == 404
            answer = await admin.post("/v1/log/seal", json=sealing)
        assert answer.status_code == 200, answer.text
        sealed = answer.json()
        assert (sealed["origin"], sealed["next_origin"]) == (ORIGIN, f"{ORIGIN}b")
        await leave(asker, 2)
        await caught_up(gate, 3, f"{PERIOD}b")
        await caught_up(gate, 4)
        first, second = await gate.logs()
        assert (first["sealed"], first["next_origin"], second["sealed"]) == (True, second["origin"], False)
        assert (first["size"], second["size"]) == (4, 3)
        assert second["vkeys"] == sealed["next_vkeys"]
        assert len(second["vkeys"]) == 2
        old, new = gate.follower(first["vkeys"][0]), gate.follower(second["vkeys"][0], f"{PERIOD}b")
        await asyncio.to_thread(old.follow)
        await asyncio.to_thread(new.follow)
        told = sealed_by(Leaf.parse(old.entries[-1]))
        assert told is not None
        assert list(told.next_vkeys) == second["vkeys"]
        began = opened_by(Leaf.parse(new.entries[0]))
        assert began is not None
        assert began.previous == Checkpoint.open(first["checkpoint"], VerifierKey.parse(first["vkeys"][0]))
        assert b"nyckeln" not in old.entries[-1].lower().replace(b"vkey", b"")


async def test_what_was_handed_over_and_witnessed_is_verified_from_a_bundle(bus, tmp_path, gate, neighbour, policy):
    keys = Keys(tmp_path / "data" / "audit" / "keys")
    for origin in (ORIGIN, f"{ORIGIN}b"):
        neighbour.state.trust(str(keys.ensure(origin).verifier))
    async with running(bus, tmp_path, witness_policy=policy) as asker:
        await leave(asker, 3)
        await caught_up(gate, 3)
        async with gate.client("admin") as admin:
            sealing = {"reason": "key_rotation", "text": "Årligt nyckelbyte."}
            assert (await admin.post("/v1/log/seal", json=sealing)).status_code == 200
        # Its own time's log is sealed: it comes too late and goes to the next.
        late = await asker.decide()
        await asker.seen(late)
        await caught_up(gate, 2, f"{PERIOD}b")

        async def seen() -> bool:
            return all(each["witnessed_size"] == each["size"] for each in await gate.logs())

        await until(seen)
        _, newest = await gate.logs()
        answer = await bus.call(subjects.AUDIT_EXPORT, ExportRequest(authority=AUTHORITY), ExportResponse)
        bundle = await Objects(bus, "exports").get(answer.object)
        receipt = await bus.call(
            subjects.AUDIT_PROVE, ProveRequest(authority=AUTHORITY, decision_id=late), ProveResponse
        )
        for file in (bundle, receipt.receipt):
            report = verify(file, vkey=newest["vkeys"][0], policy=policy.read_text())
            assert report.ok, [each for each in report.checks if not each.ok]


async def test_an_asker_can_not_see_how_the_logs_stand(bus, tmp_path, gate):
    async with running(bus, tmp_path), gate.client() as nobody:
        assert (await nobody.get("/v1/log")).status_code == 401


async def test_a_policy_that_can_not_be_read_stops_the_start(bus, tmp_path):
    path = tmp_path / "policy"
    path.write_text("quorum nobody\n")
    with pytest.raises(Exception, match=r"witness\.policy"):
        async with running(bus, tmp_path, witness_policy=path):
            pass
