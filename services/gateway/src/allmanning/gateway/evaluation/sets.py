"""The authority's own questions with their keys, in sets that are kept on the platform."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import TypeAdapter

from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.gateway.desk import Desk
from allmanning.gateway.evaluation.questions import KeyedQuestion, checked_number
from allmanning.gateway.evaluation.sealed import SealedTexts
from allmanning.runtime.errors import Conflict, InvalidInput, NotFound
from allmanning.runtime.identity import uuid7
from allmanning.runtime.record import now

MAX_NAME_CHARS: Final = 60
MAX_SETS: Final = 100
# Those whom the platform may ask as: what a question is answered with is shown to the administrator.
ROLES: Final = ("citizen", "caseworker")
_QUESTIONS: Final = TypeAdapter(list[KeyedQuestion])
_COLUMNS: Final = "id, name, revision, changed_at, questions"


@dataclass(frozen=True)
class QuestionSet:
    """`revision` names what was read; a change says which one it changes."""

    id: str
    name: str
    revision: int
    changed_at: str
    questions: Sequence[KeyedQuestion]

    @property
    def pin(self) -> str:
        """Hash of the questions and their keys."""
        return pin_of(self.questions)


class QuestionSets:
    """Keeps the sets of every authority."""

    def __init__(self, desk: Desk, texts: SealedTexts) -> None:
        self._desk = desk
        self._texts = texts

    async def listed(self, authority: str) -> list[QuestionSet]:
        """By name. Raises `Unavailable`: `evaluation.sealed`."""

        def look(file: sqlite3.Connection) -> list[QuestionSet]:
            query = f"SELECT {_COLUMNS} FROM question_set WHERE authority = ? ORDER BY name, id"  # noqa: S608
            return [self._set(authority, row) for row in file.execute(query, (authority,))]

        return await self._desk.work(look)

    async def one(self, authority: str, set_id: str) -> QuestionSet:
        """Raises `NotFound`: `evaluation.set_not_found`. `Unavailable`: `evaluation.sealed`."""

        def look(file: sqlite3.Connection) -> QuestionSet:
            query = f"SELECT {_COLUMNS} FROM question_set WHERE authority = ? AND id = ?"  # noqa: S608
            row = file.execute(query, (authority, set_id)).fetchone()
            if row is None:
                raise _not_found()
            return self._set(authority, row)

        return await self._desk.work(look)

    async def make(self, principal: Principal, name: str, questions: Sequence[KeyedQuestion]) -> QuestionSet:
        """A new set.

        Raises:
            InvalidInput: `evaluation.name`, `evaluation.role`, `evaluation.too_many`, `evaluation.malformed`.
        """
        made = QuestionSet(uuid7(), checked_name(name), 1, now(), _checked(questions))

        def write(file: sqlite3.Connection) -> None:
            query = "SELECT count(*) FROM question_set WHERE authority = ?"
            [number] = file.execute(query, (principal.authority,)).fetchone()
            if number >= MAX_SETS:
                text = f"Det finns redan {MAX_SETS} uppsättningar. Ta bort någon. (There are {MAX_SETS} sets already.)"
                raise InvalidInput("evaluation.too_many", text)
            stored = self._texts.seal(written(made.questions), principal.authority, made.id)
            row = (made.id, principal.authority, made.name, made.revision, made.changed_at, stored)
            file.execute("INSERT INTO question_set VALUES (?, ?, ?, ?, ?, ?)", row)

        await self._desk.work(write)
        return made

    async def change(
        self, principal: Principal, set_id: str, name: str, questions: Sequence[KeyedQuestion], revision: int
    ) -> QuestionSet:
        """The set with another name and other questions; runs keep those that they were made with.

        Raises:
            InvalidInput: as `make`. NotFound: `evaluation.set_not_found`. Conflict: `evaluation.set_changed`.
        """
        made = QuestionSet(set_id, checked_name(name), revision + 1, now(), _checked(questions))

        def write(file: sqlite3.Connection) -> None:
            this = (set_id, principal.authority)
            stored = self._texts.seal(written(made.questions), principal.authority, set_id)
            if file.execute("SELECT 1 FROM question_set WHERE id = ? AND authority = ?", this).fetchone() is None:
                raise _not_found()
            changed = file.execute(
                "UPDATE question_set SET name = ?, revision = ?, changed_at = ?, questions = ?"
                " WHERE id = ? AND authority = ? AND revision = ?",
                (made.name, made.revision, made.changed_at, stored, *this, revision),
            ).rowcount
            if not changed:
                raise Conflict(
                    "evaluation.set_changed",
                    "Någon annan har ändrat frågorna medan du skrev. Ladda om sidan, se hur de är nu och försök igen.",
                )

        await self._desk.work(write)
        return made

    async def remove(self, principal: Principal, set_id: str) -> None:
        """The set is gone; what it has measured stays. Raises `NotFound`: `evaluation.set_not_found`."""

        def write(file: sqlite3.Connection) -> int:
            query = "DELETE FROM question_set WHERE id = ? AND authority = ?"
            return file.execute(query, (set_id, principal.authority)).rowcount

        if not await self._desk.work(write, scrub=True):
            raise _not_found()

    def _set(self, authority: str, row: tuple[str, str, int, str, str]) -> QuestionSet:
        return QuestionSet(*row[:4], questions=read_back(self._texts.opened(row[4], authority, row[0])))


def pin_of(questions: Sequence[KeyedQuestion]) -> str:
    """`sha256:<hex>` of questions and keys."""
    return f"sha256:{hashlib.sha256(written(questions).encode()).hexdigest()}"


def checked_name(name: str) -> str:
    """Raises `InvalidInput`: `evaluation.name`."""
    name = name.strip()
    if not name or not name.isprintable() or len(name) > MAX_NAME_CHARS:
        raise InvalidInput(
            "evaluation.name",
            f"Ange ett namn på högst {MAX_NAME_CHARS} tecken. (Give a name of at most {MAX_NAME_CHARS} characters.)",
        )
    return name


def written(questions: Sequence[KeyedQuestion]) -> str:
    """As JSON."""
    return json.dumps([each.model_dump(mode="json") for each in questions], ensure_ascii=False)


def read_back(text: str) -> list[KeyedQuestion]:
    """What `written` made."""
    return _QUESTIONS.validate_json(text)


def _checked(questions: Sequence[KeyedQuestion]) -> list[KeyedQuestion]:
    seen: set[str] = set()
    for each in questions:
        if each.role not in ROLES:
            raise InvalidInput(
                "evaluation.role",
                f"Fråga {each.id}: role ska vara citizen eller caseworker. (Question {each.id}: role is one of these.)",
            )
        if each.id in seen:
            text = f"Fråga {each.id} finns redan. (Question {each.id} is there twice.)"
            raise InvalidInput("evaluation.malformed", text)
        seen.add(each.id)
    return checked_number(list(questions))


def _not_found() -> NotFound:
    return NotFound("evaluation.set_not_found", "Det finns ingen sådan uppsättning frågor.")
