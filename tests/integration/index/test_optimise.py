"""The index is optimised on a copy: a search finds the same as before, and what is written meanwhile is not lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from allmanning.contracts.index.v1.index_pb import IndexedPassage
from allmanning.contracts.passage.v1.passage_pb import Passage
from allmanning.index.condition import AtLeast, Condition, Equals, Every, Not, OneOf
from allmanning.index.store.about import About
from allmanning.index.store.edge import EdgeStore
from allmanning.index.store.engine import Lookup
from allmanning.index.store.optimiser import OptimiseError
from allmanning.index.store.reindexing import ReindexingStore
from allmanning.index.store.root import IndexRoot
from allmanning.index.upkeep import Upkeep
from tests.contract.index.passages import DIMENSION, MODEL, asking, document, indexed
from tests.integration.index.models import HashEmbedder

MANY, WIDE = 3_000, 128
COLLECTIONS = ("webb", "protokoll", "beslut")
ACTIVE = Equals("active", 1)
# With the share of the passages that each leaves.
FILTERS: dict[str, Condition] = {
    "all": ACTIVE,
    "half": Every((ACTIVE, Equals("shared", 1))),
    "two collections": Every((ACTIVE, OneOf("collection", ("webb", "beslut")))),
    "few": Every((ACTIVE, Equals("document", "d7"))),
    "but one collection, of late": Every((ACTIVE, Not(Equals("collection", "webb")), AtLeast("valid_from", 20250101))),
}


def clustered(count: int, seed: int) -> np.ndarray:
    """Unit vectors in 40 clusters, as texts of 40 subjects have them."""
    chance = np.random.default_rng(seed)
    centres = np.random.default_rng(1).standard_normal((40, WIDE))
    rows = centres[chance.integers(0, 40, count)] + 0.8 * chance.standard_normal((count, WIDE))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype("<f4")


def matches(name: str, number: int) -> bool:
    of = number % 30
    return {
        "all": True,
        "half": of % 2 == 0,
        "two collections": COLLECTIONS[of % 3] != "protokoll",
        "few": of == 7,
        "but one collection, of late": COLLECTIONS[of % 3] != "webb" and of >= 15,
    }[name]


@pytest.fixture
async def large(memory: Path) -> AsyncIterator[ReindexingStore]:
    """An index of 3,000 passages in 30 documents; the text of each is its number."""
    root = IndexRoot(memory)
    root.open()
    store = ReindexingStore(root, About("one", MODEL, WIDE), HashEmbedder(MODEL, WIDE))
    await store.warm_up()
    vectors = clustered(MANY, 2)
    for of in range(30):
        described = document(
            f"d{of}",
            collection=COLLECTIONS[of % 3],
            shared=of % 2 == 0,
            valid_from="2026-01-01" if of >= 15 else "2020-01-01",
        )
        numbers = range(of, MANY, 30)
        await store.stage(
            [
                IndexedPassage(
                    passage=Passage(id=f"{number}", document=described, text=f"{number}", position=position),
                    dense=vectors[number].tobytes(),
                )
                for position, number in enumerate(numbers)
            ]
        )
        await store.publish("soltuna", described.id, described.version)
    yield store
    await store.close()
    root.close()


async def nearest(store: ReindexingStore, vector: np.ndarray, condition: Condition) -> list[int]:
    """The numbers of the 100 passages nearest to the vector among those of the condition."""
    engine = store._live.edge
    lookup = Lookup(vector.tolist(), [], [], readable=condition, hidden=Equals("active", 7), depth=100, limit=1)
    hits = (await engine.candidates(lookup)).dense
    payloads = await engine.payloads([hit.point for hit in hits], ("passage",))
    return [int(payloads[hit.point]["passage"]["text"]) for hit in hits]  # type: ignore[call-overload,index]


async def test_an_optimised_index_finds_what_an_exhaustive_search_finds_under_any_filter(
    large: ReindexingStore, memory: Path
) -> None:
    vectors, questions = clustered(MANY, 2), clustered(20, 3)
    assert large.unoptimised() == MANY
    await large.optimise()
    assert large.unoptimised() == 0
    assert list(memory.rglob("quantized.data"))
    assert len([each for each in memory.iterdir() if each.is_dir()]) == 1
    for name, condition in FILTERS.items():
        allowed = [number for number in range(MANY) if matches(name, number)]
        assert await large._live.edge.count(condition) == len(allowed)
        found = 0
        for question in questions:
            numbers = await nearest(large, question, condition)
            best = np.argsort(-(vectors[allowed] @ question))[:100]
            assert set(numbers) <= set(allowed)
            assert len(numbers) == len(best)
            found += len(set(numbers) & {allowed[each] for each in best})
        assert found / (len(questions) * len(best)) >= 0.995, name


async def write(store: ReindexingStore | EdgeStore, name: str, version: str, *texts: str) -> None:
    of = document(name, version)
    await store.stage(indexed(of, texts))
    await store.publish(of.authority, of.id, of.version)


async def contents(store: ReindexingStore | EdgeStore) -> dict[str, list[str]]:
    """The texts of every published document, as digests and searches agree on them."""
    found = {}
    for each in (await store.digests()).digests:
        answer = await store.search(asking("text", limit=100, documents=[each.document_id]))
        assert answer.total == each.passages
        found[each.document_id] = sorted(hit.passage.text for hit in answer.passages if hit.passage)
    return found


@pytest.fixture
async def small(memory: Path) -> AsyncIterator[ReindexingStore]:
    root = IndexRoot(memory)
    root.open()
    store = ReindexingStore(root, About("one", MODEL, DIMENSION), HashEmbedder(MODEL, DIMENSION))
    await store.warm_up()
    for name in "abcd":
        await write(store, name, "v1", *(f"{name} {part}" for part in range(5)))
    yield store
    await store.close()
    root.close()


async def test_what_is_written_while_a_copy_is_optimised_is_there_afterwards(
    small: ReindexingStore, memory: Path
) -> None:
    before = small._live.edge.folder.path
    expected = {name: [f"{name} {part}" for part in range(5)] for name in "abcd"}
    optimising = asyncio.create_task(small.optimise())
    version = 0
    # From before the copy is taken until it has taken the index's place.
    while not optimising.done():
        version += 1
        replaced, added = ("abcd"[version % 4], f"new {version}")
        expected[replaced] = [f"{replaced} {version}.{part}" for part in range(1 + version % 4)]
        expected[added] = [added]
        await write(small, replaced, f"v{version}.", *expected[replaced])
        await write(small, added, "v1", added)
        if version > 2:
            del expected[f"new {version - 2}"]
            await small.retire("soltuna", f"new {version - 2}")
        assert await contents(small) == expected
        await asyncio.sleep(0.01)
    await optimising
    assert version > 5
    assert small._live.edge.folder.path != before
    assert not before.exists()
    assert await contents(small) == expected
    await small.close()
    small._root.close()
    again = EdgeStore(memory, "one", DIMENSION)
    await again.warm_up()
    assert await contents(again) == expected
    await again.close()


@pytest.mark.parametrize("failure", ["the process fails", "too much is written", "no room"])
async def test_an_optimisation_that_fails_leaves_the_index_as_it_was(
    small: ReindexingStore, memory: Path, failure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if failure == "the process fails":
        monkeypatch.setattr("allmanning.index.store.optimiser.sys.executable", "/bin/false")
    elif failure == "no room":
        monkeypatch.setattr("allmanning.index.store.optimiser._ROOM", 1e12)
    else:
        monkeypatch.setattr("allmanning.index.store.journal.LIMIT_POINTS", 0)
    before = small._live.edge.folder.path
    optimising = asyncio.create_task(small.optimise())
    await asyncio.sleep(0.2)
    await write(small, "a", "v2", "a anew")
    with pytest.raises(OptimiseError):
        await optimising
    assert [each for each in memory.iterdir() if each.is_dir()] == [before]
    assert (await contents(small))["a"] == ["a anew"]
    await write(small, "a", "v3", "a again")
    assert (await contents(small))["a"] == ["a again"]


async def test_an_optimisation_overtaken_by_a_switch_gives_up(memory: Path) -> None:
    root = IndexRoot(memory)
    root.open()
    old = ReindexingStore(root, About("one", MODEL, DIMENSION), HashEmbedder(MODEL, DIMENSION))
    await old.warm_up()
    await write(old, "a", "v1", "A")
    await old.close()
    store = ReindexingStore(root, About("two", MODEL, DIMENSION), HashEmbedder(MODEL, DIMENSION))
    await store.warm_up()
    await write(store, "a", "v1", "A")
    optimising = asyncio.create_task(store.optimise())
    await asyncio.sleep(0.1)
    await store.switch()
    with pytest.raises(OptimiseError):
        await optimising
    assert await contents(store) == {"a": ["A"]}
    assert [each.name[:3] for each in memory.iterdir() if each.is_dir()] == ["two"]
    await store.close()
    root.close()


@pytest.mark.parametrize(
    ("before", "now", "due"),
    [(100, 100, True), (99, 99, False), (80, 100, False), (280, 300, True), (300, 300, True)],
    ids=["quiet", "too few", "an import goes on", "a long import goes on", "a long import has ended"],
)
async def test_it_is_optimised_when_enough_is_written_and_quiet_or_far_too_much(
    small: ReindexingStore, before: int, now: int, due: bool
) -> None:
    assert Upkeep(small, 100).due(before, now) is due


async def test_the_background_task_optimises_and_then_has_nothing_to_do(
    small: ReindexingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("allmanning.index.upkeep._LOOK_EVERY_S", 0.01)
    before = small._live.edge.folder.path
    upkeep = asyncio.create_task(Upkeep(small, 20).run())
    async with asyncio.timeout(60):
        while small.unoptimised():
            await asyncio.sleep(0.05)
    after = small._live.edge.folder.path
    assert after != before
    await write(small, "e", "v1", "e")
    await asyncio.sleep(0.2)
    assert small._live.edge.folder.path == after
    upkeep.cancel()
