"""Which outcome holds back more, and which of two applies.

`svara` < `granska` < `lämna över` = `avböj`. The last two both keep the service silent, and neither may stand in for
the other: a table that refused where the baseline hands over would shut somebody out from the person who was to help.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from allmanning.audit.gate.row import Rule
from allmanning.contracts.audit.v1.audit_pb import Verdict

RANKS: Final = MappingProxyType({Verdict.AUTO: 0, Verdict.REVIEW: 1, Verdict.HAND_OVER: 2, Verdict.REFUSE: 2})


def at_least_as_strict(own: Verdict, national: Verdict) -> bool:
    """Whether an authority may say `own` where the baseline says `national`."""
    return own == national or RANKS[own] > RANKS[national]


def strictest(national: Rule, own: Rule | None) -> Rule:
    """The row that applies; the authority's own where both say the same, with its own notice and competence."""
    return own if own is not None and at_least_as_strict(own.verdict, national.verdict) else national
