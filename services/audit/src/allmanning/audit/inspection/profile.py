"""What a decision's records must show, by how it can be appealed.

FL 2 § (SFS 2017:900): where a municipal decision is tried by laglighetsprövning (KL 13 kap.), 9 § second paragraph,
10-12, 16-20 and 23-49 §§ do not apply, so 25, 31, 32 and 33 §§ ask nothing of it. What is no case at all is under
5-8 §§ only.
"""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from typing import Final


class Demand(StrEnum):
    """One thing that the records must show; the value is its code in reports."""

    DATE = "fl31.date"
    CONTENT = "fl31.content"
    DECIDED_BY = "fl31.decided_by"
    PRESENTED_BY = "fl31.presented_by"
    PARTICIPATED = "fl31.participated"
    PROVISIONS = "fl32.provisions"
    FACTS = "fl32.facts"
    EVIDENCE = "fl32.evidence"
    COMMUNICATED = "fl25.communicated"
    NOTIFIED = "fl33.notified"
    APPEAL_INFO = "fl33.appeal_info"
    MODE = "fl28.mode"
    DELEGATION = "kl6.37.delegation"
    NOT_AUTOMATED = "kl6.38.automated"
    LEGAL_BASIS = "fl5.legal_basis"
    OUTCOME = "record.outcome"


APPEAL: Final = "forvaltningsbesvar"
LEGALITY: Final = "laglighetsprovning"
FINAL: Final = "ej_overklagbart"
NO_CASE: Final = "ej_arende"

_OF_EVERY_RECORD: Final = frozenset({Demand.OUTCOME, Demand.LEGAL_BASIS})
_OF_EVERY_DECISION: Final = _OF_EVERY_RECORD | {Demand.MODE}
_FL: Final = frozenset(
    {
        Demand.DATE,
        Demand.CONTENT,
        Demand.DECIDED_BY,
        Demand.PRESENTED_BY,
        Demand.PARTICIPATED,
        Demand.PROVISIONS,
        Demand.FACTS,
        Demand.EVIDENCE,
        Demand.COMMUNICATED,
        Demand.NOTIFIED,
    }
)
PROFILES: Final = {
    APPEAL: _OF_EVERY_DECISION | _FL | {Demand.APPEAL_INFO, Demand.DELEGATION},
    # Not to be delegated to an automated function (KL 6 kap. 38 §).
    LEGALITY: _OF_EVERY_DECISION | {Demand.NOT_AUTOMATED},
    FINAL: _OF_EVERY_DECISION | _FL | {Demand.NOT_AUTOMATED},
    NO_CASE: _OF_EVERY_RECORD,
}


def normalised(appeal_route: str) -> str:
    """`förvaltningsbesvär`, `ej ärende` and the like as this file spells them."""
    plain = unicodedata.normalize("NFD", appeal_route.casefold().strip().replace(" ", "_").replace("-", "_"))
    return "".join(each for each in plain if not unicodedata.combining(each))
