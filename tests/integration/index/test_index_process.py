"""The index process over a real bus: the same store and embedder, a message away."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from allmanning.contracts.index.v1.index_pb import EmbedRequest, EmbedResponse
from allmanning.index.embed.protocol import Embedded, Tokens, Vectors
from allmanning.index.handlers import IndexHandlers
from allmanning.index.previous_embedder import PreviousEmbedder
from allmanning.index.remote_embedder import RemoteEmbedder
from allmanning.index.store.about import About
from allmanning.index.store.edge import EdgeStore
from allmanning.index.store.reindexing import ReindexingStore
from allmanning.index.store.remote import RemoteStore
from allmanning.index.store.root import IndexRoot
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import Conflict, InvalidInput, NotFound, Unavailable
from allmanning.runtime.run import Service
from tests.contract.index.passages import DIMENSION, asking, document, indexed
from tests.integration.index.models import HashEmbedder
from tests.serving import Serving


class TwoKinds(HashEmbedder):
    """Embeds passages otherwise than questions."""

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return await self.embed_queries([text + "!" for text in texts])


@pytest.fixture
def embedder() -> HashEmbedder:
    return TwoKinds("hash@1", DIMENSION)


@pytest.fixture
async def process(bus: Bus, embedder: HashEmbedder, tmp_path: Path) -> AsyncIterator[None]:
    store = EdgeStore(tmp_path / "index", "test", DIMENSION)
    await store.warm_up()
    async with Serving(bus, "index", Service(endpoints=IndexHandlers(store, embedder).endpoints())):
        yield
    await store.close()


@pytest.mark.usefixtures("process")
async def test_a_document_larger_than_a_message_becomes_searchable(bus: Bus) -> None:
    store = RemoteStore(bus)
    texts = [f"{number} " + hashlib.sha256(str(number).encode()).hexdigest() * 60 for number in range(600)]
    passages = indexed(document(), texts)
    assert sum(len(each.to_binary()) for each in passages) > 2 * 1024 * 1024
    await store.stage(passages)
    await store.publish("soltuna", "taxa", "v1")
    answer = await store.search(asking(texts[599], limit=100))
    assert answer.total == 600
    assert len(answer.passages) == 100
    assert answer.passages[0].passage
    assert answer.passages[0].passage.text == texts[599]
    assert [(each.document_id, each.passages) for each in (await store.digests()).digests] == [("taxa", 600)]
    stored, first = [], 0
    while True:
        page = await store.stored("soltuna", "taxa", first)
        stored += page.passages
        first = page.next
        if not first:
            break
    assert [each.to_binary() for each in stored] == [each.to_binary() for each in passages]
    await store.retire("soltuna", "taxa")
    assert (await store.search(asking("text"))).total == 0


@pytest.mark.usefixtures("process")
async def test_what_the_store_refuses_reaches_the_caller_as_the_same_error(bus: Bus) -> None:
    store = RemoteStore(bus)
    with pytest.raises(NotFound):
        await store.publish("soltuna", "taxa", "v1")
    await store.stage(indexed(document(), ["a", "b"])[1:])
    with pytest.raises(Conflict):
        await store.publish("soltuna", "taxa", "v1")
    with pytest.raises(InvalidInput):
        await store.search(asking("text", limit=0))


@pytest.mark.usefixtures("process")
async def test_texts_come_back_as_vectors_in_their_order(bus: Bus, embedder: HashEmbedder) -> None:
    remote = RemoteEmbedder(bus)
    await remote.warm_up()
    assert (remote.model, remote.dimension) == ("hash@1", DIMENSION)
    texts = [f"fråga {number}" for number in range(150)]
    assert np.array_equal(await remote.embed_queries(texts), embedder.vectors(texts))
    assert np.array_equal(await remote.embed_passages(texts), embedder.vectors([text + "!" for text in texts]))
    assert (await remote.embed_passages([])).shape == (0, DIMENSION)


@pytest.mark.usefixtures("process")
async def test_long_texts_are_sent_in_parts(bus: Bus, embedder: HashEmbedder) -> None:
    remote = RemoteEmbedder(bus)
    await remote.embed_passages(["å" * 300_000] * 4)
    assert embedder.calls == [1, 1, 1, 1]


async def test_texts_with_more_tokens_than_a_message_holds_come_back_whole(bus: Bus, memory: Path) -> None:
    class Wordy(HashEmbedder):
        async def embed_query_tokens(self, texts: Sequence[str]) -> Embedded:
            return await self.embed_passage_tokens(texts)

        async def embed_passage_tokens(self, texts: Sequence[str]) -> Embedded:
            codes = [np.full((512, 64), len(text) % 100, np.int8) for text in texts]
            words, weights = np.zeros(512, np.int32), np.zeros(0, np.float32)
            return Embedded(await self.embed_passages(texts), [Tokens(each, words, weights) for each in codes])

    store = EdgeStore(memory, "test", DIMENSION)
    await store.warm_up()
    wordy = Wordy("wordy", DIMENSION)
    # As short as these are, nobody would think that they have so many.
    texts = ["x" * number for number in range(1, 71)]
    async with Serving(bus, "index", Service(endpoints=IndexHandlers(store, wordy).endpoints())):
        embedded = await RemoteEmbedder(bus).embed_passage_tokens(texts)
    await store.close()

    assert np.array_equal(embedded.vectors, wordy.vectors(texts))
    assert [each.codes[511, 63] for each in embedded.tokens] == list(range(1, 71))


@pytest.mark.usefixtures("process")
async def test_a_text_without_kind_is_refused(bus: Bus) -> None:
    with pytest.raises(InvalidInput):
        await bus.call(subjects.INDEX_EMBED, EmbedRequest(texts=["a"]), EmbedResponse)


async def test_the_model_may_change_between_calls_and_not_within_one_nor_when_it_is_pinned(
    bus: Bus, memory: Path
) -> None:
    before, after = HashEmbedder("before", DIMENSION), HashEmbedder("after", 2 * DIMENSION)
    root = IndexRoot(memory)
    root.open()
    old = ReindexingStore(root, About("one", before.model, DIMENSION), before)
    await old.warm_up()
    await old.close()
    previous = PreviousEmbedder(before)
    store = ReindexingStore(root, About("two", after.model, 2 * DIMENSION), after, previous)
    await store.warm_up()
    async with Serving(bus, "index", Service(endpoints=IndexHandlers(store, after, previous).endpoints())):
        pinned, free = RemoteEmbedder(bus), RemoteEmbedder(bus)
        for each in (pinned, free):
            await each.warm_up()
        pinned.pin()
        assert np.array_equal(await free.embed_queries(["a"]), before.vectors(["a"]))
        assert np.array_equal(await free.embed_passages(["a"]), after.vectors(["a"]))
        assert await RemoteStore(bus).switch() == "two"
        assert np.array_equal(await free.embed_queries(["a"]), after.vectors(["a"]))
        with pytest.raises(Unavailable, match=r"embedder\.changed"):
            await pinned.embed_queries(["a"])
    await store.close()
    root.close()


async def test_vectors_of_two_models_never_make_one_document(bus: Bus, memory: Path) -> None:
    class Changing(HashEmbedder):
        async def embed_passages(self, texts: Sequence[str]) -> Vectors:
            self.model += "+"
            return await super().embed_passages(texts)

    store = EdgeStore(memory, "test", DIMENSION)
    await store.warm_up()
    handlers = IndexHandlers(store, Changing("model", DIMENSION))
    async with Serving(bus, "index", Service(endpoints=handlers.endpoints())):
        with pytest.raises(Unavailable, match=r"embedder\.changed"):
            await RemoteEmbedder(bus).embed_passages(["å" * 200_000] * 4)
    await store.close()
