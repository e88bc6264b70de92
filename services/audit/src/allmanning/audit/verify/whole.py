"""What can only be said over all records: nothing stands twice, nothing is missing, nothing is unexplained."""

from __future__ import annotations

import uuid
from collections import Counter
from functools import reduce
from operator import or_
from typing import Final

from allmanning.audit.export.manifest import Scope
from allmanning.audit.verify.chains import Chains
from allmanning.audit.verify.chunk import (
    DECISION_ROW,
    DRAFTED,
    ENDED,
    HELD,
    IS_CORRECTED,
    IS_ERASED,
    IS_MISSING,
    IS_OPENED,
    IS_RECORD,
    MEASURED,
    NO_CLASS,
    RECEIVED,
    RECORD_ROW,
    RELEASED,
    REVIEWED,
    Found,
    Told,
    reference,
)
from allmanning.audit.verify.erasures import Erasures
from allmanning.audit.verify.problems import Problems
from allmanning.audit.verify.report import Report
from allmanning.audit.verify.spill import KEY_BYTES, Spill, bucketed

# Content comes on a stream of its own and may be some moments behind its record.
LATE_MINUTES: Final = 10


class Whole:
    """Takes in what was found in each file of leaves; then says what it comes to."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._records = Spill(RECORD_ROW.size)
        self._decisions = Spill(DECISION_ROW.size)
        self._newest = 0
        self.chains = Chains(whole=scope.kind == "all")
        self.problems = Problems()
        self.told: list[Told] = []
        self.counts: Counter[str] = Counter()

    def close(self) -> None:
        self._records.close()
        self._decisions.close()

    def take(self, found: Found) -> None:
        self.problems.merge(found.problems)
        self.counts.update(found.counts)
        self.counts["records"] += found.count
        self.chains.take(found.runs, self.problems)
        self._records.add(found.records)
        self._decisions.add(found.decisions)
        self.told += found.told
        self._newest = max(self._newest, found.newest)

    def settle(self, report: Report) -> None:
        """Ask everything, and report it."""
        erasures = Erasures.of(self.told, self.problems)
        self._records.add(
            bucketed(
                [
                    RECORD_ROW.pack(reference(record), IS_ERASED, NO_CLASS, place, 0)
                    for place, record in erasures.records()
                ]
            )
        )
        self._ask_records(erasures)
        self._ask_decisions()
        self.chains.finish(self.problems)
        counts = self.counts
        report.records, report.decisions = counts["records"], counts["decisions"]
        report.counts = dict(sorted(counts.items()))
        report.erasures = erasures.listed()
        report.producers = self.chains.spans()
        self._say_records(report)
        self._say_content(report)
        self._say_decisions(report)

    def _ask_records(self, erasures: Erasures) -> None:
        for bucket in self._records.groups():
            for key, rows in bucket.items():
                self._ask_record(key, [_row(row) for row in rows], erasures)

    def _ask_record(self, key: bytes, rows: list[tuple[int, bytes, int, int]], erasures: Erasures) -> None:
        places = [place for state, _, place, _ in rows if state & IS_RECORD]
        named = [place for state, _, place, _ in rows if state & IS_ERASED]
        if len(places) > 1:
            self.problems.add("ids", f"Posten {uuid.UUID(bytes=key)} finns {len(places)} gånger.")
        for state, kept, place, minute in rows:
            if state & IS_CORRECTED:
                self._ask_correction(key, places, place)
            if not state & (IS_OPENED | IS_MISSING):
                continue
            ground = erasures.ground_for(kept, place, named)
            if state & IS_OPENED and ground:
                self.counts["erased_kept"] += 1
            if state & IS_MISSING and not ground:
                late = minute >= self._newest - LATE_MINUTES
                self.counts["parts_late" if late else "parts_unexplained"] += 1
                if not late:
                    told = f"Posten {uuid.UUID(bytes=key)} saknar innehåll utan att något gallringsbeslut säger varför."
                    self.problems.add("unexplained", told)

    def _ask_correction(self, key: bytes, places: list[int], place: int) -> None:
        if not places and self._scope.kind == "all":
            self.problems.add("corrections", f"En rättelse pekar på posten {uuid.UUID(bytes=key)}, som inte finns.")
        elif not places:
            self.counts["corrections_outside"] += 1
        elif places[0] >= place:
            told = f"En rättelse pekar på posten {uuid.UUID(bytes=key)}, som inte är äldre än rättelsen."
            self.problems.add("corrections", told)

    def _ask_decisions(self) -> None:
        for bucket in self._decisions.groups():
            for rows in bucket.values():
                seen = reduce(or_, (row[0] for row in rows))
                self.counts["decisions"] += 1
                for name, wanted, absent in _TALLIES:
                    self.counts[name] += seen & wanted == wanted and not seen & absent

    def _say_records(self, report: Report) -> None:
        counts, problems = self.counts, self.problems
        problems.settle(report, "records", "records.invalid", f"{counts['records']} poster är välformade.")
        problems.settle(report, "ids", "records.duplicate", "Varje post finns en gång.")
        if self._scope.kind != "decisions":
            told = f"Inga luckor i numreringen hos {self.chains.producers} producenter: ingen post saknas"
            told += "." if self._scope.kind == "all" else " inom perioden."
            problems.settle(report, "counters", "records.gap", told)
        told = f"{counts['corrections']} rättelser pekar på tidigare poster"
        outside = counts["corrections_outside"]
        told += f"; {outside} av dem på poster utanför utdraget." if outside else "."
        problems.settle(report, "corrections", "corrections.invalid", told)

    def _say_content(self, report: Report) -> None:
        counts, problems = self.counts, self.problems
        told = f"{counts['parts_opened']} delar stämmer med sina åtaganden; {counts['parts_closed']} visas inte."
        problems.settle(report, "parts", "parts.mismatch", told)
        erased = sum(each.parts for each in report.erasures)
        told = f"{len(report.erasures)} gallringar med grund, som gäller {erased} poster i utdraget."
        if kept := counts["erased_kept"]:
            # A legal hold keeps content that an erasure names.
            told += f" {kept} av dem har innehåll kvar, till exempel för att de är undantagna från gallring."
        problems.settle(report, "erasures", "erasures.invalid", told)
        late = counts["parts_late"]
        told = "Inget valt innehåll saknas utan gallringsbeslut."
        if late:
            told += f" Innehållet i {late} poster från de sista {LATE_MINUTES} minuterna har ännu inte kommit."
        problems.settle(report, "unexplained", "parts.unexplained", told)
        problems.settle(report, "pins", "pins.mismatch", "Texter som posterna hänvisar till stämmer med sina namn.")
        left = counts["evaluations"] - counts["rules_run"]
        told = f"{counts['rules_run']} regelprövningar gav samma utfall när de kördes om; {left} kördes inte om."
        problems.settle(report, "rules", "rules.mismatch", told)

    def _say_decisions(self, report: Report) -> None:
        """What came in against what came out. A question may be broken off by a crash: it is told and is no fault."""
        counts = self.counts
        told = (
            f"{counts['questions']} frågor, {counts['questions_ended']} avslutade, "
            f"{counts['questions_open']} utan avslut; "
            f"{counts['drafts']} utkast, {counts['releases']} utlämnade svar ({counts['released_undrafted']} utan "
            f"utkast), {counts['held']} till granskning, "
            f"{counts['reviewed']} granskade."
        )
        if counts["measured_questions"]:
            # Nobody asked them, and nobody reviews what is said to them.
            told += (
                f" Av dem ställdes {counts['measured_questions']} frågor för att mäta svaren: "
                f"{counts['measured_releases']} utlämnade svar, {counts['measured_held']} till granskning."
            )
        if self._scope.kind == "all" and counts["ended_unasked"]:
            self.problems.add("reconciliation", f"{counts['ended_unasked']} beslut har ett avslut men ingen fråga.")
        self.problems.settle(report, "reconciliation", "reconciliation.mismatch", told)


# What is counted of decisions: in which these steps are, and none of those.
_TALLIES: Final = (
    ("questions", RECEIVED, 0),
    ("questions_ended", RECEIVED | ENDED, 0),
    ("questions_open", RECEIVED, ENDED),
    ("ended_unasked", ENDED, RECEIVED),
    ("drafts", DRAFTED, 0),
    ("releases", RELEASED, 0),
    ("released_undrafted", RELEASED, DRAFTED),
    ("held", HELD, 0),
    ("reviewed", REVIEWED, 0),
    ("measured_questions", RECEIVED | MEASURED, 0),
    ("measured_releases", RELEASED | MEASURED, 0),
    ("measured_held", HELD | MEASURED, 0),
)


def _row(row: bytes) -> tuple[int, bytes, int, int]:
    _, state, kept, place, minute = RECORD_ROW.unpack(bytes(KEY_BYTES) + row)
    return state, kept, place, minute
