"""Verdicts on the members of a sample, by a first and by a second person, and the error rate that follows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from allmanning.audit.inspection.interval import exact_interval
from allmanning.runtime.errors import Conflict, InvalidInput
from allmanning.runtime.record import Json

RIGHT, WRONG, UNCLEAR = "right", "wrong", "unclear"
VERDICTS: Final = (RIGHT, WRONG, UNCLEAR)
ROUNDS: Final = 2


class Verdict(NamedTuple):
    """What one person said of one member. `by` is a pseudonym."""

    member: str
    verdict: str
    by: str
    note: str
    time: str


@dataclass(frozen=True)
class Standing:
    """The verdicts on one member, first to last; at most two, by two persons."""

    member: str
    verdicts: tuple[Verdict, ...]

    @property
    def agreed(self) -> str:
        """The verdict that both gave; empty until there are two, and where they differ."""
        if len(self.verdicts) < ROUNDS or self.verdicts[0].verdict != self.verdicts[1].verdict:
            return ""
        return self.verdicts[0].verdict

    @property
    def disagreed(self) -> bool:
        return len(self.verdicts) == ROUNDS and not self.agreed


def standings(members: Sequence[str], verdicts: Iterable[Verdict]) -> list[Standing]:
    """Each member with the verdicts that count: the first one, and the first by somebody else after it."""
    counted: dict[str, list[Verdict]] = {member: [] for member in members}
    for each in verdicts:
        given = counted.get(each.member)
        if given is not None and len(given) < ROUNDS and all(each.by and each.by != one.by for one in given):
            given.append(each)
    return [Standing(member, tuple(given)) for member, given in counted.items()]


def check(standing: Standing, verdict: str, by: str) -> None:
    """Whether a person may give a verdict now.

    Raises:
        InvalidInput: `sample.verdict`. Conflict: `sample.same_person`, `sample.judged`.
    """
    if verdict not in VERDICTS:
        raise InvalidInput("sample.verdict", "Välj right, wrong eller unclear. (Choose right, wrong or unclear.)")
    if any(each.by == by for each in standing.verdicts):
        raise Conflict(
            "sample.same_person",
            "Du har redan bedömt beslutet; en annan person gör den andra bedömningen. (You have judged it; somebody "
            "else judges it the second time.)",
        )
    if len(standing.verdicts) >= ROUNDS:
        raise Conflict("sample.judged", "Beslutet är bedömt av två personer. (Two persons have judged it.)")


def error_rate(given: Sequence[Standing], confidence: float = 0.95) -> dict[str, Json]:
    """Errors among the members that two persons agreed on, with the exact interval.

    What they disagree on, or found unclear, is counted apart and not as right.
    """
    settled = [each.agreed for each in given if each.agreed in (RIGHT, WRONG)]
    errors = settled.count(WRONG)
    low, high = exact_interval(errors, len(settled), confidence)
    return {
        "drawn": len(given),
        "judged_once": sum(bool(each.verdicts) for each in given),
        "judged_twice": sum(len(each.verdicts) == ROUNDS for each in given),
        "settled": len(settled),
        "errors": errors,
        "unclear": sum(each.agreed == UNCLEAR for each in given),
        "disagreed": sum(each.disagreed for each in given),
        "rate": round(errors / len(settled), 6) if settled else None,
        "low": round(low, 6),
        "high": round(high, 6),
        "confidence": confidence,
    }
