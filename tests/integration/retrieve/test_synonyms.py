"""An authority's own words, kept on NATS and shared by every retrieve process."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator

import pytest

from allmanning.contracts.retrieve.v1.retrieve_pb import (
    GetSynonymsRequest,
    GetSynonymsResponse,
    PutSynonymsRequest,
    PutSynonymsResponse,
    SearchRequest,
    Synonym,
)
from allmanning.retrieve.handlers import RetrieveHandlers
from allmanning.retrieve.pipeline import Retrieval
from allmanning.retrieve.synonym_store import SynonymStore
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import InvalidInput, Unavailable
from allmanning.runtime.run import Service
from tests.conftest import Nats
from tests.integration.retrieve.indexed import CITIZEN, document, opened_store, publish, texts
from tests.integration.retrieve.word_embedder import WordEmbedder
from tests.serving import Serving

DAGIS = [Synonym(word="dagis*", words=["småbarnsskola"])]
AT_ONCE_S = 0.9


@pytest.fixture
async def buses(bus: Bus, nats: Nats) -> AsyncIterator[tuple[Bus, Bus]]:
    """Two processes' connections, with the permissions of the retrieve service."""
    assert bus.nc.is_connected
    one, other = [await Bus.connect(nats.settings("retrieve"), name="retrieve") for _ in range(2)]
    yield one, other
    await one.close()
    await other.close()


async def test_rows_are_kept_and_got_back_by_any_process(buses: tuple[Bus, Bus]) -> None:
    one, other = map(SynonymStore, buses)
    assert await one.get("soltuna") == GetSynonymsResponse()
    version = await one.put("soltuna", DAGIS)
    assert await other.get("soltuna") == GetSynonymsResponse(synonyms=DAGIS, version=version)
    assert await other.get("annanby") == GetSynonymsResponse()
    assert await other.put("soltuna", []) == ""
    assert await one.get("soltuna") == GetSynonymsResponse()


async def test_a_process_searches_with_what_another_has_written_within_a_second(buses: tuple[Bus, Bus]) -> None:
    one, other = map(SynonymStore, buses)
    assert (await other.own_words("soltuna")).version == ""
    version = await one.put("soltuna", DAGIS)
    assert (await one.own_words("soltuna")).version == version
    await asyncio.sleep(AT_ONCE_S)
    words = await other.own_words("soltuna")
    assert (words.version, words.rows.official("dagis")) == (version, ("småbarnsskola",))
    assert (await other.own_words("annanby")).version == ""


async def test_a_search_goes_on_with_the_last_known_words_while_nats_is_silent(
    buses: tuple[Bus, Bus], nats: Nats
) -> None:
    store = SynonymStore(buses[0])
    version = await store.put("soltuna", DAGIS)
    nats.process.send_signal(signal.SIGSTOP)
    try:
        await asyncio.sleep(AT_ONCE_S)
        assert (await store.own_words("soltuna")).version == version
        assert (await store.own_words("annanby")).version == ""
    finally:
        nats.process.send_signal(signal.SIGCONT)


async def test_without_its_bucket_the_store_says_so_and_searches_go_on(nats: Nats) -> None:
    bus = await Bus.connect(nats.settings("retrieve"), name="retrieve")
    store = SynonymStore(bus)
    with pytest.raises(Unavailable, match=r"synonyms\.unavailable"):
        await store.get("soltuna")
    with pytest.raises(Unavailable, match=r"synonyms\.unavailable"):
        await store.put("soltuna", DAGIS)
    assert (await store.own_words("soltuna")).version == ""
    await bus.close()


async def test_rows_are_changed_over_the_bus_and_change_what_is_found(bus: Bus, buses: tuple[Bus, Bus]) -> None:
    synonyms = SynonymStore(buses[0])
    async with opened_store() as store:
        await publish(store, document("webb"), ["Soporna hämtas varannan vecka.", "Plats i småbarnsskola."])
        retrieval = Retrieval(WordEmbedder(), store, vocabulary=synonyms)
        await retrieval.warm_up()
        handlers = RetrieveHandlers(retrieval, store, synonyms)
        async with Serving(bus, "retrieve", Service(endpoints=handlers.endpoints())):
            request = PutSynonymsRequest(authority="soltuna", synonyms=DAGIS)
            version = (await bus.call(subjects.RETRIEVE_PUT_SYNONYMS, request, PutSynonymsResponse)).version
            answer = await retrieval.search(SearchRequest(principal=CITIZEN, query="dagis"))
            assert texts(answer)[0] == "Plats i småbarnsskola."
            assert answer.understanding
            assert answer.understanding.synonyms == version
            assert answer.understanding.expansions[0].words == ["småbarnsskola"]
            got = await bus.call(
                subjects.RETRIEVE_GET_SYNONYMS, GetSynonymsRequest(authority="soltuna"), GetSynonymsResponse
            )
            assert got == GetSynonymsResponse(synonyms=DAGIS, version=version)
            wrong = PutSynonymsRequest(authority="soltuna", synonyms=[Synonym(word="dagis")])
            with pytest.raises(InvalidInput, match=r"Rad 1"):
                await bus.call(subjects.RETRIEVE_PUT_SYNONYMS, wrong, PutSynonymsResponse)
            anybody = PutSynonymsRequest(authority="*", synonyms=DAGIS)
            with pytest.raises(InvalidInput, match=r"authority\.invalid"):
                await bus.call(subjects.RETRIEVE_PUT_SYNONYMS, anybody, PutSynonymsResponse)
