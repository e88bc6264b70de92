"""A run outlives the process that asks its questions, and says when the platform was away too long."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from allmanning.contracts.access.v1.access_pb import Principal, Role
from allmanning.contracts.generate.v1 import generate_pb as generate
from allmanning.gateway.desk import Desk
from allmanning.gateway.evaluation.questions import KeyedQuestion
from allmanning.gateway.evaluation.records import Records
from allmanning.gateway.evaluation.run import Run
from allmanning.gateway.evaluation.runner import Runner
from allmanning.gateway.evaluation.runs import Runs
from allmanning.gateway.evaluation.sealed import SealedTexts
from allmanning.gateway.evaluation.sets import QuestionSets
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.cancel import cancel
from allmanning.runtime.discovery import EndpointStats
from allmanning.runtime.endpoint import Server, StreamEndpoint
from allmanning.runtime.errors import Unavailable
from allmanning.runtime.record import Recorder
from tests.integration.gateway.said import answered
from tests.sealed import sealing_endpoint

TEXTS = SealedTexts(b"k" * 32)
ADMIN = Principal(authority="exempelby", role=Role.ADMIN, channel="internal", key_id="k1")


class Answering:
    """A scripted generate service: it answers `most` questions, then nothing more until told."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.asked: list[str] = []
        self.held = asyncio.Event()
        self.away = False

    async def answer(self, request: generate.AnswerRequest) -> AsyncIterator[generate.AnswerResponse]:
        if self.away:
            raise Unavailable("audit.unavailable", "Borta.")
        self.asked.append(request.messages[0].content)
        if len(self.asked) > self.most:
            self.held.set()
            await asyncio.Event().wait()
        for each in answered():
            yield each


@pytest.fixture
async def script(bus: Bus) -> Answering:
    answering = Answering(2)
    endpoints = [StreamEndpoint(subjects.GENERATE_ANSWER, generate.AnswerRequest, answering.answer), sealing_endpoint()]
    server = Server(bus.nc, "generate")
    await server.start([(each, EndpointStats(each.subject, each.subject)) for each in endpoints])
    return answering


async def begun(desk: Desk, records: Records) -> Run:
    questions = [KeyedQuestion(id=str(n), question=f"Fråga {n}?", expect="answered") for n in range(4)]
    chosen = await QuestionSets(desk, TEXTS).make(ADMIN, "Fyra", questions)
    return await Runs(desk, records, TEXTS).start(ADMIN, chosen, "")


async def ended(runs: Runs, run_id: str) -> Run:
    async with asyncio.timeout(20):
        while (run := await runs.one("exempelby", run_id)).open:
            await asyncio.sleep(0.05)
    return run


async def test_a_run_goes_on_where_it_was_when_the_process_starts_again(bus: Bus, script: Answering, tmp_path) -> None:
    desk, records = Desk(tmp_path), Records(Recorder(bus, "gateway"))
    run = await begun(desk, records)
    first = asyncio.create_task(Runner(bus, desk, records, TEXTS).work())
    async with asyncio.timeout(20):
        await script.held.wait()
    await cancel([first])
    script.most = 100
    second = asyncio.create_task(Runner(bus, desk, records, TEXTS).work())
    run = await ended(Runs(desk, records, TEXTS), run.id)
    await cancel([second])

    assert (run.state, run.answered, run.resumed) == ("done", 4, 1)
    # Only the one that was being answered is asked twice.
    assert script.asked == [f"Fråga {n}?" for n in (0, 1, 2, 2, 3)]


async def test_a_platform_that_stays_away_breaks_the_run_off_and_says_why(
    bus: Bus, script: Answering, tmp_path
) -> None:
    desk, records = Desk(tmp_path), Records(Recorder(bus, "gateway"))
    script.away = True
    run = await begun(desk, records)
    task = asyncio.create_task(Runner(bus, desk, records, TEXTS, waits_s=(0.01, 0.01)).work())
    run = await ended(Runs(desk, records, TEXTS), run.id)
    await cancel([task])

    assert (run.state, run.why, run.answered) == ("broken", "audit.unavailable", 0)
