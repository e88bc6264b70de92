"""A dead embedder is a clear refusal, or a search by words alone that says so: as the operator has chosen."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from allmanning.contracts.retrieve.v1.retrieve_pb import SearchRequest, SearchResponse
from allmanning.index.embed.protocol import Vectors
from allmanning.index.embed.tei import TeiEmbedder
from allmanning.index.store.server import ServerStore
from allmanning.retrieve.circuit import Circuit
from allmanning.retrieve.pipeline import Retrieval
from allmanning.retrieve.question_embedder import QuestionEmbedder, WithoutEmbedder
from allmanning.runtime.errors import Busy, Unavailable
from tests.integration.retrieve.embedding_server import EmbeddingServer
from tests.integration.retrieve.indexed import CITIZEN, document, opened_store, publish, texts
from tests.integration.retrieve.word_embedder import WordEmbedder

TEXTS = ["Avgiften för bygglov är 4 200 kronor.", "Soporna hämtas varannan vecka."]
SHIPPED = Path(__file__).parents[3] / "services/retrieve/src/allmanning/retrieve/pipeline.yaml"


@pytest.fixture
async def store() -> AsyncIterator[ServerStore]:
    async with opened_store() as store:
        await publish(store, document("webb"), TEXTS)
        yield store


@pytest.fixture
def server() -> Iterator[EmbeddingServer]:
    server = EmbeddingServer()
    yield server
    server.die()


@pytest.fixture
def impatient(tmp_path: Path) -> Path:
    """The shipped pipeline, with an embedder stage that waits a tenth of a second."""
    file = tmp_path / "pipeline.yaml"
    file.write_text(SHIPPED.read_text().replace("timeout_s: 2", "timeout_s: 0.1", 1))
    return file


@asynccontextmanager
async def retrieving(
    server: EmbeddingServer, store: ServerStore, without: WithoutEmbedder, pipeline: Path | None = None
) -> AsyncIterator[Retrieval]:
    embedder = TeiEmbedder(server.url)
    await embedder.warm_up()
    server.asked = 0
    retrieval = Retrieval(embedder, store, without_embedder=without, pipeline_file=pipeline)
    await retrieval.warm_up()
    try:
        yield retrieval
    finally:
        await retrieval.close()
        await embedder.close()


async def ask(retrieval: Retrieval, query: str) -> SearchResponse:
    return await retrieval.search(SearchRequest(principal=CITIZEN, query=query))


def words_only(answer: SearchResponse) -> bool:
    assert answer.understanding
    return answer.understanding.words_only


async def test_an_embedder_that_answers_is_used(server: EmbeddingServer, store: ServerStore) -> None:
    async with retrieving(server, store, "words") as retrieval:
        answer = await ask(retrieval, "avgift för bygglov")
        assert texts(answer)[0] == TEXTS[0]
        assert answer.passages[0].dense > 0
        assert not words_only(answer)


async def test_a_dead_embedder_is_refused_with_its_code(server: EmbeddingServer, store: ServerStore) -> None:
    async with retrieving(server, store, "refuse") as retrieval:
        server.die()
        with pytest.raises(Unavailable, match=r"embedder\.unavailable"):
            await ask(retrieval, "avgift för bygglov")


async def test_a_dead_embedder_leaves_the_words(server: EmbeddingServer, store: ServerStore) -> None:
    async with retrieving(server, store, "words") as retrieval:
        server.die()
        answer = await ask(retrieval, "avgift för bygglov")
        assert texts(answer) == TEXTS[:1]
        assert answer.passages[0].dense == 0
        assert words_only(answer)


async def test_one_that_is_busy_says_so_or_leaves_the_words(server: EmbeddingServer, store: ServerStore) -> None:
    server_busy = 429
    async with retrieving(server, store, "refuse") as retrieval:
        server.failing = server_busy
        with pytest.raises(Busy, match=r"embedder\.busy"):
            await ask(retrieval, "avgift")
        server.failing = 0
    async with retrieving(server, store, "words") as retrieval:
        server.failing = server_busy
        assert words_only(await ask(retrieval, "avgift"))


async def test_only_the_first_question_waits_for_one_that_is_silent(
    server: EmbeddingServer, store: ServerStore, impatient: Path
) -> None:
    async with retrieving(server, store, "words", impatient) as retrieval:
        server.answering.clear()
        assert all([words_only(await ask(retrieval, f"avgift {number}")) for number in range(3)])
        assert server.asked == 1


async def test_one_that_is_silent_is_refused_as_a_dead_one_and_used_again_when_it_answers(
    server: EmbeddingServer, store: ServerStore, impatient: Path
) -> None:
    async with retrieving(server, store, "refuse", impatient) as retrieval:
        stage = retrieval._pipeline.get_component("embedder")
        assert isinstance(stage, QuestionEmbedder)
        stage._circuit = Circuit(open_s=0)
        server.answering.clear()
        with pytest.raises(Unavailable, match=r"embedder\.unavailable"):
            await ask(retrieval, "avgift")
        server.answering.set()
        stage.timeout_s = 30
        assert not words_only(await ask(retrieval, "avgift igen"))


async def test_another_model_is_never_papered_over(store: ServerStore) -> None:
    class Changed(WordEmbedder):
        async def embed_queries(self, texts: Sequence[str]) -> Vectors:  # noqa: ARG002 (the name is the Protocol's)
            raise Unavailable("embedder.changed", "Indexprocessen har bytt modell. Försök igen.")

    retrieval = Retrieval(Changed(), store, without_embedder="words")
    await retrieval.warm_up()
    with pytest.raises(Unavailable, match=r"embedder\.changed"):
        await ask(retrieval, "avgift")
