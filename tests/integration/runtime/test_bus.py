"""Requests, streams and events over a real nats-server with the platform's permissions."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from protobuf import Oneof

from allmanning.contracts.audit.v1.audit_pb import DecisionRecorded
from allmanning.contracts.generate.v1.generate_pb import AnswerRequest, AnswerResponse, Opened
from allmanning.contracts.retrieve.v1.retrieve_pb import SearchRequest, SearchResponse
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.endpoint import Endpoint, StreamEndpoint
from allmanning.runtime.errors import Internal, NotFound, TimedOut, TooLarge, Unavailable
from allmanning.runtime.run import Service
from tests.conftest import Nats
from tests.serving import Serving


async def search(request: SearchRequest) -> SearchResponse:
    if request.query == "saknas":
        raise NotFound("thing.not_found", "Det finns ingen sådan åäö.")
    if request.query == "trasig":
        raise ZeroDivisionError("secret detail")
    if request.query == "långsam":
        await asyncio.sleep(0.2)
    return SearchResponse(index_version=request.query)


async def test_concurrent_requests_are_answered_concurrently(bus: Bus) -> None:
    async with Serving(bus, "retrieve", Service([Endpoint(subjects.RETRIEVE_SEARCH, SearchRequest, search)])):
        request = SearchRequest(query="långsam")
        started = asyncio.get_running_loop().time()
        answers = await asyncio.gather(
            *(bus.call(subjects.RETRIEVE_SEARCH, request, SearchResponse) for _ in range(16))
        )
        assert {answer.index_version for answer in answers} == {"långsam"}
        # One after the other they would take 3.2 s.
        assert asyncio.get_running_loop().time() - started < 2


async def test_platform_errors_cross_and_others_hide(bus: Bus) -> None:
    async with Serving(bus, "retrieve", Service([Endpoint(subjects.RETRIEVE_SEARCH, SearchRequest, search)])):
        with pytest.raises(NotFound) as missing:
            await bus.call(subjects.RETRIEVE_SEARCH, SearchRequest(query="saknas"), SearchResponse)
        assert (missing.value.code, missing.value.message) == ("thing.not_found", "Det finns ingen sådan åäö.")
        with pytest.raises(Internal) as broken:
            await bus.call(subjects.RETRIEVE_SEARCH, SearchRequest(query="trasig"), SearchResponse)
        assert "secret" not in str(broken.value)


async def test_a_service_that_is_not_there_is_unavailable_at_once(bus: Bus) -> None:
    with pytest.raises(Unavailable) as absent:
        await bus.call(subjects.RETRIEVE_SEARCH, SearchRequest(query="x"), SearchResponse)
    assert absent.value.code == "retrieve.unavailable"
    with pytest.raises(Unavailable):
        async for _ in bus.stream(subjects.GENERATE_ANSWER, AnswerRequest(), AnswerResponse):
            pass


async def test_a_message_that_nats_would_not_carry_is_refused_with_its_size(bus: Bus) -> None:
    with pytest.raises(TooLarge, match="1171 kB"):
        await bus.call(subjects.RETRIEVE_SEARCH, SearchRequest(query="x" * 1_200_000), SearchResponse)


async def test_a_late_answer_times_out(bus: Bus) -> None:
    async with Serving(bus, "retrieve", Service([Endpoint(subjects.RETRIEVE_SEARCH, SearchRequest, search)])):
        with pytest.raises(TimedOut):
            await bus.call(subjects.RETRIEVE_SEARCH, SearchRequest(query="långsam"), SearchResponse, timeout_s=0.05)


async def test_discovery_tells_endpoints_and_true_statistics(bus: Bus) -> None:
    async with Serving(bus, "retrieve", Service([Endpoint(subjects.RETRIEVE_SEARCH, SearchRequest, search)])):
        await bus.call(subjects.RETRIEVE_SEARCH, SearchRequest(query="långsam"), SearchResponse)
        with pytest.raises(NotFound):
            await bus.call(subjects.RETRIEVE_SEARCH, SearchRequest(query="saknas"), SearchResponse)
        info = json.loads((await bus.nc.request("$SRV.INFO.retrieve", timeout=1)).data)
        assert [each["subject"] for each in info["endpoints"]] == [subjects.RETRIEVE_SEARCH]
        stats = json.loads((await bus.nc.request("$SRV.STATS.retrieve", timeout=1)).data)["endpoints"][0]
        assert (stats["num_requests"], stats["num_errors"], stats["last_error"]) == (2, 1, "thing.not_found")
        assert stats["processing_time"] >= 200_000_000


async def count(request: AnswerRequest) -> AsyncIterator[AnswerResponse]:
    try:
        for number in range(3):
            yield AnswerResponse(event=Oneof("opened", Opened(decision_id=str(number))))
        if request.conversation_id == "fails":
            raise Unavailable("audit.unavailable", "Loggen svarar inte.", retry_after_s=10)
        if request.conversation_id == "endless":
            await asyncio.sleep(60)
    finally:
        closed.append(request.conversation_id)


closed: list[str] = []


def number_of(answer: AnswerResponse) -> str:
    assert answer.event is not None
    assert isinstance(answer.event.value, Opened)
    return answer.event.value.decision_id


async def test_a_streamed_answer_arrives_whole_and_in_order(bus: Bus) -> None:
    async with Serving(bus, "generate", Service([StreamEndpoint(subjects.GENERATE_ANSWER, AnswerRequest, count)])):
        answers = bus.stream(subjects.GENERATE_ANSWER, AnswerRequest(), AnswerResponse)
        assert [number_of(answer) async for answer in answers] == ["0", "1", "2"]


async def test_an_error_in_the_middle_of_a_stream_reaches_the_caller(bus: Bus) -> None:
    async with Serving(bus, "generate", Service([StreamEndpoint(subjects.GENERATE_ANSWER, AnswerRequest, count)])):
        seen: list[str] = []

        async def follow() -> None:
            request = AnswerRequest(conversation_id="fails")
            async for answer in bus.stream(subjects.GENERATE_ANSWER, request, AnswerResponse):
                seen.append(number_of(answer))

        with pytest.raises(Unavailable) as failed:
            await follow()
        assert (seen, failed.value.code, failed.value.retry_after_s) == (["0", "1", "2"], "audit.unavailable", 10)


async def test_a_caller_that_leaves_stops_the_work(bus: Bus) -> None:
    async with Serving(bus, "generate", Service([StreamEndpoint(subjects.GENERATE_ANSWER, AnswerRequest, count)])):
        answers = bus.stream(subjects.GENERATE_ANSWER, AnswerRequest(conversation_id="endless"), AnswerResponse)
        await anext(answers)
        closed.clear()
        await answers.aclose()
        async with asyncio.timeout(5):
            while closed != ["endless"]:
                await asyncio.sleep(0.01)


async def test_a_service_may_not_use_subjects_that_are_not_its_own(nats: Nats, bus: Bus) -> None:
    retrieve = await Bus.connect(nats.settings("retrieve"), name="retrieve")
    try:
        event = DecisionRecorded(id="1", authority="a", decision_id="1", leaf=b"{}")
        with pytest.raises(Unavailable):
            await retrieve.publish(subjects.decision_recorded("a"), event, message_id="1")
    finally:
        await retrieve.close()
    assert (await bus.js.stream_info("AUDIT_LEAVES")).state.messages == 0
