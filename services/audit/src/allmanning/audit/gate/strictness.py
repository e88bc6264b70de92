"""Which row holds back more, and which of two applies.

`svara` < `granska` < `lämna över` = `avböj`. The last two both keep the service silent, and neither may stand in for
the other: a table that refused where the baseline hands over would shut somebody out from the person who was to help.
Of two reviews the one with the shorter deadline, and the one that a second person sees, is the stricter.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Final

from allmanning.audit.gate.row import Rule
from allmanning.contracts.audit.v1.audit_pb import Verdict

RANKS: Final = MappingProxyType({Verdict.AUTO: 0, Verdict.REVIEW: 1, Verdict.HAND_OVER: 2, Verdict.REFUSE: 2})


def at_least_as_strict(own: Verdict, national: Verdict) -> bool:
    """Whether an authority may say `own` where the baseline says `national`."""
    return own == national or RANKS[own] > RANKS[national]


def eases(own: Rule, national: Rule) -> bool:
    """Whether an authority's review allows more time, or one person where the baseline wants two.

    What it says nothing of it takes from the baseline, and so does not ease.
    """
    if own.verdict != Verdict.REVIEW or national.verdict != Verdict.REVIEW:
        return False
    mine, theirs = own.deadline_hours, national.deadline_hours
    later = mine is not None and theirs is not None and mine > theirs
    return later or (own.second_reviewer is False and national.second_reviewer is True)


def strictest(national: Rule, own: Rule | None) -> Rule:
    """The row that applies; the authority's own where both say the same, with its own notice and competence."""
    if own is None or not at_least_as_strict(own.verdict, national.verdict):
        return national
    return reviewed_as(own, national) if own.verdict == national.verdict == Verdict.REVIEW else own


def reviewed_as(rule: Rule, other: Rule) -> Rule:
    """The row with the shorter deadline of both, and with a second reviewer if either wants one."""
    hours = [each.deadline_hours for each in (rule, other) if each.deadline_hours is not None]
    second = [each.second_reviewer for each in (rule, other) if each.second_reviewer is not None]
    return replace(rule, deadline_hours=min(hours, default=None), second_reviewer=any(second) if second else None)
