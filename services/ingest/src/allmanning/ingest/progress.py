"""How far the work on documents has come, told to whoever asks: in a bucket that forgets by itself.

Stages tell often and at once; what they tell leaves three times a second, and not at all for what is done before that.
"""

from __future__ import annotations

import asyncio
import logging
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

from nats.errors import Error as NatsError
from nats.js.errors import Error as JetStreamError
from nats.js.kv import KeyValue

from allmanning.contracts.ingest.v1.ingest_pb import Document, Progress, State
from allmanning.runtime.bus import Bus

BUCKET: Final = "progress"
TELL_EVERY_S: Final = 0.35
Stage = Progress.Stage

log = logging.getLogger(__name__)


@dataclass(eq=False)
class Course:
    """The work on one document."""

    key: str
    progress: Progress
    told: Progress | None = None

    def tell(self, stage: Progress.Stage, done: int = 0, total: int = 0) -> None:
        self.progress = Progress(stage=stage, done=done, total=total)


# The document that the pipeline works on: its stages know nothing of the queue.
_COURSE: ContextVar[Course | None] = ContextVar("course", default=None)


def tell(stage: Progress.Stage, done: int = 0, total: int = 0) -> None:
    """Say how far the document that is being worked on here has come; nothing happens where nobody listens."""
    course = _COURSE.get()
    if course:
        course.tell(stage, done, total)


def key_of(authority: str, document_id: str) -> str:
    return f"{authority}.{document_id}"


class Progresses:
    """The bucket. An outage of it stops nothing: it only shows."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._courses: dict[str, Course] = {}
        self._ended: set[str] = set()
        self._opened: KeyValue | None = None

    def begin(self, authority: str, document_id: str) -> Course:
        """Follow the work of the running task on a document, until `end`."""
        course = Course(key_of(authority, document_id), Progress(stage=Stage.READING))
        _COURSE.set(course)
        self._courses[course.key] = course
        return course

    def end(self, course: Course) -> None:
        _COURSE.set(None)
        if self._courses.get(course.key) is course:
            del self._courses[course.key]
            if course.told is not None:
                self._ended.add(course.key)

    async def run(self) -> None:
        """Tell what has changed, until cancelled."""
        while True:
            await asyncio.sleep(TELL_EVERY_S)
            try:
                await self._tell()
            except (NatsError, JetStreamError, TimeoutError) as error:
                log.warning("progress can't be told: %s", type(error).__name__)

    async def with_progress(self, document: Document) -> Document:
        """The document, with how far the work on it has come when somebody works on it."""
        if document.state is State.RECEIVED and document.version:
            try:
                entry = await (await self._bucket()).get(key_of(document.version.authority, document.version.id))
            except (NatsError, JetStreamError, TimeoutError):
                # Nobody has told anything.
                return document
            if entry.value:
                document.progress = Progress.from_binary(entry.value)
        return document

    async def _tell(self) -> None:
        for course in list(self._courses.values()):
            if course.progress != course.told:
                course.told = course.progress
                await (await self._bucket()).put(course.key, course.progress.to_binary())
        while self._ended:
            key = self._ended.pop()
            if key not in self._courses:
                await (await self._bucket()).delete(key)

    async def _bucket(self) -> KeyValue:
        if self._opened is None:
            self._opened = await self._bus.js.key_value(BUCKET)
        return self._opened
