"""Questions beyond the places, through the real service: they wait, hear where, or are told when to come back."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from allmanning.contracts.access.v1.access_pb import Principal, Role, Secrecy
from allmanning.contracts.generate.v1.generate_pb import (
    AnswerRequest,
    AnswerResponse,
    Finished,
    GetLoadRequest,
    GetLoadResponse,
    Message,
    Queued,
)
from allmanning.contracts.index.v1.index_pb import EmbedRequest, EmbedResponse
from allmanning.generate.admission.budget import Budget
from allmanning.generate.kinds import Kind
from allmanning.runtime import streams, subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.endpoint import Endpoint
from allmanning.runtime.errors import Busy, Unavailable
from allmanning.runtime.run import Service
from allmanning.runtime.swedish_day import today
from tests.contract.generate.scripted_model import Script, ScriptedModel
from tests.integration.generate.scripted_platform import CITIZEN, Platform, passage, platform
from tests.serving import Serving
from tests.unit.generate.test_kinds import towards

SAID = "En altan i markhöjd kräver inte bygglov. [1]"
QUESTION = "Behöver jag bygglov för en altan i markhöjd?"


def model_settings(model: ScriptedModel, **more: object) -> dict[str, object]:
    return {
        "model_api": "openai",
        "model_url": f"{model.url}/v1",
        "model_name": "m",
        "model_approved": True,
        "model_capacity": 1,
        **more,
    }


def ask(served: Platform, question: str = QUESTION, **changes: object) -> asyncio.Task[list[AnswerResponse]]:
    request = AnswerRequest(principal=CITIZEN, messages=[Message(role="user", content=question)], **changes)  # type: ignore[arg-type]

    async def follow() -> list[AnswerResponse]:
        return [each async for each in served.bus.stream(subjects.GENERATE_ANSWER, request, AnswerResponse)]

    return asyncio.create_task(follow())


def values(answers: list[AnswerResponse]) -> list[object]:
    return [each.event.value for each in answers if each.event]


async def load(bus: Bus) -> GetLoadResponse:
    staff = Principal(authority="exempelby", role=Role.ADMIN, channel="api", clearances=[Secrecy.OPEN])
    return await bus.call(subjects.GENERATE_GET_LOAD, GetLoadRequest(principal=staff), GetLoadResponse)


async def until_load(bus: Bus, **wanted: int) -> GetLoadResponse:
    while True:
        now = await load(bus)
        if all(getattr(now, name) == value for name, value in wanted.items()):
            return now
        await asyncio.sleep(0.01)


async def test_a_question_beyond_the_places_hears_where_it_waits_and_then_its_answer(bus: Bus) -> None:
    async with ScriptedModel(Script((SAID,), hang_after=1)) as model, platform(bus, **model_settings(model)) as served:
        served.passages = [passage(SAID)]
        first = ask(served)
        await until_load(bus, taken=1)
        second = ask(served)
        now = await until_load(bus, waiting=1)
        assert (now.places, now.own_taken, now.own_waiting, now.max_wait_s) == (1, 1, 1, 60.0)
        await asyncio.sleep(0.3)
        model.script = Script((SAID,))
        first.cancel()
        said = values(await second)

    assert isinstance(said[0], Queued)
    assert (said[0].position, said[0].expected_wait_s) == (1, 5.0)
    assert isinstance(said[-1], Finished)
    waited = [each["waited_ms"] for each in await served.records() if "waited_ms" in each]
    assert waited[0] == 0
    assert waited[1] > 200


async def test_an_asker_that_leaves_the_queue_gives_its_place_away(bus: Bus) -> None:
    settings = {"max_waiting_of_one": 1}
    async with (
        ScriptedModel(Script((SAID,), hang_after=1)) as model,
        platform(bus, **model_settings(model, **settings)) as served,
    ):
        served.passages = [passage(SAID)]
        first = ask(served)
        await until_load(bus, taken=1)
        waiter = ask(served)
        await until_load(bus, waiting=1)
        with pytest.raises(Busy) as refused:
            await ask(served)
        assert (refused.value.code, refused.value.retry_after_s) == ("queue.full", 10)
        waiter.cancel()
        await until_load(bus, waiting=0)
        assert (await load(bus)).taken == 1
        first.cancel()
        await until_load(bus, taken=0)


async def test_somebody_in_danger_does_not_wait(bus: Bus) -> None:
    async with ScriptedModel(Script((SAID,), hang_after=1)) as model, platform(bus, **model_settings(model)) as served:
        served.passages = [passage(SAID)]
        first = ask(served)
        await until_load(bus, taken=1)
        served.request_rule.verdict = served.request_rule.verdict.__class__.HAND_OVER
        said = values(await ask(served, "Jag vill ta mitt liv"))
        assert not [each for each in said if isinstance(each, Queued)]
        assert isinstance(said[-1], Finished)
        first.cancel()


@pytest.fixture
def frugal(tmp_path: Path) -> Path:
    (tmp_path / "exempelby.yaml").write_text("id: exempelby\nshare: {tokens_per_day: 20, weight: 2.5}\n")
    return tmp_path


async def test_a_days_tokens_are_counted_past_a_restart_and_then_no_more_are_used(bus: Bus, frugal: Path) -> None:
    async with ScriptedModel(Script((SAID,))) as model:
        for _ in range(2):
            async with platform(bus, **model_settings(model, authorities=frugal)) as served:
                served.passages = [passage(SAID)]
                assert isinstance(values(await ask(served))[-1], Finished)
        async with platform(bus, **model_settings(model, authorities=frugal)) as served:
            now = await load(bus)
            assert (now.tokens_used, now.tokens_per_day, now.weight) == (36, 20, 2.5)
            with pytest.raises(Busy) as refused:
                await ask(served)
        assert refused.value.code == "budget.used_up"
        assert 0 < (refused.value.retry_after_s or 0) <= 25 * 3600
        assert len(model.requests) == 2


async def embed(request: EmbedRequest) -> EmbedResponse:
    """An index process for which bruises mean danger, and everything else an ordinary question."""
    rows = [towards(Kind.CRISIS if "Blåmärken" in text else Kind.GENERAL).tobytes() for text in request.texts]
    return EmbedResponse(vectors=rows, dimension=384, model="multilingual-e5-small")


async def test_somebody_in_danger_is_told_where_help_is_when_no_turn_is_to_be_had(bus: Bus, frugal: Path) -> None:
    index = Service(endpoints=[Endpoint(subjects.INDEX_EMBED, EmbedRequest, embed)])
    async with (
        ScriptedModel(Script((SAID,))) as model,
        Serving(bus, "index", index),
        platform(bus, **model_settings(model, authorities=frugal)) as served,
    ):
        served.passages = [passage(SAID)]
        for _ in range(2):
            await ask(served)
        with pytest.raises(Busy) as busy:
            await ask(served)
        with pytest.raises(Unavailable) as refused:
            await ask(served, "Blåmärken igen i dag.")
    assert (busy.value.code, refused.value.code) == ("budget.used_up", "budget.used_up")
    assert "112" not in busy.value.message
    assert "112" in refused.value.message


async def test_tokens_that_could_not_be_counted_are_counted_with_the_next(bus: Bus) -> None:
    budget = Budget(bus)
    await bus.js.delete_stream("TOKENS")
    budget.reserve("exempelby", 50)
    budget.charge("exempelby", 50, 7)
    await budget.written()
    await streams.apply(bus.js)
    budget.charge("exempelby", 0, 5)
    budget.charge("exempelby", 0, 1)
    await budget.written()

    assert await Budget(bus).used("exempelby") == 13
    message = await bus.js.get_last_msg("TOKENS", subjects.tokens_used("exempelby", today()))
    assert message.data == b'{"val":"13"}'


async def test_answers_under_way_count_with_the_most_that_they_may_use(bus: Bus) -> None:
    budget = Budget(bus)
    budget.reserve("exempelby", 60)
    await budget.check("exempelby", 100)
    budget.reserve("exempelby", 60)
    with pytest.raises(Busy) as refused:
        await budget.check("exempelby", 100)
    assert (refused.value.retry_after_s or 0) <= 10
    await budget.check("exempelby", 0)
    budget.charge("exempelby", 60, 10)
    await budget.check("exempelby", 100)


async def test_a_model_that_does_not_say_what_it_used_is_charged_with_the_most(bus: Bus) -> None:
    async with (
        ScriptedModel(Script((SAID,), hang_after=1)) as model,
        platform(bus, **model_settings(model, model_max_tokens=40)) as served,
    ):
        served.passages = [passage(SAID)]
        asked = ask(served)
        while not model.requests:
            await asyncio.sleep(0.01)
        asked.cancel()
        await until_load(bus, taken=0)
        assert (await until_load(bus, tokens_used=40)).own_waiting == 0
