"""Check one file of leaves and the opened content that belongs to it, apart from every other file."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Final, NamedTuple

from allmanning.audit.export.layout import Opened
from allmanning.audit.gate.logged import INPUT_PART, RECORD_TYPE
from allmanning.audit.log.frontier import Node, nodes_over
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.succession import OPENED, SEALED, may_stand_in
from allmanning.audit.verify.archive import Archive
from allmanning.audit.verify.chains import Run, runs_of
from allmanning.audit.verify.problems import Problems
from allmanning.audit.verify.report import Unreadable
from allmanning.audit.verify.rerun import Rerun
from allmanning.audit.verify.spill import bucketed
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.record import EVALUATION, commitment

# A record: its id, what is known of it, the class and month that a part of it was kept under (hashed), its place in the
# bundle, and the minute it was written.
RECORD_ROW: Final = struct.Struct("<16sB8sQL")
IS_RECORD, IS_OPENED, IS_MISSING, IS_ERASED, IS_CORRECTED = 1, 2, 4, 8, 16
# A decision: its id, hashed, and what happened in it.
DECISION_ROW: Final = struct.Struct("<16sB")
RECEIVED, ENDED, DRAFTED, RELEASED, HELD, REVIEWED, OTHER, MEASURED = 1, 2, 4, 8, 16, 32, 64, 128
_STEPS: Final = {
    "question.received": RECEIVED,
    "draft.generated": DRAFTED,
    "answer.released": RELEASED,
    "review.opened": HELD,
    "review.closed": REVIEWED,
}
NO_CLASS: Final = bytes(8)
# Records that say something of other records, or of the log itself.
ERASED: Final = "erased"
TOLD_KINDS: Final = frozenset({ERASED, OPENED})
CORRECTS: Final = ("correction", "record")
# With one of these, and an outcome, a question is answered or handed to a person.
_ENDS: Final = frozenset(
    {"answer.released", "answer.abstained", "answer.refused", "escalated", "review.opened", "review.closed"}
)


@dataclass(frozen=True)
class Task:
    """What to check: the file of leaves, those of its parts, the index of its first leaf and how many there should be.

    `base` is how many records precede this log's first one in the bundle. `marks` are sizes of the log, within this
    file, at which its root will be asked for.
    """

    origin: str
    leaves: str
    parts: tuple[str, ...]
    start: int
    count: int
    base: int
    marks: tuple[int, ...] = ()


class Told(NamedTuple):
    """A record that says something of others: its place in the bundle, and its leaf."""

    place: int
    leaf: bytes


@dataclass
class Found:
    """What a file of leaves holds. Rows are in buckets, ready for a `Spill`."""

    count: int = 0
    nodes: list[Node] = field(default_factory=list)
    marked: dict[int, list[Node]] = field(default_factory=dict)
    runs: dict[str, list[Run]] = field(default_factory=dict)
    records: list[bytes] = field(default_factory=list)
    decisions: list[bytes] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)
    # The minute of the newest record.
    newest: int = 0
    # Whether there are records of an earlier half-year, whose log must have been sealed.
    late: bool = False
    last: bytes = b""
    counts: dict[str, int] = field(default_factory=dict)
    problems: Problems = field(default_factory=Problems)

    def counted(self, name: str, number: int = 1) -> None:
        self.counts[name] = self.counts.get(name, 0) + number


def record_key(record: str) -> bytes:
    """The 16 bytes of a record's id."""
    return bytes.fromhex(record.replace("-", ""))


@lru_cache(4096)
def minute_of(time: str) -> int:
    """Minutes since 1970 of a time written `2026-11-22T10:00`; 0 when there is no such time."""
    try:
        return int(datetime.fromisoformat(f"{time}+00:00").timestamp()) // 60
    except ValueError:
        return 0


@lru_cache(4096)
def kept_under(retention: str, month: str) -> bytes:
    """What a class and a month are compared by."""
    return sha256(f"{retention}/{month}".encode()).digest()[:8]


