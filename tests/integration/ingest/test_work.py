"""The service works through its queue: in turn, past outages, and as the authority says."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence

import pytest

from allmanning.contracts.ingest.v1.ingest_pb import Document, DocumentReceived, Priority, State, SubmitResponse
from allmanning.index.embed.protocol import Vectors
from allmanning.ingest import dispatcher, outage
from allmanning.ingest.registry.database import Database
from allmanning.ingest.registry.registry import Registry
from allmanning.ingest.registry.row import Upload
from allmanning.ingest.submission import identity
from allmanning.runtime import wire
from allmanning.runtime.errors import Internal, InvalidInput, NotFound, Unavailable
from allmanning.runtime.objects import Objects
from tests.integration.ingest.running import AUTHORITY, Ingest, LetterEmbedder
from tests.integration.ingest.test_registry import version

WINTER = "Gatorna plogas när det ligger fem centimeter snö.".encode()


async def eventually(holds: Callable[[], Awaitable[bool]], within_s: float = 60) -> None:
    async with asyncio.timeout(within_s):
        while not await holds():
            await asyncio.sleep(0.05)


def id_of(submitted: SubmitResponse) -> str:
    assert submitted.document
    assert submitted.document.version
    return submitted.document.version.id


class Stubborn(LetterEmbedder):
    """Fails on texts that hold the word; holds the others back while `held`."""

    def __init__(self, error: Exception | None = None, word: str = "gift") -> None:
        super().__init__()
        self.error = error
        self.word = word
        self.seen: list[str] = []
        self.free = asyncio.Event()
        self.free.set()

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.seen += texts
        if self.error and any(self.word in text for text in texts):
            raise self.error
        await self.free.wait()
        return await super().embed_passages(texts)


async def test_one_file_of_an_authority_does_not_wait_for_500_of_another(stopped: Ingest) -> None:
    digest = hashlib.sha256(WINTER).hexdigest()
    await Objects(stopped.bus, "originals").put(digest, WINTER)
    registry = Registry(Database(stopped.settings.database_url))
    await registry.warm_up()
    upload = Upload("a.txt", digest, len(WINTER))
    for number in range(500):
        described = version(1, identity("storstad", "regler", str(number)), "storstad")
        described.media_type = "text/plain"
        await registry.receive(described, upload)
    alone = version(1, identity(AUTHORITY, "regler", "1"), AUTHORITY)
    alone.media_type = "text/plain"
    await registry.receive(alone, upload)
    async with stopped.running():

        async def settled() -> bool:
            return (await stopped.get(alone.id)).state is State.INDEXED

        await eventually(settled)
        before = sum(
            each.documents for each in (await stopped.queue(authority="storstad")).counts if each.state is State.INDEXED
        )
        await stopped.pause(paused=True, authority="storstad")
    await registry.close()
    assert before < 20


async def test_urgent_overtakes_bulk(stopped: Ingest) -> None:
    embedder = Stubborn()
    stopped.embedder = embedder
    embedder.free.clear()
    async with stopped.running():
        for number in range(12):
            await stopped.submit(f"{number}.txt", f"massa {number}".encode(), priority=Priority.BULK)
        urgent = await stopped.submit("snabb.txt", WINTER, priority=Priority.URGENT)
        embedder.free.set()
        await stopped.done(urgent)
        waiting = {each.state: each.documents for each in (await stopped.queue()).counts}
        assert waiting[State.RECEIVED] > 4


async def test_a_paused_queue_stands_still_and_goes_on(ingest: Ingest) -> None:
    await ingest.pause(paused=True)
    submitted = await ingest.submit("a.txt", WINTER)
    other = await ingest.submit("a.txt", WINTER, authority="granne")
    assert other.document
    assert other.document.version

    async def other_settled() -> bool:
        return (await ingest.get(id_of(other), authority="granne")).state is State.INDEXED

    await eventually(other_settled)
    assert (await ingest.get(id_of(submitted))).state is State.RECEIVED
    assert (await ingest.queue()).paused
    await ingest.pause(paused=False)
    assert (await ingest.done(submitted)).state is State.INDEXED


async def test_cancelling_what_waits_and_what_is_worked_on(stopped: Ingest) -> None:
    embedder = Stubborn()
    stopped.embedder = embedder
    async with stopped.running():
        old = await stopped.ingest("a.txt", "Det som gällde förr.".encode())
        assert old.version
        embedder.free.clear()
        running = await stopped.submit("a.txt", WINTER)

        async def embedding() -> bool:
            return any("plogas" in text for text in embedder.seen)

        await eventually(embedding)
        assert [each.version.id for each in (await stopped.queue()).working if each.version] == [old.version.id]
        waiting = [await stopped.submit(f"{number}.txt", f"nummer {number}".encode(), batch="b") for number in range(5)]
        assert await stopped.cancel(document_id=id_of(running)) == 1
        assert await stopped.cancel(document_id=id_of(running)) == 0
        assert await stopped.cancel(batch="b") == 5
        assert {(await stopped.get(id_of(each))).state for each in (running, *waiting)} == {State.CANCELLED}
        embedder.free.set()
        await asyncio.sleep(1.5)
        # What was published before is still found, and no more than that.
        assert await stopped.found("plogas gällde") == ["Det som gällde förr."]
        assert (await stopped.get(old.version.id, old.version.version)).state is State.INDEXED
        assert await stopped.retry(State.CANCELLED) == 6
        assert (await stopped.done(running)).state is State.INDEXED
        assert await stopped.found("plogas") != []


async def test_cancelling_ends_the_reading_of_a_file(stopped: Ingest, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def endless(*_: object) -> None:
        begun.set()
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    monkeypatch.setattr("allmanning.ingest.sandbox.parse_pool.ParsePool.read", endless)
    async with stopped.running():
        submitted = await stopped.submit("a.txt", WINTER)
        await begun.wait()
        await stopped.cancel(document_id=id_of(submitted))
        async with asyncio.timeout(5):
            await ended.wait()


async def test_the_last_failed_try_leaves_a_reason_and_a_dead_letter_and_retry_removes_it(
    stopped: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher, "RETRY_AFTER_S", (0.01, 0.01))
    embedder = Stubborn(Internal("index.broken", "secret details"))
    stopped.embedder = embedder
    dead = await stopped.bus.js.subscribe("dead.>", ordered_consumer=True)
    async with stopped.running():
        failed = await stopped.ingest("a.txt", b"Detta \xc3\xa4r gift.")
        fine = await stopped.ingest("b.txt", WINTER)
        assert (failed.state, failed.code, failed.attempts) == (State.FAILED, "index.broken", 3)
        assert "secret" not in failed.reason
        assert "kör om" in failed.reason
        assert fine.state is State.INDEXED
        letter = await dead.next_msg(timeout=5)
        assert letter.headers
        assert (letter.headers[wire.DEAD_REASON], letter.headers[wire.DEAD_ATTEMPTS]) == ("index.broken", "3")
        assert failed.version
        assert DocumentReceived.from_binary(letter.data).document_id == failed.version.id
        # The comparison with the registry runs every 0.3 s here, and leaves it alone.
        tried = len(embedder.seen)
        await asyncio.sleep(1.2)
        assert len(embedder.seen) == tried
        embedder.error = None
        assert await stopped.retry(State.FAILED) == 1

        async def indexed() -> bool:
            return (await stopped.get(failed.version.id if failed.version else "")).state is State.INDEXED

        await eventually(indexed)


async def test_an_embedder_that_is_away_longer_than_all_tries_fails_nothing(
    stopped: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher, "RETRY_AFTER_S", (0.01, 0.01))
    monkeypatch.setattr(outage, "FIRST_WAIT_S", 0.05)
    monkeypatch.setattr(outage, "LONGEST_WAIT_S", 0.1)
    monkeypatch.setattr(dispatcher, "LOOK_EVERY_S", 0.1)
    tries = 0
    embedder = stopped.embedder

    async def away(_: Sequence[str]) -> Vectors:
        nonlocal tries
        tries += 1
        raise Unavailable("embedder.unavailable", "away")

    embedder.embed_passages = away  # type: ignore[method-assign]
    async with stopped.running():
        submitted = [await stopped.submit(f"{number}.txt", f"nummer {number}".encode()) for number in range(6)]

        async def tried_often() -> bool:
            return tries > 6 * 3

        await eventually(tried_often)
        assert {(await stopped.get(id_of(each))).state for each in submitted} == {State.RECEIVED}
        del embedder.embed_passages  # type: ignore[misc]
        assert {(await stopped.done(each)).state for each in submitted} == {State.INDEXED}


async def test_a_document_that_alone_brings_the_embedder_down_is_given_up(
    stopped: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher, "RETRY_AFTER_S", (0.01, 0.01))
    monkeypatch.setattr(outage, "FIRST_WAIT_S", 0.01)
    stopped.embedder = Stubborn(Unavailable("embedder.unavailable", "away"))
    async with stopped.running():
        poison = await stopped.submit("gift.txt", b"Detta \xc3\xa4r gift.")
        number = 0
        async with asyncio.timeout(60):
            while (await stopped.get(id_of(poison))).state is State.RECEIVED:
                number += 1
                assert (await stopped.ingest(f"{number}.txt", f"nummer {number}".encode())).state is State.INDEXED
        assert (await stopped.get(id_of(poison))).state is State.FAILED


async def test_a_release_that_fails_everything_stops(stopped: Ingest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatcher, "RETRY_AFTER_S", ())
    monkeypatch.setattr(dispatcher, "GIVEN_UP_IN_A_ROW", 3)
    stopped.embedder = Stubborn(Internal("index.broken", "…"), word="")

    async def fail_all() -> None:
        async with stopped.running():
            for number in range(9):
                await stopped.submit(f"{number}.txt", f"nummer {number}".encode())
            await asyncio.sleep(5)

    with pytest.raises(dispatcher.DispatcherStopped):
        await fail_all()


async def test_what_can_not_be_run_again_or_is_not_there_is_refused(ingest: Ingest) -> None:
    with pytest.raises(InvalidInput, match=r"retry\.state_invalid"):
        await ingest.retry(State.INDEXED)
    with pytest.raises(NotFound, match=r"document\.not_found"):
        await ingest.retry(document_id="nobody")
    with pytest.raises(NotFound, match=r"document\.not_found"):
        await ingest.cancel(document_id="nobody")
    with pytest.raises(InvalidInput, match=r"cancel\.nothing_named"):
        await ingest.cancel()


async def test_the_queue_tells_counts_and_pace_of_a_batch(ingest: Ingest) -> None:
    submitted = [await ingest.submit(f"{n}.txt", f"nummer {n}".encode(), batch="b") for n in range(4)]
    await ingest.submit("annan.txt", WINTER)
    done: list[Document] = [await ingest.done(each) for each in submitted]
    await asyncio.sleep(0.5)
    queue = await ingest.queue("b")
    assert [(each.state, each.documents, each.passages) for each in queue.counts] == [(State.INDEXED, 4, 4)]
    assert (queue.settled_per_minute, queue.seconds_left, queue.paused) == (4, 0, False)
    assert {each.batch for each in done} == {"b"}
    assert (await ingest.queue(authority="granne")).counts == []
