"""The queue as bars: one for all documents, and one for each that is being worked on, by page or passage."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from allmanning.node.submission import waiting_in

if TYPE_CHECKING:
    from allmanning.gateway.api.queue import QueueOut

STAGES: Final = {"waiting": "väntar", "reading": "läses, sidor", "embedding": "bäddas in, stycken", "writing": "skrivs"}
_LONGEST_NAME: Final = 40
_MOST_SHOWN: Final = 6


def time_left(seconds: int | None) -> str:
    """A duration as people say it; empty when nobody knows."""
    if not seconds:
        return ""
    minutes, hours = seconds // 60, seconds // 3600
    if hours:
        return f"ungefär {hours} h {minutes % 60} min kvar"
    return f"ungefär {minutes} min kvar" if minutes else "mindre än en minut kvar"


class QueueBars:
    """Draws itself again with each look at the queue."""

    def __init__(self, console: Console, files: int = 0) -> None:
        """`files`: how many are to be handed in; 0 for a queue that is only looked at."""
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[note]}", markup=False),
        )
        self._progress = Progress(*columns, console=console, transient=True)
        self._files = files
        self._sent = self._progress.add_task("Inlämnade filer", total=files, note="", visible=files > 0)
        self._whole = self._progress.add_task("Klara dokument", total=None, note="")
        self._working: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def handed_in(self, files: int) -> None:
        self._progress.update(self._sent, completed=files, visible=files < self._files)

    def queue(self, queue: QueueOut) -> None:
        total = sum(each["documents"] for name, each in queue["counts"].items() if name != "retired")
        notes = [f"{queue['settled_per_minute']} i minuten" if queue["settled_per_minute"] else ""]
        notes.append("pausad" if queue["paused"] else time_left(queue["seconds_left"]))
        note = ", ".join(each for each in notes if each)
        self._progress.update(self._whole, completed=total - waiting_in(queue), total=total, note=note)
        shown = queue["working"][:_MOST_SHOWN]
        for gone in self._working.keys() - {each["id"] for each in shown}:
            self._progress.remove_task(self._working.pop(gone))
        for each in shown:
            name = PurePosixPath(each["uri"]).name[-_LONGEST_NAME:]
            if each["id"] not in self._working:
                self._working[each["id"]] = self._progress.add_task(name, total=None, note="")
            course = each["progress"] or {"stage": "reading", "done": 0, "total": 0}
            self._progress.update(
                self._working[each["id"]],
                completed=course["done"],
                total=course["total"] or None,
                note=STAGES.get(course["stage"], ""),
            )
