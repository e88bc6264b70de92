"""Records of erasure: what content is gone, on which ground.

A leaf of type `erased` says, in its field `erasure`:

    {"records": [record ids]} or {"class": "G1", "month": "2026-05"}, and besides
    "ground" (a gallringsbeslut by its number, or "GDPR 17.1.a"), "decided_on" (a date), "horizon" (the date on which
    the last backup that may hold the content is gone; empty when there is none)

Records of the class and month are those that stood in the log before the erasure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from allmanning.audit.log.leaf import Leaf
from allmanning.audit.verify.chunk import ERASED, Told, kept_under
from allmanning.audit.verify.problems import Problems
from allmanning.audit.verify.report import Erasure
from allmanning.runtime.record import Json


@dataclass
class _One:
    place: int
    records: tuple[str, ...]
    kept: bytes | None
    told: Erasure
    parts: int = 0


class Erasures:
    """All erasures of a bundle, in the order of the log."""

    def __init__(self, several: list[_One]) -> None:
        self._several = several
        self._by_place = {each.place: each for each in several}
        self._by_class: dict[bytes, list[_One]] = {}
        for each in several:
            if each.kept is not None:
                self._by_class.setdefault(each.kept, []).append(each)

    @classmethod
    def of(cls, told: Sequence[Told], problems: Problems) -> Erasures:
        """Read the records of erasure among these."""
        several: list[_One] = []
        for place, data in told:
            leaf = Leaf.stored(data)
            if leaf.kind() != ERASED:
                continue
            try:
                several.append(_read(place, leaf.fields.get("erasure")))
            except ValueError as error:
                problems.add("erasures", f"Gallringen {leaf.id}: {error}.")
        return cls(several)

    def records(self) -> Iterator[tuple[int, str]]:
        """Records that were named, each with the place of the erasure."""
        return ((each.place, record) for each in self._several for record in each.records)

    def ground_for(self, kept: bytes, place: int, named: Sequence[int]) -> bool:
        """Whether content at `place` of a class and month was erased, or its record named, later; counts it if so."""
        later = [self._by_place[each] for each in named if each > place]
        later += [each for each in self._by_class.get(kept, ()) if each.place > place]
        if later:
            later[0].parts += 1
        return bool(later)

    def listed(self) -> list[Erasure]:
        return [
            Erasure(each.told.what, each.told.ground, each.told.decided_on, each.told.horizon, each.parts)
            for each in self._several
        ]


def _read(place: int, value: Json) -> _One:
    if not isinstance(value, dict):
        raise ValueError("posten säger inte vad som gallrades")  # noqa: TRY004 -- one kind of fault
    ground, decided_on, horizon = (_text(value.get(name)) for name in ("ground", "decided_on", "horizon"))
    if not ground or not decided_on:
        raise ValueError("grund eller beslutsdag saknas")
    records = value.get("records")
    if isinstance(records, list) and records:
        names = tuple(_text(each) for each in records)
        return _One(place, names, None, Erasure(f"{len(names)} poster", ground, decided_on, horizon))
    retention, month = _text(value.get("class")), _text(value.get("month"))
    if not retention or not month:
        raise ValueError("posten säger varken vilka poster eller vilken klass och månad som gallrades")
    told = Erasure(f"klass {retention}, {month}", ground, decided_on, horizon)
    return _One(place, (), kept_under(retention, month), told)


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""
