"""Each producer numbers its records and names the one before: a record that is missing shows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from allmanning.audit.log.leaf import Leaf
from allmanning.audit.verify.problems import Problems
from allmanning.runtime.record import digest

CHECK: Final = "counters"
# An honest log has one run a producer, and some more after an outage.
MAX_RUNS: Final = 100_000


class Run(NamedTuple):
    """A producer's records in a row: first number, the hash that it names as before, last number and its hash."""

    first: int
    before: str
    last: int
    hash: str


def runs_of(leaves: Iterable[Leaf]) -> dict[str, list[Run]]:
    """The runs in these records, by producer."""
    runs: dict[str, list[Run]] = {}
    for leaf in leaves:
        producer, number, previous = leaf.source
        add(runs.setdefault(producer, []), Run(number, previous, number, digest(leaf.data)))
    return runs


def add(known: list[Run], run: Run) -> None:
    """Lengthen the last run, or begin another one."""
    if known and known[-1].last + 1 == run.first and known[-1].hash == run.before:
        known[-1] = Run(known[-1].first, known[-1].before, run.last, run.hash)
    else:
        known.append(run)


class Chains:
    """The runs of all producers. `whole` says that their first records must be there too."""

    def __init__(self, *, whole: bool) -> None:
        self._whole = whole
        self._runs: dict[str, list[Run]] = {}
        self._count = 0

    @property
    def producers(self) -> int:
        return len(self._runs)

    def spans(self) -> dict[str, tuple[int, int]]:
        """The first and the last number of each producer."""
        return {
            name: (min(run.first for run in runs), max(run.last for run in runs)) for name, runs in self._runs.items()
        }

    def take(self, runs: dict[str, list[Run]], problems: Problems) -> None:
        """Take in the runs of the next records of the log."""
        if self._count > MAX_RUNS:
            return
        for producer, several in runs.items():
            known = self._runs.setdefault(producer, [])
            before = len(known)
            for run in several:
                add(known, run)
            self._count += len(known) - before
        if self._count > MAX_RUNS:
            problems.add(CHECK, "Posternas numrering hoppar oftare än att den går att följa: poster saknas.")

    def finish(self, problems: Problems) -> None:
        """Say what is missing."""
        if self._count > MAX_RUNS:
            return
        for producer, runs in self._runs.items():
            runs.sort()
            number = 0 if self._whole else runs[0].first - 1
            previous = "" if self._whole else runs[0].before
            for run in runs:
                if run.first > number + 1:
                    told = f"post nummer {number + 1} saknas (efter {number} kommer {run.first})"
                elif run.first <= number:
                    told = f"nummer {run.first} finns två gånger"
                elif run.before != previous:
                    told = f"post nummer {number + 1} hänvisar till en annan föregångare"
                else:
                    number, previous = run.last, run.hash
                    continue
                problems.add(CHECK, f"Producenten {producer}: {told}.")
                break
