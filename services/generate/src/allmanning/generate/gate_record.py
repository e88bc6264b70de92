"""What a record says of the decision table: what it read, and what it answered."""

from __future__ import annotations

from typing import Final

from allmanning.contracts.audit.v1.audit_pb import Circumstances, GateInput, GateResponse
from allmanning.runtime.record import Json

_OPTIONAL: Final = (
    "individual_decision",
    "wants_human",
    "acute",
    "personal_data",
    "manipulation",
    "verbatim",
    "weakest_support",
    "citation_coverage",
    "model_approved",
    "is_decision",
    "protected_identity",
    "child",
    "no_ai",
    "procurement",
    "choice_system",
    "not_delegable",
)


def gate_of(response: GateResponse) -> dict[str, Json]:
    """The row that held, and the table it stands in."""
    return {
        "verdict": response.verdict.name.lower(),
        "rule_id": response.rule_id,
        "legal_basis": response.legal_basis,
        "rules": response.rules,
        "engine": response.engine,
        "notice": response.notice,
        "competence": response.competence,
        **({"deadline_hours": response.deadline_hours} if response.has_field("deadline_hours") else {}),
        **({"second_reviewer": True} if response.second_reviewer else {}),
        "circumstances": _circumstances(response.circumstances or Circumstances()),
    }


def _circumstances(around: Circumstances) -> dict[str, Json]:
    """What applied beside the facts; what is empty or did not happen is left out."""
    told: dict[str, Json] = {
        "day": around.day,
        "deployment": around.deployment,
        "delegation": around.delegation,
        "halt": around.halt,
        "log_unavailable": around.log_unavailable,
        "rules_unreadable": around.rules_unreadable,
        "evaluators_differ": around.evaluators_differ,
    }
    return {name: value for name, value in told.items() if value}


def input_of(given: GateInput) -> dict[str, Json]:
    """Exactly what the table read, so that an auditor can run it again."""
    read: dict[str, Json] = {
        "stage": given.stage.name.lower(),
        "use_case": given.use_case,
        "role": given.role.name.lower(),
        "channel": given.channel,
        "language": given.language,
        "highest_secrecy": given.highest_secrecy.name.lower(),
        "retrieved_secrecy": given.retrieved_secrecy.name.lower(),
        "appeal_route": given.appeal_route,
        "delegation_ref": given.delegation_ref,
    }
    for name in _OPTIONAL:
        if given.has_field(name):
            read[name] = getattr(given, name)
    return read
