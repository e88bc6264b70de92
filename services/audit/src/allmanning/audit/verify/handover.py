"""From one log to the next: the first is sealed, and the second begins where it ended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from allmanning.audit.log.checkpoint import Checkpoint
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.note import VerifierKey
from allmanning.audit.log.succession import Opened, Segment, check_succession, opened_by
from allmanning.audit.verify.report import Report
from allmanning.runtime.errors import InvalidInput

CHECK, CODE = "handover", "handover.broken"


class Log(Protocol):
    """A log in a bundle. `last` is its last leaf and `late` whether it holds records of an earlier log."""

    @property
    def checkpoint(self) -> Checkpoint: ...

    @property
    def key(self) -> VerifierKey: ...

    @property
    def last(self) -> bytes: ...

    @property
    def late(self) -> bool: ...


def check_handovers(report: Report, logs: Sequence[Log], told: Iterable[bytes], *, whole: bool) -> None:
    """Check how the logs, oldest first, follow on each other. `told` are the leaves that open one.

    In a period the logs before and after it are not there, and nothing can be said of them.
    """
    opened = [each for each in map(_opened, told) if each]
    segments = [
        Segment(
            Checkpoint(log.checkpoint.origin, log.checkpoint.size, log.checkpoint.root),
            [str(log.key)],
            _leaf(log.last),
            [each for each in opened if each.origin == log.checkpoint.origin],
            log.late,
        )
        for log in logs
    ]
    wrong = check_succession(segments) if whole else []
    report.settle(CHECK, CODE, wrong, f"{len(logs)} loggar; var och en börjar där den förra slutade.")


def _opened(data: bytes) -> Opened | None:
    leaf = _leaf(data)
    return opened_by(leaf) if leaf else None


def _leaf(data: bytes) -> Leaf | None:
    try:
        return Leaf.parse(data)
    except InvalidInput:
        return None
