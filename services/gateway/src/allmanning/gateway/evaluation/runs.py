"""Runs of the authority's questions: begun, followed, stopped and read. What does the work is `runner.py`."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Final

from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.gateway.desk import Desk
from allmanning.gateway.evaluation.questions import KeyedQuestion
from allmanning.gateway.evaluation.records import Records
from allmanning.gateway.evaluation.run import COLUMNS, Result, Run, run_of
from allmanning.gateway.evaluation.sealed import SealedTexts
from allmanning.gateway.evaluation.sets import QuestionSet, checked_name, read_back, written
from allmanning.gateway.evaluation.told import Told
from allmanning.runtime.errors import Conflict, InvalidInput, NotFound
from allmanning.runtime.identity import uuid7
from allmanning.runtime.record import now

# An authority's latest; what came before them is in the log.
MOST_KEPT: Final = 200


class Runs:
    """Those of every authority."""

    def __init__(self, desk: Desk, records: Records, texts: SealedTexts) -> None:
        self._desk = desk
        self._records = records
        self._texts = texts

    async def start(self, principal: Principal, questions: QuestionSet, name: str) -> Run:
        """Begin a run of a set, on record before it; an authority has one at a time.

        Raises:
            InvalidInput: `evaluation.name`, `evaluation.empty`. Conflict: `evaluation.running`.
            Unavailable: `audit.unavailable`.
        """
        name = checked_name(name or questions.name)
        if not questions.questions:
            raise InvalidInput(
                "evaluation.empty", "Uppsättningen har inga frågor. (There are no questions in the set.)"
            )
        if any(each.open for each in await self.listed(principal.authority, 1)):
            raise _running()
        run_id = uuid7()
        row = {
            "id": run_id,
            "authority": principal.authority,
            "name": name,
            "question_set": questions.id,
            "set_name": questions.name,
            "started_by": principal.key_id,
            "started_at": now(),
            "asked": len(questions.questions),
            "rows": questions.pin,
            "questions": self._texts.seal(written(questions.questions), principal.authority, run_id),
        }
        await self._records.started(principal, run_id, questions)

        def write(file: sqlite3.Connection) -> None:
            file.execute(
                f"INSERT INTO evaluation ({', '.join(row)}) VALUES ({', '.join(':' + each for each in row)})",  # noqa: S608
                row,
            )
            _forget_old(file, principal.authority)

        try:
            await self._desk.work(write, scrub=True)
        except sqlite3.IntegrityError:
            # Somebody else's came in between.
            await self._records.ended(principal.authority, run_id, "not_started")
            raise _running() from None
        return await self.one(principal.authority, run_id)

    async def listed(self, authority: str, limit: int = MOST_KEPT) -> list[Run]:
        """The latest first."""

        def look(file: sqlite3.Connection) -> list[Run]:
            query = f"SELECT {COLUMNS} FROM evaluation WHERE authority = ? ORDER BY started_at DESC LIMIT ?"  # noqa: S608
            return [run_of(row) for row in file.execute(query, (authority, limit))]

        return await self._desk.work(look)

    async def one(self, authority: str, run_id: str) -> Run:
        """Raises `NotFound`: `evaluation.not_found`."""
        return await self._desk.work(lambda file: _one(file, authority, run_id))

    async def result(self, authority: str, run_id: str) -> Result:
        """What has come back so far. Raises `NotFound`: `evaluation.not_found`. `Unavailable`: `evaluation.sealed`."""

        def look(file: sqlite3.Connection) -> Result:
            _one(file, authority, run_id)
            return result_of(file, run_id, self._texts)

        return await self._desk.work(look)

    async def stop(self, authority: str, run_id: str) -> Run:
        """Ask no more questions; what has come back is kept. One that has ended is left as it is.

        Raises:
            NotFound: `evaluation.not_found`.
        """

        def write(file: sqlite3.Connection) -> Run:
            _one(file, authority, run_id)
            file.execute("UPDATE evaluation SET state = 'stopping' WHERE id = ? AND ended_at = ''", (run_id,))
            return _one(file, authority, run_id)

        return await self._desk.work(write)

    async def remove(self, authority: str, run_id: str) -> None:
        """Its answers are gone; the decisions stay in the log.

        Raises:
            NotFound: `evaluation.not_found`. Conflict: `evaluation.running`.
        """

        def write(file: sqlite3.Connection) -> None:
            if _one(file, authority, run_id).open:
                raise _running()
            _forget(file, run_id)

        await self._desk.work(write, scrub=True)


def questions_of(file: sqlite3.Connection, run_id: str, texts: SealedTexts) -> list[KeyedQuestion]:
    """Those that a run was begun with. Raises `Unavailable`: `evaluation.sealed`."""
    [authority, stored] = file.execute("SELECT authority, questions FROM evaluation WHERE id = ?", (run_id,)).fetchone()
    return read_back(texts.opened(stored, authority, run_id))


def result_of(file: sqlite3.Connection, run_id: str, texts: SealedTexts) -> Result:
    """What came back, without what has been erased since. Raises `Unavailable`: `evaluation.sealed`."""
    rows = file.execute("SELECT question, told FROM evaluation_answer WHERE evaluation = ? AND told <> ''", (run_id,))
    answers = {question: Told.model_validate_json(texts.opened(sealed, run_id, question)) for question, sealed in rows}
    return Result([(each, answers[each.id]) for each in questions_of(file, run_id, texts) if each.id in answers])


def _one(file: sqlite3.Connection, authority: str, run_id: str) -> Run:
    query = f"SELECT {COLUMNS} FROM evaluation WHERE authority = ? AND id = ?"  # noqa: S608
    row: Sequence[object] | None = file.execute(query, (authority, run_id)).fetchone()
    if row is None:
        raise NotFound("evaluation.not_found", "Det finns ingen sådan mätning.")
    return run_of(row)


def _forget_old(file: sqlite3.Connection, authority: str) -> None:
    query = "SELECT id FROM evaluation WHERE authority = ? ORDER BY started_at DESC LIMIT -1 OFFSET ?"
    for (run_id,) in file.execute(query, (authority, MOST_KEPT)).fetchall():
        _forget(file, run_id)


def _forget(file: sqlite3.Connection, run_id: str) -> None:
    file.execute("DELETE FROM evaluation_answer WHERE evaluation = ?", (run_id,))
    file.execute("DELETE FROM evaluation WHERE id = ?", (run_id,))


def _running() -> Conflict:
    return Conflict("evaluation.running", "En mätning pågår redan. Vänta tills den är klar, eller stoppa den.")
