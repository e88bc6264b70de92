"""Rank what may be said by how well it answers the question, without a model.

The weights are those of a logistic model trained on swequad-mc (first half), rounded: see `README.md`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from allmanning.generate.extract.candidates import Candidate
from allmanning.generate.extract.particular import particular
from allmanning.generate.extract.questions import Asks, answers, asks, counted_in, lacks
from allmanning.generate.extract.terms import grams, terms
from allmanning.generate.extract.wording import held, wording
from allmanning.index.everyday import worded_officially

COVERAGE, OWN_COVERAGE, ANSWER_TYPE, GRAMS, PASSAGE, FRAME, PARTICULAR = 0.6, 0.4, 0.6, 0.6, 1.1, 0.35, 1.0
# A sentence without the wanted figure comes after all that have one.
LACKING = 10.0
TEMPERATURE = 1.2

# Words that shape a question and stand in few answers.
_FRAME = terms(
    "menas menar avses innebär betyder kallas heter finns ligger vanligtvis exempel snälla tack undrar hej berätta hur"
    " mycket många stor stort stora lång långt lang länge hög högt höga låg djup bred gammal dyr dyrt ofta får vara"
    " kostar kosta betala betalar få tid tar what when where which who whom whose why how does mean is are the a an of"
    " per to in for my i can do please tell me about cost much many long"
)


@dataclass(frozen=True)
class Ranked:
    """A candidate and how it measures up. All figures but `score` are 0..1."""

    candidate: Candidate
    score: float
    """Weighted sum of z-scores over this question's candidates."""
    share: float
    """Softmax of `score`: its share of the belief that it is the answer."""
    held: float
    """Share of the question's terms that the sentence and its context hold."""
    grams: float
    """Share of the question's letter 4-grams in the sentence and its context."""
    lacking: bool
    """Has not the amount, number or duration that is asked for."""


@dataclass(frozen=True)
class Asked:
    """A question, as the ranking sees it."""

    text: str
    terms: frozenset[str]
    grams: frozenset[str]
    kind: Asks
    frame: frozenset[str] = frozenset()
    """Its words that shape it, "kostar" or "tid": few answers have them, but headings over answers do."""
    counted: str = ""

    @classmethod
    def of(cls, question: str, before: str = "") -> Asked:
        """The question as asked; `before` is the one that it refers back to."""
        wanted = terms(f"{before} {question}") if before else terms(question)
        kind = asks(question)
        if kind is Asks.OTHER and before:
            kind = asks(before)
        return cls(
            question,
            (wanted - _FRAME) or wanted,
            grams(worded_officially(f"{before} {question}".strip())),
            kind,
            wanted & _FRAME,
            counted_in(question),
        )

    def among(self, found: Sequence[Candidate]) -> Asked:
        """The question by those of its words that the candidates know.

        For a question in another language than the documents': its names and borrowed words still tell the right
        sentence, and that the others are missing tells nothing.
        """
        known = frozenset[str]().union(*(terms(f"{each.context} {each.text}") for each in found)) & self.terms
        return replace(self, terms=known, grams=frozenset[str]().union(*map(grams, known)))


def rank(question: Asked, found: Sequence[Candidate]) -> list[Ranked]:
    """The candidates, best first. Ties keep the order of the passages."""
    if not found:
        return []
    # A row says as little without its heading as without its header.
    own = [terms(f"{each.heading} {each.said}") if each.kind == "row" else terms(each.said) for each in found]
    framed = [mine | terms(each.context) for mine, each in zip(own, found, strict=True)]
    words = wording(question.terms, question.text, framed)
    held_framed = [held(words, each) for each in framed]
    weights = _rarity(held_framed)
    total = sum(weights.values()) or 1.0
    coverage = np.array([_weighed(each, weights) / total for each in held_framed])
    coverage_own = np.array([_weighed(held(words, each), weights) / total for each in own])
    overlap = np.array([_share(question.grams, grams(f"{each.context} {each.text}")) for each in found])
    overlap_own = np.array([_share(question.grams, grams(each.said)) for each in found])
    kinds = np.array([answers(question.kind, _shown(each), question.terms, question.counted) for each in found])
    frame = np.array([_share(question.frame, each) for each in framed])
    cases = np.array([particular(each.text, each.context, question.terms) for each in found])
    lacking = np.array([lacks(question.kind, _shown(each)) for each in found])
    page = np.array([each.score for each in found])
    scores = (
        COVERAGE * _z(coverage)
        + OWN_COVERAGE * _z(coverage_own)
        + ANSWER_TYPE * _z(kinds)
        + GRAMS * _z(overlap_own)
        + PASSAGE * _z(page)
        + FRAME * _z(frame)
        - PARTICULAR * cases
        - LACKING * lacking
    )
    shares = np.exp(TEMPERATURE * (scores - scores.max()))
    shares /= shares.sum()
    order = sorted(range(len(found)), key=lambda i: -scores[i])
    return [
        Ranked(
            found[i],
            float(scores[i]),
            float(shares[i]),
            _mean(held_framed[i]),
            float(overlap[i]),
            bool(lacking[i]),
        )
        for i in order
    ]


def _shown(candidate: Candidate) -> str:
    """A row means something only with the names of its columns: "Kronor" stands above "300"."""
    return candidate.said if candidate.kind == "row" else candidate.text


def _rarity(held_by: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """BM25's idf of each term over the candidates at hand."""
    count = len(held_by)
    frequency = {term: sum(each[term] for each in held_by) for term in held_by[0]}
    return {term: math.log(1 + (count - df + 0.5) / (df + 0.5)) for term, df in frequency.items()}


def _weighed(holds: Mapping[str, float], weights: Mapping[str, float]) -> float:
    return sum(weights[term] * share for term, share in holds.items())


def _mean(holds: Mapping[str, float]) -> float:
    return sum(holds.values()) / len(holds) if holds else 0.0


def _share(wanted: frozenset[str], held: frozenset[str]) -> float:
    return len(wanted & held) / len(wanted) if wanted else 0.0


def _z(values: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = float(values.std())
    return (values - values.mean()) / spread if spread > 1e-9 else np.zeros_like(values)
