"""From a search request on the bus to ranked passages, with the shipped pipeline and a real store."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from allmanning.contracts.access.v1.access_pb import Principal, Secrecy
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, Passage
from allmanning.contracts.retrieve.v1.retrieve_pb import SearchRequest, SearchResponse
from allmanning.index.embed.protocol import Vectors
from allmanning.index.encode import encode_passages
from allmanning.index.store.server import ServerStore
from allmanning.index.version import index_version
from allmanning.retrieve.handlers import RetrieveHandlers
from allmanning.retrieve.pipeline import Retrieval
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import InvalidInput, Unavailable
from allmanning.runtime.run import Service
from tests.integration.retrieve.rankers import Rankers
from tests.integration.retrieve.word_embedder import WordEmbedder
from tests.serving import Serving

TEXTS = [
    "Avgiften för bygglov är 4 200 kronor.",
    "Ansökan om bygglov görs i e-tjänsten.",
    "Barn i förskolan får mat varje dag.",
    "Soporna hämtas varannan vecka.",
]
CITIZEN = Principal(authority="soltuna", clearances=[Secrecy.OPEN])


@pytest.fixture
async def store() -> AsyncIterator[ServerStore]:
    embedder = WordEmbedder()
    store = ServerStore(":memory:", index_version(embedder.model, embedder.dimension), embedder.dimension)
    await store.warm_up()
    last_year = dt.datetime.now(dt.UTC).year - 1
    rules = {
        "open": (Secrecy.OPEN, ""),
        "secret": (Secrecy.SECRET, ""),
        "old": (Secrecy.OPEN, f"{last_year}-01-01"),
    }
    for name, (secrecy, valid_to) in rules.items():
        of = DocumentVersion(id=name, version="1", authority="soltuna", secrecy=secrecy, valid_to=valid_to)
        texts = TEXTS if name == "open" else [f"Avgift {name}"]
        passages = [Passage(id=f"{name}-{n}", document=of, text=text, position=n) for n, text in enumerate(texts)]
        await store.stage(await encode_passages(passages, embedder))
        await store.publish("soltuna", name, "1")
    yield store
    await store.close()


@pytest.fixture
async def retrieval(store: ServerStore) -> AsyncIterator[Retrieval]:
    retrieval = Retrieval(WordEmbedder(), store)
    await retrieval.warm_up()
    yield retrieval
    await retrieval.close()


def texts(answer: SearchResponse) -> list[str]:
    return [each.passage.text for each in answer.passages if each.passage]


async def ask(retrieval: Retrieval, query: str, **fields: object) -> SearchResponse:
    request = SearchRequest(principal=CITIZEN, query=query, **fields)  # type: ignore[arg-type]
    return await RetrieveHandlers(retrieval).search(request)


async def test_a_question_on_the_bus_finds_the_passage_that_answers_it(bus: Bus, retrieval: Retrieval) -> None:
    async with Serving(bus, "retrieve", Service(endpoints=RetrieveHandlers(retrieval).endpoints())):
        request = SearchRequest(principal=CITIZEN, query="Vad kostar avgiften för bygglov?")
        answer = await bus.call(subjects.RETRIEVE_SEARCH, request, SearchResponse)
        assert texts(answer)[0] == TEXTS[0]
        assert (answer.total, answer.held_back) == (4, 1)
        assert answer.index_version == index_version(WordEmbedder.model, WordEmbedder.dimension)
        with pytest.raises(InvalidInput, match=r"query\.empty"):
            await bus.call(subjects.RETRIEVE_SEARCH, SearchRequest(principal=CITIZEN, query=" "), SearchResponse)


async def test_without_a_date_today_counts(retrieval: Retrieval) -> None:
    assert (await ask(retrieval, "avgift")).total == 4
    assert (await ask(retrieval, "avgift", as_of="2001-01-01")).total == 5


async def test_the_limit_is_kept_and_scores_fall(retrieval: Retrieval) -> None:
    answer = await ask(retrieval, "bygglov avgift", limit=2)
    assert len(answer.passages) == 2
    assert answer.passages[0].score >= answer.passages[1].score
    assert (await ask(retrieval, "bygglov", documents=["finns-ej"])).passages == []


async def test_a_cross_encoder_decides_the_last_order(store: ServerStore, rankers: Rankers) -> None:
    retrieval = Retrieval(WordEmbedder(), store, tei_reranker_url=rankers.preferring("Soporna"))
    await retrieval.warm_up()
    answer = await ask(retrieval, "avgift för bygglov", limit=2)
    assert texts(answer)[0] == TEXTS[3]
    assert len(answer.passages) == 2
    assert answer.passages[0].score == pytest.approx(0.9)


async def test_a_cross_encoder_that_fails_costs_its_order_only(store: ServerStore, rankers: Rankers) -> None:
    retrieval = Retrieval(WordEmbedder(), store, tei_reranker_url=rankers.failing())
    await retrieval.warm_up()
    assert texts(await ask(retrieval, "avgift för bygglov", limit=2))[0] == TEXTS[0]


async def test_an_operator_may_put_another_component_in_the_pipeline(store: ServerStore, tmp_path: Path) -> None:
    shipped = Path(__file__).parents[3] / "services/retrieve/src/allmanning/retrieve/pipeline.yaml"
    other = shipped.read_text().replace(
        "allmanning.retrieve.passage_ranker.PassageRanker\n    init_parameters:\n      timeout_s: 2",
        "haystack.components.rankers.lost_in_the_middle.LostInTheMiddleRanker\n    init_parameters: {}",
    )
    assert "LostInTheMiddle" in other
    file = tmp_path / "pipeline.yaml"
    file.write_text(other)
    retrieval = Retrieval(WordEmbedder(), store, pipeline_file=file)
    await retrieval.warm_up()
    found = texts(await ask(retrieval, "avgift för bygglov", limit=4))
    assert found[0] == TEXTS[0]
    assert found[-1] == texts(await ask(await shipped_pipeline(store), "avgift för bygglov", limit=4))[1]


async def shipped_pipeline(store: ServerStore) -> Retrieval:
    retrieval = Retrieval(WordEmbedder(), store)
    await retrieval.warm_up()
    return retrieval


async def test_a_pipeline_file_cannot_name_just_any_code(store: ServerStore, tmp_path: Path) -> None:
    file = tmp_path / "pipeline.yaml"
    file.write_text("components:\n  embedder:\n    type: subprocess.Popen\n    init_parameters: {}\nconnections: []\n")
    with pytest.raises(Exception, match="subprocess"):
        await Retrieval(WordEmbedder(), store, pipeline_file=file).warm_up()


async def test_what_a_stage_raises_reaches_the_caller_unchanged(store: ServerStore) -> None:
    class Down(WordEmbedder):
        async def embed_queries(self, texts: Sequence[str]) -> Vectors:  # noqa: ARG002 (the name is the Protocol's)
            raise Unavailable("embedder.unavailable", "Embeddern svarar inte.")

    retrieval = Retrieval(Down(), store)
    await retrieval.warm_up()
    with pytest.raises(Unavailable, match=r"embedder\.unavailable"):
        await ask(retrieval, "avgift")
