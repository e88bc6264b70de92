"""Does what runs ask for, one question after another, in the one gateway process that holds the lock.

A run is taken up where it was left: each answer is on disk before the next question, so a platform that stops in the
middle loses one question at most, which is asked again. When the process that held the lock has ended another takes it.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import logging
import os
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from allmanning.gateway.desk import Desk
from allmanning.gateway.evaluation.answered import Answered
from allmanning.gateway.evaluation.asking import told
from allmanning.gateway.evaluation.erasures import Erasures
from allmanning.gateway.evaluation.questions import KeyedQuestion
from allmanning.gateway.evaluation.records import Records
from allmanning.gateway.evaluation.run import BROKEN, COLUMNS, DONE, STOPPED, STOPPING, Run, run_of
from allmanning.gateway.evaluation.runs import questions_of, result_of
from allmanning.gateway.evaluation.sealed import SealedTexts
from allmanning.gateway.evaluation.told import Told
from allmanning.gateway.settings import GatewaySettings
from allmanning.runtime.bus import Bus
from allmanning.runtime.cancel import cancel
from allmanning.runtime.errors import Busy, PlatformError, TimedOut, Unavailable
from allmanning.runtime.record import Recorder, now

# How often a new run is looked for, and whether the process that did the work is still there.
LOOKS_EVERY_S: Final = 1.0
# A platform that is away for longer than all of these together breaks a run off.
WAITS_S: Final = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 60.0, 60.0)

log = logging.getLogger(__name__)


class Runner:
    """Asks the questions of all authorities' runs, each authority's by itself."""

    def __init__(
        self, bus: Bus, desk: Desk, records: Records, texts: SealedTexts, *, waits_s: Sequence[float] = WAITS_S
    ) -> None:
        self._bus = bus
        self._desk = desk
        self._records = records
        self._texts = texts
        self._waits_s = waits_s
        self._under_way: dict[str, asyncio.Task[None]] = {}

    async def work(self) -> None:
        """Until cancelled."""
        first = True
        try:
            while True:
                for run in await self._desk.work(_open_runs):
                    known = self._under_way.get(run.id)
                    if known is None or known.done():
                        again = first and run.state != "waiting"
                        self._under_way[run.id] = asyncio.create_task(self._guarded(run, again=again))
                self._under_way = {name: task for name, task in self._under_way.items() if not task.done()}
                first = False
                await asyncio.sleep(LOOKS_EVERY_S)
        finally:
            await cancel(list(self._under_way.values()))

    async def _guarded(self, run: Run, *, again: bool) -> None:
        try:
            await self._run(run, again=again)
        except PlatformError as error:
            # It is still open, and taken up again.
            log.warning("an evaluation can't go on yet: %s", error.code)
            await asyncio.sleep(self._waits_s[-1])

    async def _run(self, run: Run, *, again: bool) -> None:
        if run.state != STOPPING:
            await self._desk.work(lambda file: _begun(file, run.id, again=again))
        left = await self._desk.work(lambda file: _left(file, run.id, self._texts))
        why = ""
        for question in left:
            if await self._desk.work(lambda file: _is_stopping(file, run.id)):
                break
            try:
                answer = await self._told(run, question)
            except PlatformError as error:
                why = error.code
                break
            await self._keep(run.id, question.id, answer)
        state = BROKEN if why else await self._desk.work(lambda file: _ended_as(file, run.id, self._texts))
        result = await self._desk.work(lambda file: result_of(file, run.id, self._texts))
        await self._records.ended(run.authority, run.id, state, result, why)
        row = (state, why, now(), result.model, json.dumps(result.pins), json.dumps(result.figures()), run.id)
        await self._desk.work(lambda file: _end(file, row))

    async def _keep(self, run_id: str, question: str, answer: Told) -> None:
        row = (run_id, question, self._texts.seal(answer.model_dump_json(), run_id, question))
        query = "INSERT OR REPLACE INTO evaluation_answer VALUES (?, ?, ?)"
        await self._desk.work(lambda file: file.execute(query, row).rowcount)

    async def _told(self, run: Run, question: KeyedQuestion) -> Told:
        """What came back: also that the question can't be asked. What is busy or away is waited for.

        Raises:
            Busy, TimedOut, Unavailable: when it has been so for long.
        """
        for wait_s in (*self._waits_s, None):
            try:
                return await told(self._bus, run.authority, run.started_by, question)
            except (Busy, TimedOut, Unavailable) as error:
                if wait_s is None:
                    raise
                log.info("an evaluation waits: %s", error.code)
                await asyncio.sleep(max(wait_s, min(error.retry_after_s or 0.0, self._waits_s[-1])))
            except PlatformError as error:
                failed = Answered(outcome="failed", reason=error.code, text=error.message, cited=(), seconds=0.0)
                return Told(answer=failed, decision="", model="", pins={})
        raise AssertionError


@asynccontextmanager
async def running(settings: GatewaySettings, bus: Bus, recorder: Recorder) -> AsyncIterator[None]:
    """Runs are worked on until the block ends, here or in another process on the same folder."""
    desk, texts = Desk(settings.data_dir), SealedTexts.of(settings)
    await texts.warm_up(desk)
    runner = Runner(bus, desk, Records(recorder), texts)
    tasks = [
        asyncio.create_task(_when_alone(settings.data_dir, runner)),
        asyncio.create_task(Erasures(bus, desk, texts).follow()),
    ]
    try:
        yield
    finally:
        await cancel(tasks)


async def _when_alone(data_dir: Path, runner: Runner) -> None:
    folder = data_dir / "gateway"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(folder / "evaluations.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                await asyncio.sleep(LOOKS_EVERY_S)
                continue
            try:
                await runner.work()
            except sqlite3.Error:
                log.exception("evaluations can't be read")
                await asyncio.sleep(LOOKS_EVERY_S)
    finally:
        os.close(handle)


def _open_runs(file: sqlite3.Connection) -> list[Run]:
    return [run_of(row) for row in file.execute(f"SELECT {COLUMNS} FROM evaluation WHERE ended_at = ''")]  # noqa: S608


def _begun(file: sqlite3.Connection, run_id: str, *, again: bool) -> None:
    file.execute(
        "UPDATE evaluation SET state = 'running', resumed = resumed + ?"
        " WHERE id = ? AND state IN ('waiting', 'running')",
        (int(again), run_id),
    )


def _left(file: sqlite3.Connection, run_id: str, texts: SealedTexts) -> list[KeyedQuestion]:
    rows = file.execute("SELECT question FROM evaluation_answer WHERE evaluation = ?", (run_id,))
    answered = {name for (name,) in rows}
    return [each for each in questions_of(file, run_id, texts) if each.id not in answered]


def _is_stopping(file: sqlite3.Connection, run_id: str) -> bool:
    [state] = file.execute("SELECT state FROM evaluation WHERE id = ?", (run_id,)).fetchone()
    return bool(state == STOPPING)


def _ended_as(file: sqlite3.Connection, run_id: str, texts: SealedTexts) -> str:
    """A stop that came with the last answer stopped nothing."""
    return STOPPED if _left(file, run_id, texts) else DONE


def _end(file: sqlite3.Connection, row: tuple[str, ...]) -> None:
    file.execute(
        "UPDATE evaluation SET state = ?, why = ?, ended_at = ?, model = ?, pins = ?, figures = ? WHERE id = ?", row
    )
