"""What no table can let through. Guards stand in code, so that editing the rules can't loosen them.

A guard holds back: where the table says auto, a guard makes it a review. It never lets anything through.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from allmanning.audit.gate.facts import APPEALABLE, Facts
from allmanning.audit.gate.row import Rule
from allmanning.audit.gate.strictness import reviewed_as
from allmanning.contracts.audit.v1.audit_pb import Circumstances, Verdict

# Part of the engine's name in every record: a verifier re-runs only guards that it has.
VERSION: Final = "guards 2"

_REQUIRED: Final = {
    "fråga": ("roll", "kanal", "fara", "styrförsök", "vill ha människa"),
    "svar": ("roll", "kanal", "svagaste stöd", "andel med källa", "är beslut", "överklagas"),
}
# KL 6 kap. 38 §: each must be known not to be so.
_NEVER_AUTOMATIC: Final = ("upphandling", "valfrihetssystem", "får inte delegeras")


def _held(id: str, text: str, legal_basis: str) -> Rule:
    return Rule(
        id=id, text=text, cells=(), verdict=Verdict.REVIEW, legal_basis=legal_basis, notice="review",
        competence="handläggare",
    )  # fmt: skip


EVALUATORS_DIFFER: Final = _held(
    "SPÄRR-MOTOR", "Två uträkningar av samma regler gav olika svar. En människa bedömer fallet.", "SFS 2017:900, 5 §"
)
RULES_UNREADABLE: Final = _held("SPÄRR-REGLER", "Myndighetens egna regler går inte att läsa.", "SFS 2017:900, 5 §")
LOG_UNAVAILABLE: Final = _held("SPÄRR-LOGG", "Beslutsloggen tar inte emot nya poster som den ska.", "SFS 2017:900, 5 §")
HALTED: Final = _held(
    "SPÄRR-STOPP", "Tjänsten är stoppad av den som övervakar den.", "Förordning (EU) 2024/1689, art. 14.4 e"
)
NOT_DEPLOYED: Final = _held(
    "SPÄRR-IBRUKTAGANDE",
    "Det finns inget gällande beslut om att ta i bruk automatiska svar här.",
    "SFS 2017:900, 5 §",
)
STAGE_UNKNOWN: Final = _held("SPÄRR-SKEDE", "Det framgår inte vilket skede frågan är i.", "SFS 2017:900, 5 §")
NO_DELEGATION: Final = _held(
    "SPÄRR-DELEGATION",
    "Svaret vore ett beslut, och nämnden har inte delegerat det till en automatiserad beslutsfunktion.",
    "SFS 2017:725, 6 kap. 37 §, lydelse 2022:638",
)
NOT_DELEGABLE: Final = _held(
    "SPÄRR-EJ-DELEGERBART",
    "Svaret vore ett beslut som inte får delegeras till en automatiserad beslutsfunktion, eller så är det inte känt.",
    "SFS 2017:725, 6 kap. 38 §, lydelse 2023:708",
)
SECRECY_UNKNOWN: Final = _held(
    "SPÄRR-SEKRETESS", "Det är inte känt om källorna omfattas av sekretess.", "SFS 2009:400, 8 kap. 1 §"
)
FACTS_MISSING: Final = _held("SPÄRR-UPPGIFTER", "Uppgifter som bedömningen kräver saknas.", "SFS 2017:900, 5 §")


def guard(facts: Facts, around: Circumstances) -> Rule | None:
    """The guard that forbids auto, if any; the most fundamental first."""
    return _of_circumstances(around) or _of_decisions(facts, around) or _of_facts(facts)


def _of_circumstances(around: Circumstances) -> Rule | None:
    if around.rules_unreadable or not around.day:
        return RULES_UNREADABLE
    if around.log_unavailable:
        return LOG_UNAVAILABLE
    if around.halt:
        return HALTED
    return None if around.deployment else NOT_DEPLOYED


def _of_decisions(facts: Facts, around: Circumstances) -> Rule | None:
    """KL 6 kap. 37-38 §§: what may be left to a machine to decide."""
    if facts.get("är beslut") is not True:
        return None
    if "delegation" not in facts or facts["delegation"] != around.delegation:
        return NO_DELEGATION
    known_free = all(facts.get(column) is False for column in _NEVER_AUTOMATIC)
    return None if known_free and facts.get("överklagas") == APPEALABLE else NOT_DELEGABLE


def _of_facts(facts: Facts) -> Rule | None:
    stage = facts.get("skede")
    required = _REQUIRED.get(str(stage))
    if required is None:
        return STAGE_UNKNOWN
    if stage == "svar":
        if "sekretess" not in facts or "sekretess i sökträffar" not in facts:
            return SECRECY_UNKNOWN
        if "ordagrant" not in facts and "godkänd modell" not in facts:
            return FACTS_MISSING
    # Only a citizen has an own case before the authority.
    elif facts.get("roll") == "medborgare" and "eget ärende" not in facts:
        return FACTS_MISSING
    return FACTS_MISSING if any(column not in facts for column in required) else None


def decided(rule: Rule | None, facts: Facts, around: Circumstances) -> Rule:
    """What applies when the tables say `rule`: the guard in place of auto or of the tables' own doubt.

    A review that a table asks for is held to what the table asks of it, also when a guard is the reason.
    """
    if around.evaluators_differ:
        return EVALUATORS_DIFFER
    if rule is None:
        return RULES_UNREADABLE
    if rule.verdict in (Verdict.REFUSE, Verdict.HAND_OVER):
        return rule
    held = guard(facts, around)
    if held is None or rule.verdict != Verdict.REVIEW:
        return held or rule
    return replace(reviewed_as(held, rule), competence=rule.competence)
