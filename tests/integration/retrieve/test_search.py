"""From a search request on the bus to ranked passages, with the shipped pipeline and a real store."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from allmanning.contracts.access.v1.access_pb import Secrecy
from allmanning.contracts.passage.v1.passage_pb import Filter
from allmanning.contracts.retrieve.v1.retrieve_pb import SearchRequest, SearchResponse, Understanding
from allmanning.index.embed.protocol import Vectors
from allmanning.index.store.server import ServerStore
from allmanning.index.version import index_version
from allmanning.retrieve.handlers import RetrieveHandlers
from allmanning.retrieve.pipeline import Retrieval
from allmanning.retrieve.synonym_store import SynonymStore
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import Internal, InvalidInput, Refused, Unavailable
from allmanning.runtime.run import Service
from tests.integration.retrieve.indexed import CITIZEN, document, opened_store, publish, texts
from tests.integration.retrieve.rankers import Rankers
from tests.integration.retrieve.word_embedder import WordEmbedder
from tests.serving import Serving

SHIPPED = Path(__file__).parents[3] / "services/retrieve/src/allmanning/retrieve/pipeline.yaml"
TEXTS = [
    "Avgiften för bygglov är 4 200 kronor.",
    "Ansökan om bygglov görs i e-tjänsten.",
    "Barn i förskolan får mat varje dag.",
    "Soporna hämtas varannan vecka.",
]


@pytest.fixture
async def store() -> AsyncIterator[ServerStore]:
    last_year = dt.datetime.now(dt.UTC).year - 1
    async with opened_store() as store:
        await publish(store, document("open"), TEXTS)
        await publish(store, document("secret", secrecy=Secrecy.SECRET), ["Avgift secret"])
        await publish(store, document("old", valid_to=f"{last_year}-01-01"), ["Avgift old"])
        yield store


@pytest.fixture
async def retrieval(store: ServerStore) -> AsyncIterator[Retrieval]:
    retrieval = Retrieval(WordEmbedder(), store)
    await retrieval.warm_up()
    yield retrieval
    await retrieval.close()


async def ask(retrieval: Retrieval, query: str, **fields: object) -> SearchResponse:
    return await retrieval.search(SearchRequest(principal=CITIZEN, query=query, **fields))  # type: ignore[arg-type]


async def test_a_question_on_the_bus_finds_the_passage_that_answers_it(
    bus: Bus, store: ServerStore, retrieval: Retrieval
) -> None:
    handlers = RetrieveHandlers(retrieval, store, SynonymStore(bus))
    async with Serving(bus, "retrieve", Service(endpoints=handlers.endpoints())):
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
    assert (await ask(retrieval, "bygglov", filter=Filter(documents=["finns-ej"]))).passages == []


async def test_a_phrase_must_stand_word_for_word_and_an_excluded_word_must_not(retrieval: Retrieval) -> None:
    assert texts(await ask(retrieval, '"bygglov görs i" avgift')) == TEXTS[1:2]
    assert set(texts(await ask(retrieval, "bygglov -kronor"))) & set(TEXTS) == set(TEXTS[1:])
    answer = await ask(retrieval, "»ÖVERKLAGA beslut« -avgift")
    assert answer.passages == []
    assert answer.understanding == Understanding(language="sv", phrases=["ÖVERKLAGA beslut"], excluded=["avgift"])


async def test_what_was_understood_is_told(retrieval: Retrieval) -> None:
    answer = await ask(retrieval, "plats på dagis, annsökan")
    assert answer.understanding == Understanding(
        language="sv",
        expansions=[Understanding.Expansion(word="dagis", words=["förskola"])],
        corrections=[Understanding.Correction(written="annsökan", meant="ansökan")],
    )
    assert set(texts(answer)[:2]) == {TEXTS[1], TEXTS[2]}


@pytest.mark.parametrize(
    "query",
    [
        "'; DROP TABLE passages; --",
        '" OR ""="',
        '{"filter": {"$ne": null}, "query": "avgift"}',
        "${jndi:ldap://x} {{7*7}} %00 ../../etc/passwd",
        "\u202eavgift\u202c \u200fمتى\u200e",
        "av\x00gift \x1b[31m\x07",
        "*" * 500,
        "-" * 500,
        "(" * 500,
        '" \\ " \\',
        "avgift " * 280,
        "a\u0301" * 500,
        "🏠",
        "x" * 2_000,
    ],
)
async def test_whatever_is_written_is_only_text(retrieval: Retrieval, query: str) -> None:
    assert set(texts(await ask(retrieval, query))) <= set(TEXTS)


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
    other = SHIPPED.read_text().replace(
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


async def test_the_shipped_pipeline_finds_the_same_whether_or_not_haystack_runs_it(
    store: ServerStore, retrieval: Retrieval
) -> None:
    scheduled = Retrieval(WordEmbedder(), store, pipeline_file=SHIPPED)
    await scheduled.warm_up()
    for query in ("avgift för bygglov", "sopor -avgift", '"varje dag"', "Avgifft"):
        assert await ask(retrieval, query, facets=True) == await ask(scheduled, query, facets=True)


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

    for retrieval in (Retrieval(Down(), store), Retrieval(Down(), store, pipeline_file=SHIPPED)):
        await retrieval.warm_up()
        with pytest.raises(Unavailable, match=r"embedder\.unavailable"):
            await ask(retrieval, "avgift")


async def test_what_a_stage_did_not_mean_to_raise_is_told_without_the_question(store: ServerStore) -> None:
    class Broken(WordEmbedder):
        async def embed_queries(self, texts: Sequence[str]) -> Vectors:
            raise ValueError(texts)

    for retrieval in (Retrieval(Broken(), store), Retrieval(Broken(), store, pipeline_file=SHIPPED)):
        await retrieval.warm_up()
        with pytest.raises(Internal, match="Sökningen misslyckades") as failed:
            await ask(retrieval, "avgift")
        assert failed.value.code == "retrieve.stage_failed"


async def test_a_pipeline_file_that_lacks_a_stage_is_refused_by_its_name(store: ServerStore, tmp_path: Path) -> None:
    file = tmp_path / "half.yaml"
    stage = "allmanning.retrieve.passage_retriever.PassageRetriever"
    file.write_text(f"components:\n  retriever:\n    type: {stage}\n    init_parameters: {{}}\nconnections: []\n")
    with pytest.raises(Refused) as refused:
        await Retrieval(WordEmbedder(), store, pipeline_file=file).warm_up()
    assert refused.value.code == "pipeline.incomplete"
    assert "ranker" in refused.value.message


class MeasuredEmbedder(WordEmbedder):
    """Goes by the name of a model of which it is known what is near."""

    model = "words-e5@1"


@pytest.fixture
async def measured(store: ServerStore) -> AsyncIterator[Retrieval]:
    retrieval = Retrieval(MeasuredEmbedder(), store)
    await retrieval.warm_up()
    yield retrieval
    await retrieval.close()


async def test_words_that_nobody_has_find_nothing(measured: Retrieval) -> None:
    nothing = await ask(measured, "xqzvw blorp")
    assert (nothing.passages, nothing.found, nothing.next, nothing.total) == ([], 0, "", 4)
    assert texts(await ask(measured, "xqzvw blorp", even_far=True))
    assert texts(await ask(measured, "xqzvw förskolan"))[0] == TEXTS[2]


async def test_a_question_in_another_language_finds_what_is_nearest(measured: Retrieval) -> None:
    assert texts(await ask(measured, "How much is the fee?"))


async def test_what_is_near_by_chance_is_shown_where_that_is_not_known_of_the_model(retrieval: Retrieval) -> None:
    assert texts(await ask(retrieval, "xqzvw blorp"))
