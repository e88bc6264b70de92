"""What the table reads about a question or an answer, in the words of the table.

A fact that is not known is left out; it is never a default value.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_DOWN, Decimal
from types import MappingProxyType
from typing import Final, TypeAlias

from allmanning.contracts.access.v1.access_pb import Role, Secrecy
from allmanning.contracts.audit.v1.audit_pb import GateInput, Stage
from allmanning.runtime.errors import InvalidInput

Fact: TypeAlias = bool | float | str
Facts: TypeAlias = Mapping[str, Fact]

STAGES: Final = MappingProxyType({Stage.REQUEST: "fråga", Stage.RELEASE: "svar"})
ROLES: Final = MappingProxyType(
    {
        Role.CITIZEN: "medborgare",
        Role.CASEWORKER: "handläggare",
        Role.AUDITOR: "granskare",
        Role.ADMIN: "administratör",
    }
)
SECRECIES: Final = MappingProxyType({Secrecy.OPEN: "öppen", Secrecy.INTERNAL: "intern", Secrecy.SECRET: "sekretess"})
# How a decision is appealed in an administrative court (FL 40-44 §§); the only one that may be left to a machine.
APPEALABLE: Final = "förvaltningsbesvär"
CHANNELS: Final = MappingProxyType({"citizen": "medborgare", "internal": "intern", "api": "api"})

_STEP: Final = Decimal("0.000001")

# Column of the table -> field of GateInput.
TRUTHS: Final = MappingProxyType(
    {
        "fara": "acute",
        "styrförsök": "manipulation",
        "vill ha människa": "wants_human",
        "eget ärende": "individual_decision",
        "personuppgifter": "personal_data",
        "ordagrant": "verbatim",
        "godkänd modell": "model_approved",
        "är beslut": "is_decision",
        "skyddad identitet": "protected_identity",
        "barn": "child",
        "vill inte ha AI": "no_ai",
        "upphandling": "procurement",
        "valfrihetssystem": "choice_system",
        "får inte delegeras": "not_delegable",
    }
)
NUMBERS: Final = MappingProxyType({"svagaste stöd": "weakest_support", "andel med källa": "citation_coverage"})
TEXTS: Final = MappingProxyType({"användning": "use_case", "språk": "language", "delegation": "delegation_ref"})
WORDS: Final = MappingProxyType(
    {
        "skede": frozenset(STAGES.values()),
        "roll": frozenset(ROLES.values()),
        "kanal": frozenset(CHANNELS.values()),
        "sekretess": frozenset(SECRECIES.values()),
        "sekretess i sökträffar": frozenset(SECRECIES.values()),
        "överklagas": frozenset({APPEALABLE, "laglighetsprövning", "ej_överklagbart", "ej_ärende"}),
    }
)
COLUMNS: Final = (*WORDS, *TEXTS, *TRUTHS, *NUMBERS)


def kind_of(column: str) -> str:
    """What is written in a column: "ord", "text", "ja/nej" or "tal"."""
    if column in WORDS:
        return "ord"
    if column in TRUTHS:
        return "ja/nej"
    return "tal" if column in NUMBERS else "text"


def share(value: float) -> float:
    """A share cut to six decimals, never rounded up.

    The engine counts in decimals and rounds: 0.9999999999999999 was 1 to it, and less than 1 to anybody who ran the
    table again.
    """
    return float(Decimal(repr(value)).quantize(_STEP, ROUND_DOWN))


def facts_of(given: GateInput) -> Facts:
    """The facts that `given` states.

    Raises:
        InvalidInput: `gate.input`, for a share outside 0..1.
    """
    facts: dict[str, Fact | None] = {
        "skede": STAGES.get(given.stage),
        "roll": ROLES.get(given.role),
        "kanal": CHANNELS.get(given.channel),
        "sekretess": SECRECIES.get(given.highest_secrecy),
        "sekretess i sökträffar": SECRECIES.get(given.retrieved_secrecy),
        "användning": given.use_case or None,
        "språk": given.language or None,
        "överklagas": given.appeal_route if given.appeal_route in WORDS["överklagas"] else None,
        "delegation": given.delegation_ref or None,
    }
    for column, field in (*TRUTHS.items(), *NUMBERS.items()):
        facts[column] = getattr(given, field) if given.has_field(field) else None  # type: ignore[arg-type]
    for column in NUMBERS:
        value = facts[column]
        # Written so that NaN fails too.
        if value is not None and not (isinstance(value, float) and 0 <= value <= 1):
            raise InvalidInput("gate.input", f"{column} ska vara ett tal mellan 0 och 1.")
        if value is not None:
            facts[column] = share(value)
    return {column: value for column, value in facts.items() if value is not None}
