"""What an entailment model's word is worth."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from allmanning.generate.support.entailment import Likelihood
from allmanning.generate.support.verdict import LEAST_SUPPORT, WORDED_FREELY, Verdict

SEMANTICS: Final = "semantics"
ENTAILMENT: Final = "entailment"
AWAY: Final = ".away"
_CONTRADICTED: Final = 0.5


def settled(verdict: Verdict, likelihood: Likelihood, cosine: float | None) -> Verdict:
    """The entailment model settles what the words' checks doubt, and carries what is said in other words."""
    told = replace(verdict, semantics=cosine, entailment=likelihood.entailed)
    if likelihood.contradicted >= _CONTRADICTED:
        return replace(told, support=0.0, failed=(ENTAILMENT,))
    support = min(likelihood.entailed, WORDED_FREELY)
    return replace(told, support=support, failed=() if support >= LEAST_SUPPORT else (ENTAILMENT,))
