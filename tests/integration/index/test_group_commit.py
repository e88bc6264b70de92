"""Writes that come together share a flush, and each is answered for itself."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from allmanning.index.store.edge import EdgeStore
from allmanning.runtime.errors import Conflict
from tests.contract.index.passages import DIMENSION, asking, document, indexed


class Counting:
    """A shard that counts its flushes, and fails at them when told to."""

    def __init__(self, store: EdgeStore) -> None:
        self._shard = store.edge._opened
        self.flushes = 0
        self.full = False
        store.edge._opened = self  # type: ignore[assignment]

    def flush(self) -> None:
        if self.full:
            raise OSError("no space left on device")
        self.flushes += 1
        assert self._shard
        self._shard.flush()

    def __getattr__(self, name: str) -> object:
        return getattr(self._shard, name)


@pytest.fixture
async def store(tmp_path: Path) -> EdgeStore:
    opened = EdgeStore(tmp_path, "one", DIMENSION)
    await opened.warm_up()
    return opened


async def staged(store: EdgeStore, *names: str, version: str = "v1") -> None:
    for name in names:
        await store.stage(indexed(document(name, version), [f"{name} {version}", "Text"]))


async def found(store: EdgeStore) -> set[str]:
    answer = await store.search(asking("text", limit=100))
    return {each.passage.text for each in answer.passages if each.passage and each.passage.text != "Text"}


async def test_versions_published_together_are_flushed_once(store: EdgeStore) -> None:
    shard = Counting(store)
    await staged(store, "a", "b", "c")
    assert shard.flushes == 0
    await asyncio.gather(*(store.publish("soltuna", name, "v1") for name in "abc"))
    assert shard.flushes == 1
    assert await found(store) == {"a v1", "b v1", "c v1"}
    await asyncio.gather(store.retire("soltuna", "a"), store.retire("soltuna", "b"))
    assert shard.flushes == 2
    await store.close()


async def test_of_two_versions_of_a_document_published_together_one_is_refused_and_one_stands(store: EdgeStore) -> None:
    await staged(store, "a")
    await staged(store, "a", version="v2")
    await staged(store, "b")
    published = (store.publish("soltuna", "a", "v1"), store.publish("soltuna", "a", "v2"))
    answers = await asyncio.gather(*published, store.publish("soltuna", "b", "v1"), return_exceptions=True)
    assert answers[0] is answers[2] is None
    assert isinstance(answers[1], Conflict)
    assert await found(store) == {"a v1", "b v1"}
    await store.close()


async def test_what_could_not_be_flushed_is_acknowledged_to_nobody_and_the_next_commit_is_tried(
    store: EdgeStore,
) -> None:
    shard = Counting(store)
    await staged(store, "a", "b")
    shard.full = True
    answers = await asyncio.gather(*(store.publish("soltuna", name, "v1") for name in "ab"), return_exceptions=True)
    assert [type(answer) for answer in answers] == [OSError, OSError]
    shard.full = False
    await store.retire("soltuna", "a")
    assert await found(store) == {"b v1"}
    await store.close()


async def test_a_writer_that_leaves_does_not_stop_the_others(store: EdgeStore) -> None:
    await staged(store, "a", "b")
    leaving = asyncio.create_task(store.publish("soltuna", "a", "v1"))
    staying = asyncio.create_task(store.publish("soltuna", "b", "v1"))
    await asyncio.sleep(0)
    leaving.cancel()
    await staying
    assert await found(store) == {"a v1", "b v1"}
    await store.close()
