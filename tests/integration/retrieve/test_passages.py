"""What is like a passage, and what stands beside it; only for those who may read it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from allmanning.contracts.access.v1.access_pb import Principal, Secrecy
from allmanning.contracts.passage.v1.passage_pb import Filter
from allmanning.contracts.retrieve.v1.retrieve_pb import (
    NeighboursRequest,
    NeighboursResponse,
    SimilarRequest,
    SimilarResponse,
)
from allmanning.retrieve.handlers import RetrieveHandlers
from allmanning.retrieve.pipeline import Retrieval
from allmanning.retrieve.synonym_store import SynonymStore
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import InvalidInput, NotFound
from allmanning.runtime.run import Service
from tests.integration.retrieve.indexed import CITIZEN, document, opened_store, publish
from tests.integration.retrieve.word_embedder import WordEmbedder
from tests.serving import Serving

GUIDE = [f"Avsnitt {number} om bygglov för altan." for number in range(5)]


@pytest.fixture
async def serving(bus: Bus) -> AsyncIterator[Bus]:
    async with opened_store() as store:
        await publish(store, document("guide", collection="bygg"), GUIDE)
        await publish(store, document("rutin", collection="intern"), ["Så handläggs bygglov för altan."])
        await publish(store, document("sopor", collection="miljö"), ["Soporna hämtas varannan vecka."])
        await publish(store, document("hemlig", secrecy=Secrecy.SECRET), ["Bygglov för altan, hemligt."])
        retrieval = Retrieval(WordEmbedder(), store)
        await retrieval.warm_up()
        handlers = RetrieveHandlers(retrieval, store, SynonymStore(bus))
        async with Serving(bus, "retrieve", Service(endpoints=handlers.endpoints())):
            yield bus


async def similar(bus: Bus, passage: str, **fields: object) -> list[str]:
    values: dict[str, object] = {"principal": CITIZEN, **fields}
    request = SimilarRequest(passage_id=passage, **values)  # type: ignore[arg-type]
    answer = await bus.call(subjects.RETRIEVE_SIMILAR, request, SimilarResponse)
    return [each.passage.id for each in answer.passages if each.passage]


async def neighbours(bus: Bus, passage: str, **fields: object) -> list[str]:
    values: dict[str, object] = {"principal": CITIZEN, **fields}
    request = NeighboursRequest(passage_id=passage, **values)  # type: ignore[arg-type]
    answer = await bus.call(subjects.RETRIEVE_NEIGHBOURS, request, NeighboursResponse)
    return [passage.text for passage in answer.passages]


async def test_passages_that_say_something_like_it_are_found_and_not_itself(serving: Bus) -> None:
    found = await similar(serving, "rutin-0")
    assert "guide-0" in found[:5]
    assert not {"rutin-0", "hemlig-0"} & set(found)


async def test_they_are_limited_as_a_search_is(serving: Bus) -> None:
    assert await similar(serving, "rutin-0", filter=Filter(collections=["miljö"])) == ["sopor-0"]
    assert len(await similar(serving, "guide-0", limit=2)) == 2


async def test_neighbours_are_given_in_order_with_the_passage_among_them(serving: Bus) -> None:
    assert await neighbours(serving, "guide-2") == GUIDE[1:4]
    assert await neighbours(serving, "guide-0", each_side=2) == GUIDE[:3]
    assert await neighbours(serving, "guide-4", each_side=10) == GUIDE


@pytest.mark.parametrize("passage", ["hemlig-0", "finns-ej", ""])
async def test_a_passage_one_may_not_read_is_as_one_that_is_not_there(serving: Bus, passage: str) -> None:
    errors = []
    for ask in (similar, neighbours):
        with pytest.raises(NotFound, match=r"passage\.not_found") as refused:
            await ask(serving, passage)
        errors.append(refused.value.message)
    with pytest.raises(NotFound) as absent:
        await similar(serving, "finns-ej-heller")
    assert {*errors} == {absent.value.message}


async def test_an_asker_who_may_read_nothing_finds_nothing(serving: Bus) -> None:
    with pytest.raises(NotFound, match=r"passage\.not_found"):
        await neighbours(serving, "guide-0", principal=Principal(authority="soltuna"))


@pytest.mark.parametrize(
    ("ask", "fields", "code"),
    [
        (neighbours, {"each_side": 11}, "each_side.out_of_range"),
        (neighbours, {"as_of": "i dag"}, "date.invalid"),
        (neighbours, {"principal": Principal()}, "principal.missing"),
        (similar, {"limit": 101}, "limit.out_of_range"),
        (similar, {"as_of": "20260101"}, "date.invalid"),
        (similar, {"filter": Filter(secrecies=[Secrecy.UNSPECIFIED])}, "filter.invalid"),
        (similar, {"principal": Principal()}, "principal.missing"),
    ],
)
async def test_a_broken_request_is_refused_with_its_code(serving: Bus, ask, fields, code) -> None:
    with pytest.raises(InvalidInput) as refused:
        await ask(serving, "guide-0", **fields)
    assert refused.value.code == code
