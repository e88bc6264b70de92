"""What evaluations keep can be read with the key alone, and is gone when it is removed, or erased in the log."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from allmanning.contracts.audit.v1 import audit_pb as audit
from allmanning.contracts.audit.v1 import erasure_pb as erasure
from allmanning.contracts.generate.v1 import generate_pb as generate
from allmanning.gateway.desk import Desk
from allmanning.gateway.evaluation.erasures import Erasures
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
from allmanning.runtime.endpoint import Endpoint, Server, StreamEndpoint
from allmanning.runtime.errors import Unavailable
from allmanning.runtime.identity import uuid7
from allmanning.runtime.record import Recorder
from tests.integration.gateway.said import QUOTE, finished, opened, sentence
from tests.integration.gateway.test_evaluation_restart import ADMIN, ended
from tests.sealed import sealing_endpoint

TEXTS, OTHER = SealedTexts(b"k" * 32), SealedTexts(b"o" * 32)
QUESTIONS = [KeyedQuestion(id=n, question=f"Får Tolvan bygga altan {n}?", expect="answered") for n in ("a", "b")]


@dataclass
class Platform:
    """Answers with a decision of its own each time; `erased` are the decisions that have lost their content."""

    decisions: list[str] = field(default_factory=list)
    erased: set[str] = field(default_factory=set)
    looked: int = 0

    async def answer(self, _: generate.AnswerRequest) -> AsyncIterator[generate.AnswerResponse]:
        self.decisions.append(uuid7())
        told = finished(f"{QUOTE} [1]", generate.Outcome.ANSWERED)
        assert told.event is not None
        told.event.value.decision_id = self.decisions[-1]  # type: ignore[union-attr]
        for each in (opened(), sentence(f"{QUOTE} [1]"), told):
            yield each

    async def erasures(self, _: erasure.ListErasuresRequest) -> erasure.ListErasuresResponse:
        done = [erasure.Erasure(id="e1", state="done", log_records=sorted(self.erased))] if self.erased else []
        return erasure.ListErasuresResponse(erasures=done)

    async def get(self, request: audit.GetRequest) -> audit.GetResponse:
        self.looked += 1
        gone = [audit.ErasedPart(name="told")] if request.decision_id in self.erased else []
        return audit.GetResponse(records=[audit.Record(id="r", leaf=b"{}", erased=gone)], complete=True)


@dataclass
class Made:
    """A run that has ended, of a set of two questions."""

    folder: Path
    desk: Desk
    runs: Runs
    run: Run
    platform: Platform
    bus: Bus

    def written(self) -> bytes:
        return b"".join(path.read_bytes() for path in (self.folder / "gateway").glob("desk.db*"))

    async def asked(self) -> list[str]:
        return [question.id for question, _ in (await self.runs.result("exempelby", self.run.id)).pairs]


@pytest.fixture
async def made(bus: Bus, tmp_path: Path) -> Made:
    platform = Platform()
    endpoints = [
        StreamEndpoint(subjects.GENERATE_ANSWER, generate.AnswerRequest, platform.answer),
        Endpoint(subjects.AUDIT_LIST_ERASURES, erasure.ListErasuresRequest, platform.erasures),
        Endpoint(subjects.AUDIT_GET, audit.GetRequest, platform.get),
        sealing_endpoint(),
    ]
    server = Server(bus.nc, "platform")
    await server.start([(each, EndpointStats(each.subject, each.subject)) for each in endpoints])
    desk, records = Desk(tmp_path), Records(Recorder(bus, "gateway"))
    chosen = await QuestionSets(desk, TEXTS).make(ADMIN, "Två", QUESTIONS)
    runs = Runs(desk, records, TEXTS)
    begun = await runs.start(ADMIN, chosen, "")
    task = asyncio.create_task(Runner(bus, desk, records, TEXTS).work())
    run = await ended(runs, begun.id)
    await cancel([task])
    return Made(tmp_path, desk, runs, run, platform, bus)


async def test_neither_questions_nor_answers_can_be_read_without_the_key(made: Made) -> None:
    result = await made.runs.result("exempelby", made.run.id)

    assert [told.answer.text for _, told in result.pairs] == [f"{QUOTE} [1]"] * 2
    assert "altan" in QUOTE
    for word in ("Tolvan", "altan"):
        assert word.encode() not in made.written()
    with pytest.raises(Unavailable) as sealed:
        await Runs(made.desk, Records(Recorder(made.bus, "gateway")), OTHER).result("exempelby", made.run.id)
    assert sealed.value.code == "evaluation.sealed"
    with pytest.raises(Unavailable):
        await QuestionSets(made.desk, OTHER).listed("exempelby")
    # What can't be read can be removed.
    await Runs(made.desk, Records(Recorder(made.bus, "gateway")), OTHER).remove("exempelby", made.run.id)


async def test_what_an_earlier_release_left_open_is_sealed_at_the_start(made: Made, caplog) -> None:
    before = await made.runs.result("exempelby", made.run.id)
    chosen = await QuestionSets(made.desk, TEXTS).one("exempelby", made.run.question_set)
    [(question, told), _] = before.pairs

    def leave_open(file: sqlite3.Connection) -> None:
        file.execute("UPDATE evaluation_answer SET told = ? WHERE question = ?", (told.model_dump_json(), question.id))
        stored = "[" + ",".join(each.model_dump_json() for each in QUESTIONS) + "]"
        file.execute("UPDATE evaluation SET questions = ?", (stored,))
        file.execute("UPDATE question_set SET questions = ?", (stored,))

    await made.desk.work(leave_open, scrub=True)
    assert b"Tolvan" in made.written()

    await TEXTS.warm_up(made.desk)
    assert b"Tolvan" not in made.written()
    assert await made.runs.result("exempelby", made.run.id) == before
    assert await QuestionSets(made.desk, TEXTS).one("exempelby", chosen.id) == chosen
    assert not caplog.records

    await OTHER.warm_up(made.desk)
    assert "4 sets, evaluations and answers can't be opened" in caplog.text


async def test_an_answer_goes_when_its_decision_is_erased_in_the_log_and_its_figures_stay(made: Made) -> None:
    erasures = Erasures(made.bus, made.desk, TEXTS)
    await erasures.look()
    assert made.platform.looked == 0

    made.platform.erased = {made.platform.decisions[0]}
    gone = sealed_of(made, "a")
    await erasures.look()
    await erasures.look()

    assert made.platform.looked == 2
    assert await made.asked() == ["b"]
    assert gone.encode() not in made.written()
    run = await made.runs.one("exempelby", made.run.id)
    assert (run.answered, run.figures) == (2, made.run.figures)


async def test_a_removed_run_leaves_nothing_in_the_file(made: Made) -> None:
    sealed = [sealed_of(made, each) for each in ("a", "b")]

    await made.runs.remove("exempelby", made.run.id)
    await QuestionSets(made.desk, TEXTS).remove(ADMIN, made.run.question_set)

    assert all(each.encode() not in made.written() for each in sealed)


def sealed_of(made: Made, question: str) -> str:
    """Some characters of an answer as it lies there."""
    with closing(sqlite3.connect(made.folder / "gateway" / "desk.db")) as file:
        query = "SELECT told FROM evaluation_answer WHERE question = ?"
        return str(file.execute(query, (question,)).fetchone()[0])[20:80]
