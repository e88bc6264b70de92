"""The index process over a real bus: the same store and embedder, a message away."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from allmanning.contracts.index.v1.index_pb import EmbedRequest, EmbedResponse
from allmanning.index.embed.protocol import Vectors
from allmanning.index.handlers import IndexHandlers
from allmanning.index.remote_embedder import RemoteEmbedder
from allmanning.index.store.edge import EdgeStore
from allmanning.index.store.remote import RemoteStore
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import Conflict, InvalidInput, NotFound
from allmanning.runtime.run import Service
from tests.contract.index.passages import DIMENSION, asking, document, indexed, vector
from tests.serving import Serving


class HashEmbedder:
    """Vectors from the texts' hashes; counts its calls."""

    model = "hash@1"
    dimension = DIMENSION

    def __init__(self) -> None:
        self.batches: list[int] = []

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        self.batches.append(len(texts))
        return np.stack([np.frombuffer(vector(text), dtype=np.float32) for text in texts])

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return await self.embed_queries([text + "!" for text in texts])


@pytest.fixture
def embedder() -> HashEmbedder:
    return HashEmbedder()


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
    assert np.array_equal(await remote.embed_queries(texts), await embedder.embed_queries(texts))
    assert np.array_equal(await remote.embed_passages(texts), await embedder.embed_passages(texts))
    assert (await remote.embed_passages([])).shape == (0, DIMENSION)


@pytest.mark.usefixtures("process")
async def test_long_texts_are_sent_in_parts(bus: Bus, embedder: HashEmbedder) -> None:
    remote = RemoteEmbedder(bus)
    await remote.embed_passages(["å" * 200_000] * 4)
    assert embedder.batches == [1, 1, 1, 1]


@pytest.mark.usefixtures("process")
async def test_a_text_without_kind_is_refused(bus: Bus) -> None:
    with pytest.raises(InvalidInput):
        await bus.call(subjects.INDEX_EMBED, EmbedRequest(texts=["a"]), EmbedResponse)
