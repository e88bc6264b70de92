"""An index of another release is built beside the one that answers, which answers until the new one is whole."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from allmanning.contracts.index.v1.index_pb import IndexedPassage, SearchRequest
from allmanning.index.previous_embedder import PreviousEmbedder
from allmanning.index.store.about import About
from allmanning.index.store.protocol import PassageStore
from allmanning.index.store.reindexing import ReindexingStore
from allmanning.index.store.root import IndexRoot
from allmanning.index.text import indexed_text
from allmanning.index.wire import wire_vectors
from allmanning.runtime.errors import NotFound, Unavailable
from tests.contract.index.passages import DIMENSION, MODEL, asking, document, indexed
from tests.integration.index.models import HashEmbedder

Open = Callable[[str], Awaitable[ReindexingStore]]


@pytest.fixture
async def start(memory: Path) -> AsyncIterator[Open]:
    """Starts a release: the one before is stopped, and its index stays."""
    roots: list[IndexRoot] = []
    stores: list[ReindexingStore] = []

    async def stop() -> None:
        while stores:
            await stores.pop().close()
            roots.pop().close()

    async def started(version: str) -> ReindexingStore:
        await stop()
        roots.append(IndexRoot(memory))
        roots[-1].open()
        about = About(version, MODEL, DIMENSION)
        stores.append(ReindexingStore(roots[-1], about, HashEmbedder(MODEL, DIMENSION)))
        await stores[-1].warm_up()
        return stores[-1]

    yield started
    await stop()


async def write(store: PassageStore, name: str, version: str, *texts: str) -> None:
    of = document(name, version)
    await store.stage(indexed(of, texts))
    await store.publish(of.authority, of.id, of.version)


async def texts(store: PassageStore, **asked: object) -> list[str]:
    answer = await store.search(asking("text", limit=100, **asked))  # type: ignore[arg-type]
    return sorted(hit.passage.text for hit in answer.passages if hit.passage)


async def told(store: PassageStore) -> dict[str, tuple[str, int]]:
    """What the digests say of every document; of what is said twice, the last."""
    found, after = {}, ""
    while True:
        page = await store.digests(after)
        found |= {each.document_id: (each.version, each.passages) for each in page.digests}
        after = page.next
        if not after:
            return found


def folders(root: Path) -> list[str]:
    return [each.name.partition("-")[0] for each in root.iterdir() if each.is_dir()]


async def test_the_live_index_answers_while_the_next_one_is_built_and_digests_tell_what_that_lacks(start: Open) -> None:
    old = await start("one")
    await write(old, "a", "v1", "A")
    await write(old, "b", "v1", "B")
    new = await start("two")
    assert await texts(new) == ["A", "B"]
    assert await told(new) == {"a": ("v1", 0), "b": ("v1", 0)}
    await write(new, "a", "v1", "A")
    assert await told(new) == {"a": ("v1", 1), "b": ("v1", 0)}
    assert await texts(new) == ["A", "B"]


async def test_no_vectors_are_taken_over_while_an_index_is_built(start: Open) -> None:
    old = await start("one")
    await write(old, "a", "v1", "A")
    page = await old.stored("soltuna", "a")
    assert ([each.passage.text for each in page.passages if each.passage], page.index_version) == (["A"], "one")
    new = await start("two")
    assert (await new.stored("soltuna", "a")).passages == []
    await write(new, "a", "v1", "A")
    await new.switch()
    page = await new.stored("soltuna", "a")
    assert ([each.passage.text for each in page.passages if each.passage], page.index_version) == (["A"], "two")


async def test_the_switch_lets_the_next_index_answer_and_deletes_the_old_one(start: Open, memory: Path) -> None:
    await write(await start("one"), "a", "v1", "A")
    new = await start("two")
    # This release splits the document otherwise.
    await write(new, "a", "v1", "A, part 1", "A, part 2")
    assert await texts(new) == ["A"]
    assert (await new.search(asking("text"))).index_version == "one"
    assert await new.switch() == "two"
    assert await texts(new) == ["A, part 1", "A, part 2"]
    assert (await new.search(asking("text"))).index_version == "two"
    assert folders(memory) == ["two"]
    again = await start("two")
    assert await texts(again) == ["A, part 1", "A, part 2"]
    assert await told(again) == {"a": ("v1", 2)}
    assert await again.switch() == "two"


async def test_what_is_written_meanwhile_is_found_at_once_and_after_the_switch(start: Open) -> None:
    await write(await start("one"), "a", "v1", "A")
    new = await start("two")
    await write(new, "a", "v2", "A anew")
    await write(new, "b", "v1", "B")
    assert await texts(new) == ["A anew", "B"]
    await new.switch()
    assert await texts(new) == ["A anew", "B"]


async def test_what_is_retired_meanwhile_is_gone_at_once_and_does_not_come_back(start: Open) -> None:
    old = await start("one")
    await write(old, "a", "v1", "A")
    await write(old, "b", "v1", "B")
    new = await start("two")
    await write(new, "a", "v1", "A")
    await new.retire("soltuna", "a")
    await new.retire("soltuna", "b")
    assert await texts(new) == []
    assert await told(new) == {}
    await new.switch()
    assert await texts(new) == []


async def test_what_a_run_left_half_staged_in_the_live_index_does_not_stop_the_building(start: Open) -> None:
    old = await start("one")
    await write(old, "a", "v1", "A")
    await old.stage(indexed(document("a"), ["A", "left over"])[1:])
    new = await start("two")
    await write(new, "a", "v1", "A")
    await new.switch()
    assert await texts(new) == ["A"]


async def test_what_was_staged_before_the_start_must_be_staged_again(start: Open) -> None:
    old = await start("one")
    await old.stage(indexed(document("a"), ["A"]))
    new = await start("two")
    with pytest.raises(NotFound, match="version_not_staged"):
        await new.publish("soltuna", "a", "v1")
    await write(new, "a", "v1", "A")
    await new.switch()
    assert await texts(new) == ["A"]


async def test_building_goes_on_after_a_restart(start: Open) -> None:
    old = await start("one")
    await write(old, "a", "v1", "A")
    await write(old, "b", "v1", "B")
    await write(await start("two"), "a", "v1", "A")
    new = await start("two")
    assert await texts(new) == ["A", "B"]
    assert await told(new) == {"a": ("v1", 1), "b": ("v1", 0)}


async def test_a_release_that_is_taken_back_finds_its_index_and_drops_the_one_being_built(
    start: Open, memory: Path
) -> None:
    await write(await start("one"), "a", "v1", "A")
    await write(await start("two"), "b", "v1", "B")
    back = await start("one")
    assert await texts(back) == ["A", "B"]
    assert await told(back) == {"a": ("v1", 1), "b": ("v1", 1)}
    assert folders(memory) == ["one"]


async def test_a_third_release_builds_its_own_index_in_place_of_the_second_one_s(start: Open, memory: Path) -> None:
    await write(await start("one"), "a", "v1", "A")
    await write(await start("two"), "a", "v1", "A")
    third = await start("three")
    assert await texts(third) == ["A"]
    assert await told(third) == {"a": ("v1", 0)}
    assert sorted(folders(memory)) == ["one", "three"]


@pytest.fixture(params=[DIMENSION, 2 * DIMENSION], ids=["same dimension", "other dimension"])
async def other_model(request: pytest.FixtureRequest, memory: Path) -> AsyncIterator[tuple[ReindexingStore, ...]]:
    """A store whose live index has document "a" by the model `before`, and that builds another by the model `after`."""
    before, after = HashEmbedder("before", DIMENSION), HashEmbedder("after", request.param)
    root = IndexRoot(memory)
    root.open()
    old = ReindexingStore(root, About("one", "before", DIMENSION), before)
    await old.warm_up()
    await write_by(before, old, "a", "v1", "A")
    await old.close()
    previous = PreviousEmbedder(before)
    new = ReindexingStore(root, About("two", "after", request.param), after, previous)
    await new.warm_up()
    yield new, before, after, previous
    await new.close()
    root.close()


def by(model: HashEmbedder, passages: list[IndexedPassage]) -> list[IndexedPassage]:
    for each in passages:
        assert each.passage
        [each.dense] = wire_vectors(model.vectors([indexed_text(each.passage)]))
    return passages


async def write_by(model: HashEmbedder, store: PassageStore, name: str, version: str, *texts: str) -> None:
    of = document(name, version)
    await store.stage(by(model, indexed(of, texts)))
    await store.publish(of.authority, of.id, of.version)


async def asked_by(model: HashEmbedder | PreviousEmbedder, text: str) -> SearchRequest:
    request = asking(text)
    request.sparse = None
    [request.dense] = wire_vectors(await model.embed_queries([text]))
    return request


async def nearest(store: PassageStore, request: SearchRequest) -> tuple[str, float]:
    hit = (await store.search(request)).passages[0]
    assert hit.passage
    return hit.passage.text, round(hit.dense, 3)


async def test_while_another_model_is_built_in_the_old_one_embeds_what_the_live_index_gets(other_model) -> None:
    new, before, after, previous = other_model
    before.texts.clear()
    await write_by(after, new, "a", "v1", "A")
    await write_by(after, new, "b", "v1", "B")
    # What the live index has already is not embedded again.
    assert before.texts == ["B"]
    assert await nearest(new, await asked_by(previous, "B")) == ("B", 1.0)
    assert await nearest(new, await asked_by(previous, "A")) == ("A", 1.0)
    await new.switch()
    assert await nearest(new, await asked_by(after, "A")) == ("A", 1.0)
    assert before.closed


async def test_a_search_on_its_way_at_the_switch_is_answered_by_the_new_model(other_model) -> None:
    new, _, after, previous = other_model
    await write_by(after, new, "a", "v1", "A")
    await write_by(after, new, "b", "v1", "B")
    on_its_way = await asked_by(previous, "B")
    await new.switch()
    assert await nearest(new, on_its_way) == ("B", 1.0)


async def test_a_vector_of_another_size_is_told_to_come_again(other_model) -> None:
    new, *_ = other_model
    request = asking("text")
    request.dense += request.dense + request.dense
    with pytest.raises(Unavailable, match=r"index\.switched"):
        await new.search(request)
