"""Facts of a question and of an answer that the national table lets through, and what the gate says of them."""

from __future__ import annotations

from allmanning.audit.gate.gate import Gate
from allmanning.contracts.access.v1.access_pb import Role, Secrecy
from allmanning.contracts.audit.v1.audit_pb import Circumstances, GateInput, Stage

GATE = Gate.from_file(None, check_every=1)
DAY = "2026-11-27"
DEPLOYED = Circumstances(day=DAY, deployment="d1", delegation="KS 4.2")
DELEGATED = {
    "is_decision": True,
    "delegation_ref": "KS 4.2",
    "appeal_route": "förvaltningsbesvär",
    "procurement": False,
    "choice_system": False,
    "not_delegable": False,
}


def decide(given: GateInput, **around):
    return GATE.decide(given, Circumstances(**({"day": DAY, "deployment": "d1", "delegation": "KS 4.2"} | around)))


def question(**changes) -> GateInput:
    plain = {
        "stage": Stage.REQUEST,
        "role": Role.CITIZEN,
        "channel": "citizen",
        "individual_decision": False,
        "wants_human": False,
        "acute": False,
        "manipulation": False,
    }
    return GateInput(**(plain | changes))


def answer(**changes) -> GateInput:
    plain = {
        "stage": Stage.RELEASE,
        "role": Role.CITIZEN,
        "channel": "citizen",
        "weakest_support": 0.9,
        "citation_coverage": 1.0,
        "highest_secrecy": Secrecy.OPEN,
        "retrieved_secrecy": Secrecy.OPEN,
        "verbatim": True,
        "is_decision": False,
        "appeal_route": "ej_ärende",
    }
    return GateInput(**(plain | changes))