@dataclass(frozen=True)
class ChunkChecker:
    """Checks files of one bundle. `chosen` are the names of the parts that it should show; None means all."""

    archive: Archive
    authority: str
    chosen: frozenset[str] | None
    rerun: Rerun

    def check(self, task: Task) -> Found:
        """Read and check.

        Raises:
            Unreadable: when a file can't be read.
        """
        found = Found()
        lines = self._lines(task, found)
        found.count = len(lines)
        found.last = lines[-1] if lines else b""
        hashes = [sha256(b"\0" + line).digest() for line in lines]
        found.nodes = nodes_over(hashes, task.start)
        found.marked = {mark: nodes_over(hashes[: mark - task.start], task.start) for mark in task.marks}
        leaves = self._parsed(lines, task, found)
        found.runs = runs_of(leaves.values())
        self.look({task.base + index: leaf for index, leaf in leaves.items()}, task.parts, found)
        return found

    def look(self, leaves: Mapping[int, Leaf], parts: Iterable[str], found: Found) -> None:
        """Check the files that hold content of these leaves, which go by their place in the bundle."""
        opened = self._opened(parts, {leaf.id: leaf for leaf in leaves.values()}, found)
        self._note(leaves, opened, found)

    def _lines(self, task: Task, found: Found) -> list[bytes]:
        data = self._read(task.leaves, found)
        lines = data.split(b"\n")
        if lines.pop() != b"":
            found.problems.add("root", f"Filen {task.leaves} är avhuggen.")
        if len(lines) != task.count:
            found.problems.add("root", f"Filen {task.leaves} har {len(lines)} poster, inte {task.count}.")
        return lines

    def _read(self, name: str, found: Found) -> bytes:
        data = self.archive.read(name)
        found.hashes[name] = f"sha256:{sha256(data).hexdigest()}"
        if not self.archive.crc_holds(name, data):
            found.problems.add("archive", f"Kontrollsumman i ZIP-filen för {name} stämmer inte.")
        return data

    def _parsed(self, lines: Iterable[bytes], task: Task, found: Found) -> dict[int, Leaf]:
        """The lines that are leaves of the authority's log, by index."""
        leaves: dict[int, Leaf] = {}
        for index, line in enumerate(lines, task.start):
            try:
                leaf = Leaf.parse(line)
            except InvalidInput as error:
                found.problems.add("records", f"Post {index} i {task.leaves}: {error.message}")
                continue
            if leaf.authority != self.authority:
                found.problems.add("records", f"Post {index} tillhör en annan myndighet ({leaf.authority}).")
            elif leaf.origin != task.origin:
                self._elsewhere(leaf, index, task, found)
            leaves[index] = leaf
        return leaves

    @staticmethod
    def _elsewhere(leaf: Leaf, index: int, task: Task, found: Found) -> None:
        """A record whose time belongs to another log: right when that log was sealed, or when it tells of the two."""
        if not may_stand_in(leaf, task.origin):
            found.problems.add("records", f"Post {index} hör till loggen {leaf.origin}, inte {task.origin}.")
        elif leaf.kind() not in (SEALED, OPENED):
            found.late = True

    def _opened(self, names: Iterable[str], by_id: Mapping[str, Leaf], found: Found) -> set[tuple[str, str]]:
        """The parts of these records that are shown and are what was committed to, by record and name."""
        opened: set[tuple[str, str]] = set()
        for name in names:
            for number, line in enumerate(self._read(name, found).splitlines(), 1):
                try:
                    part = Opened.parse(line)
                    leaf = _committed(part, by_id)
                except ValueError as error:
                    found.problems.add("parts", f"Rad {number} i {name}: {error}.")
                    continue
                if (part.record, part.part) in opened:
                    found.problems.add("parts", f"Rad {number} i {name}: delen finns två gånger.")
                opened.add((part.record, part.part))
                if leaf.type == RECORD_TYPE and part.part == INPUT_PART:
                    self._run_again(leaf, part.content, found)
        return opened

    def _run_again(self, leaf: Leaf, given: bytes, found: Found) -> None:
        difference = self.rerun.difference(leaf, given)
        if difference is None:
            return
        found.counted("rules_run")
        if difference:
            found.problems.add("rules", f"Regelprövningen {leaf.id}: {difference}.")

    def _note(self, leaves: Mapping[int, Leaf], opened: set[tuple[str, str]], found: Found) -> None:
        """Leave what has to be asked over all records at once."""
        records: list[bytes] = []
        decisions: list[bytes] = []
        for place, leaf in leaves.items():
            key = record_key(leaf.id)
            kind = leaf.kind()
            states: dict[bytes, int] = {}
            for name, part in leaf.parts.items():
                if (leaf.id, name) in opened:
                    state = IS_OPENED
                    found.counted("parts_opened")
                elif self.chosen is None or name in self.chosen:
                    state = IS_MISSING
                else:
                    found.counted("parts_closed")
                    continue
                kept = kept_under(part.retention, leaf.time[:7])
                states[kept] = states.get(kept, 0) | state
            minute = minute_of(leaf.time[:16])
            found.newest = max(found.newest, minute)
            records.append(RECORD_ROW.pack(key, IS_RECORD, NO_CLASS, place, minute))
            records += [RECORD_ROW.pack(key, state, kept, place, minute) for kept, state in states.items()]
            if corrected := leaf.text(*CORRECTS):
                records.append(RECORD_ROW.pack(reference(corrected), IS_CORRECTED, NO_CLASS, place, minute))
                found.counted("corrections")
            if kind in TOLD_KINDS:
                found.told.append(Told(place, leaf.data))
            if leaf.type == RECORD_TYPE:
                found.counted("evaluations")
            step = _STEPS.get(kind, OTHER) | (ENDED if kind in _ENDS and leaf.text("outcome") else 0)
            step |= MEASURED if leaf.text("channel") == EVALUATION else 0
            decisions.append(DECISION_ROW.pack(sha256(leaf.decision.encode()).digest()[:16], step))
        found.records, found.decisions = bucketed(records), bucketed(decisions)


def _committed(part: Opened, by_id: Mapping[str, Leaf]) -> Leaf:
    """The leaf that committed to this part.

    Raises:
        ValueError: when none did.
    """
    leaf = by_id.get(part.record)
    if leaf is None:
        raise ValueError(f"posten {part.record} finns inte bland dem som filen hör till")
    if part.part not in leaf.parts:
        raise ValueError(f"posten {part.record} har ingen del {part.part}")
    if commitment(part.salt, part.content) != leaf.parts[part.part].commitment:
        raise ValueError(f"delen {part.part} är inte den som posten {part.record} har åtagit sig")
    return leaf


def reference(record: str) -> bytes:
    """The key of a record that is named; one that nothing has when it is no id."""
    try:
        key = record_key(record)
    except ValueError:
        key = b""
    return key if len(key) == 16 else sha256(record.encode()).digest()[:16]


def checker(archive: Archive, authority: str, chosen: frozenset[str] | None) -> ChunkChecker:
    """A checker whose tables come from the archive."""

    def pin(name: str) -> bytes | None:
        file = f"pins/{name.removeprefix('sha256:')}"
        if file not in archive:
            return None
        try:
            return archive.read(file)
        except Unreadable:
            return None

    return ChunkChecker(archive, authority, chosen, Rerun(pin))
