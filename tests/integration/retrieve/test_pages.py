"""Page after page, every passage comes once, whatever happens to the documents meanwhile."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import chain

import pytest

from allmanning.contracts.passage.v1.passage_pb import Filter, Order
from allmanning.contracts.retrieve.v1.retrieve_pb import SearchRequest, SearchResponse
from allmanning.index.store.server import ServerStore
from allmanning.retrieve.pipeline import Retrieval
from allmanning.runtime.errors import InvalidInput
from tests.integration.retrieve.indexed import CITIZEN, document, opened_store, publish, texts
from tests.integration.retrieve.rankers import Rankers
from tests.integration.retrieve.word_embedder import WordEmbedder

NUMBERS = ["ett", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv"]
TEXTS = {f"Bygglov nummer {number}" + " och mer" * at: f"blad-{at}" for at, number in enumerate(NUMBERS)}


@pytest.fixture
async def store() -> AsyncIterator[ServerStore]:
    async with opened_store() as store:
        for at, (text, name) in enumerate(TEXTS.items()):
            await publish(store, document(name, valid_from=f"20{10 + at}-01-01"), [text])
        yield store


async def retrieving(store: ServerStore, **settings: str) -> Retrieval:
    retrieval = Retrieval(WordEmbedder(), store, **settings)  # type: ignore[arg-type]
    await retrieval.warm_up()
    return retrieval


async def page(retrieval: Retrieval, cursor: str = "", **fields: object) -> SearchResponse:
    values: dict[str, object] = {"query": "bygglov", "limit": 5, **fields}
    return await retrieval.search(SearchRequest(principal=CITIZEN, cursor=cursor, **values))  # type: ignore[arg-type]


async def pages(retrieval: Retrieval, **fields: object) -> list[list[str]]:
    found, cursor = [], ""
    while True:
        answer = await page(retrieval, cursor, **fields)
        found.append(texts(answer))
        cursor = answer.next
        if not cursor:
            return found


@pytest.mark.parametrize("order", [Order.UNSPECIFIED, Order.NEWEST])
async def test_all_pages_together_are_everything_once(store: ServerStore, order: Order) -> None:
    retrieval = await retrieving(store)
    found = await pages(retrieval, order=order)
    whole = texts(await page(retrieval, limit=100, order=order))
    assert [len(each) for each in found] == [5, 5, 2]
    assert list(chain(*found)) == whole
    assert set(whole) == set(TEXTS)


async def test_the_newest_comes_first_where_that_is_asked_for(store: ServerStore) -> None:
    retrieval = await retrieving(store)
    assert list(chain(*await pages(retrieval, order=Order.NEWEST))) == list(reversed(TEXTS))
    assert list(chain(*await pages(retrieval, order=Order.OLDEST))) == list(TEXTS)


async def test_a_cross_encoder_orders_what_is_left_and_hides_nothing(store: ServerStore, rankers: Rankers) -> None:
    retrieval = await retrieving(store, tei_reranker_url=rankers.preferring("tolv"))
    found = await pages(retrieval)
    assert "tolv" in found[0][0]
    assert sorted(chain(*found)) == sorted(TEXTS)
    assert texts(await page(retrieval, order=Order.OLDEST)) == list(TEXTS)[:5]


async def test_no_passage_comes_twice_when_documents_come_and_go(store: ServerStore) -> None:
    retrieval = await retrieving(store)
    first = await page(retrieval)
    await store.retire("soltuna", TEXTS[texts(first)[0]])
    await publish(store, document("nytt"), ["Bygglov", "Bygglov bygglov nytt"])
    second = await page(retrieval, first.next)
    third = await page(retrieval, second.next)
    later = texts(second) + texts(third)
    assert not set(later) & set(texts(first))
    assert len(later) == len(set(later))


async def test_a_page_is_of_the_day_that_the_first_was_of(store: ServerStore) -> None:
    retrieval = await retrieving(store)
    first = await page(retrieval, as_of="2016-06-01")
    second = await page(retrieval, first.next)
    assert first.total == second.total == 7
    assert len(texts(second)) == 2


async def test_found_counts_all_pages_and_total_all_that_may_be_read(store: ServerStore) -> None:
    await publish(store, document("annat"), ["Soporna hämtas varannan vecka."])
    retrieval = await retrieving(store)
    answer = await page(retrieval, query='"bygglov nummer"', facets=True)
    assert (answer.found, answer.total) == (12, 12)
    assert {facet.field for facet in answer.facets} >= {"collection", "secrecy"}
    assert (await page(retrieval)).facets == []


@pytest.mark.parametrize(
    "other",
    [{"query": "avgift"}, {"filter": Filter(collections=["webb"])}, {"order": Order.OLDEST}, {"cursor": "AAAA"}],
)
async def test_a_cursor_that_is_not_of_this_question_is_refused(store: ServerStore, other: dict[str, object]) -> None:
    retrieval = await retrieving(store)
    cursor = (await page(retrieval)).next
    with pytest.raises(InvalidInput, match=r"cursor\.invalid"):
        await page(retrieval, **{"cursor": cursor, **other})  # type: ignore[arg-type]
