"""Who has read what, and which of it somebody should look at (SoLPuL 10 §, SFS 2001:454)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from allmanning.runtime.swedish_day import SWEDEN

# A person who reads this many decisions in one day reads more than most.
OFTEN_PER_DAY: Final = 20
_NIGHT_ENDS, _NIGHT_BEGINS = 6, 22
_TELLING: Final = 10

PATTERNS: Final = {
    "often": "Läste ovanligt många beslut samma dag.",
    "night": "Läste på natten.",
    "no_relation": "Hör till en annan enhet än den som beslutet gäller.",
    "thin_reason": "Motiveringen säger nästan ingenting.",
    "same_reason": "Samma motivering för många beslut.",
    "repeated": "Läste samma beslut många gånger.",
}


@dataclass(frozen=True)
class Read:
    """One reading of content. `key`, `unit` and `reason` are empty where the record's content is gone."""

    record: str
    decision: str
    time: str
    role: str
    key: str
    unit: str
    reason: str
    decision_unit: str

    @property
    def local(self) -> datetime:
        return datetime.fromisoformat(self.time).astimezone(SWEDEN)

    @property
    def at_night(self) -> bool:
        return not _NIGHT_ENDS <= self.local.hour < _NIGHT_BEGINS


def patterns(reads: Sequence[Read], often: int = OFTEN_PER_DAY) -> dict[str, list[str]]:
    """Names of `PATTERNS` that each reading shows, by its record; those that show none are left out."""
    days: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    reasons: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    again: Counter[tuple[str, str]] = Counter()
    for each in reads:
        if each.key:
            days[each.key, each.local.date().isoformat()].add(each.decision)
            reasons[each.key, _plain(each.reason)].add(each.decision)
            again[each.key, each.decision] += 1
    found: dict[str, list[str]] = {}
    for each in reads:
        shown = {
            "often": len(days[each.key, each.local.date().isoformat()]) >= often,
            "night": each.at_night,
            "no_relation": bool(each.unit and each.decision_unit) and each.unit != each.decision_unit,
            "thin_reason": bool(each.key) and len(_plain(each.reason)) < _TELLING,
            "same_reason": len(reasons[each.key, _plain(each.reason)]) >= often,
            "repeated": again[each.key, each.decision] > 2,
        }
        if names := [name for name, holds in shown.items() if holds]:
            found[each.record] = names
    return found


def _plain(reason: str) -> str:
    return " ".join(reason.casefold().split())
