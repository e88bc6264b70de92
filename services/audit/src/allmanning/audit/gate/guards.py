"""What no table can let through. Guards stand in code, so that editing the rules can't loosen them.

A guard holds back: where the table says auto, a guard makes it a review. It never lets anything through.
"""

from __future__ import annotations

from typing import Final

from allmanning.audit.gate.facts import Facts
from allmanning.audit.gate.table import Rule
from allmanning.contracts.audit.v1.audit_pb import Verdict

# Part of the engine's name in every record: a verifier re-runs only guards that it has.
VERSION: Final = "guards 1"

_REQUIRED: Final = {
    "fråga": ("roll", "kanal", "fara", "styrförsök", "vill ha människa"),
    "svar": ("roll", "kanal", "svagaste stöd", "andel med källa"),
}
# KL 6:38: not where the decision is appealed as laglighetsprövning or can't be appealed.
_NOT_DELEGABLE: Final = frozenset({"laglighetsprövning", "laglighetsprovning", "ej_överklagbart", "ej_overklagbart"})


def _held(id: str, text: str, legal_basis: str) -> Rule:
    return Rule(id=id, text=text, cells=(), verdict=Verdict.REVIEW, legal_basis=legal_basis, notice="review")


STAGE_UNKNOWN: Final = _held("SPÄRR-SKEDE", "Det framgår inte vilket skede frågan är i.", "SFS 2017:900, 5 §")
NO_DELEGATION: Final = _held(
    "SPÄRR-DELEGATION",
    "Svaret vore ett beslut, och nämnden har inte delegerat det till en automatiserad beslutsfunktion.",
    "SFS 2017:725, 6 kap. 37–38 §§",
)
SECRECY_UNKNOWN: Final = _held(
    "SPÄRR-SEKRETESS", "Det är inte känt om källorna omfattas av sekretess.", "SFS 2009:400, 8 kap. 1 §"
)
FACTS_MISSING: Final = _held("SPÄRR-UPPGIFTER", "Uppgifter som bedömningen kräver saknas.", "SFS 2017:900, 5 §")


def guard(facts: Facts) -> Rule | None:
    """The guard that forbids auto, if any; the most fundamental first."""
    stage = facts.get("skede")
    required = _REQUIRED.get(str(stage))
    if required is None:
        return STAGE_UNKNOWN
    if facts.get("är beslut") is True and ("delegation" not in facts or facts.get("överklagas") in _NOT_DELEGABLE):
        return NO_DELEGATION
    if stage == "svar":
        if "sekretess" not in facts:
            return SECRECY_UNKNOWN
        if "ordagrant" not in facts and "godkänd modell" not in facts:
            return FACTS_MISSING
    # Only a citizen has an own case before the authority.
    elif facts.get("roll") == "medborgare" and "eget ärende" not in facts:
        return FACTS_MISSING
    return FACTS_MISSING if any(column not in facts for column in required) else None


def decided(rule: Rule, facts: Facts) -> Rule:
    """What applies when the table says `rule`: the guard in place of auto or of the table's own doubt."""
    if rule.verdict in (Verdict.REFUSE, Verdict.HAND_OVER):
        return rule
    return guard(facts) or rule
