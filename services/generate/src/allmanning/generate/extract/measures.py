"""What can be measured of a candidate against a question: one row of figures for each."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from allmanning.contracts.passage.v1.passage_pb import ScoredPassage
from allmanning.generate.extract.asked import Asked
from allmanning.generate.extract.candidates import Candidate
from allmanning.generate.extract.leaning import leans
from allmanning.generate.extract.particular import hours_elsewhere, particular
from allmanning.generate.extract.questions import FIGURES, Asks, answers, lacks
from allmanning.generate.extract.relation import negated, relation
from allmanning.generate.extract.terms import grams, terms
from allmanning.generate.extract.whole import Whole, whole
from allmanning.generate.extract.wording import Wording, held, wording

Column: TypeAlias = NDArray[np.float64]

NAMES: Final = (
    "coverage",
    "own_coverage",
    "heading_coverage",
    "grams",
    "framed_grams",
    "frame",
    "likeness",
    "framed_likeness",
    "passage",
    "dense",
    "answer_type",
    "figure",
    "digit",
    "relation",
    "negation",
    "subject_first",
    "leaning",
    "leaning_on_asked",
    "leaned_on",
    "item",
    "length",
    "new_terms",
    "place",
)
"""The columns of `Measured.rows`. Coverages are shares of the question's terms, weighed by rarity."""
ENCODED: Final = frozenset({"likeness", "framed_likeness", "dense"})
"""Those that the encoder tells."""

_UNTOLD = -1.0
_MOST_WORDS = 60
_FIRST_WORDS = 4
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class Measured:
    """Figures of a question's candidates, and of what was found for it."""

    rows: Column
    """(candidates, `NAMES`)."""
    lacking: NDArray[np.bool_]
    """Has not the amount, number or duration that is asked for."""
    particular: Column
    """0..2: holds only in a case that the question does not mention, see `particular`."""
    held: Column
    """Share of the question's terms, each counted the same, in the sentence and its context."""
    whole: Whole
    encoded: bool
    """The index told how alike question and sentences are."""

    def column(self, name: str) -> Column:
        column: Column = self.rows[:, NAMES.index(name)]
        return column

    def ordered(self, order: NDArray[np.intp]) -> Measured:
        """The same candidates in this order."""
        return replace(
            self,
            rows=self.rows[order],
            lacking=self.lacking[order],
            particular=self.particular[order],
            held=self.held[order],
        )


def measured(question: Asked, found: Sequence[Candidate], passages: Sequence[ScoredPassage]) -> Measured:
    """The candidates `found` in `passages`, in their order; there is at least one."""
    # A row says as little without its heading as without its header.
    own = [terms(f"{each.heading} {each.said}") if each.kind == "row" else terms(each.said) for each in found]
    framed = [mine | terms(each.context) for mine, each in zip(own, found, strict=True)]
    words = wording(question.terms, question.text, framed)
    shaping = wording(question.frame, question.text, framed)
    held_framed = [held(words, each) for each in framed]
    coverage = _Coverage(words, held_framed)
    met = [question.grams & grams(f"{each.context} {each.text}") for each in found]
    alone, above, encoded = _likeness(found, passages)
    built, denied = relation(question.text, question.terms), negated(question.text)
    leaning = np.array([leans(each.text) for each in found], dtype=np.float64)
    wants_figure = question.kind in FIGURES
    columns: dict[str, Sequence[float] | Column] = {
        "coverage": [coverage.of_held(each) for each in held_framed],
        "own_coverage": [coverage.of(each) for each in own],
        "heading_coverage": [coverage.of(terms(each.heading)) for each in found],
        "grams": [_share(question.grams, grams(each.said)) for each in found],
        "framed_grams": [_share(question.grams, each) for each in met],
        "frame": [_mean(held(shaping, each)) for each in framed],
        "likeness": alone,
        "framed_likeness": above,
        "passage": [each.score for each in found],
        "dense": [passages[each.passage].dense for each in found],
        "answer_type": [answers(question.kind, shown(each), question.terms, question.counted) for each in found],
        "figure": [wants_figure and bool(_DIGIT.search(each.text)) for each in found],
        "digit": [bool(_DIGIT.search(each.text)) for each in found],
        "relation": [built(each.said) for each in found],
        "negation": [negated(each.said) != denied for each in found],
        "subject_first": [_subject_first(each.text, question.terms) for each in found],
        "leaning": leaning,
        "leaning_on_asked": leaning * [coverage.of(terms(_before(each, passages))) for each in found],
        "leaned_on": [*(following for _, following in itertools.pairwise(_leaning_in(found, leaning))), 0.0],
        "item": [each.kind == "item" for each in found],
        "length": [math.log1p(min(len(each.text.split()), _MOST_WORDS)) for each in found],
        "new_terms": [math.log1p(len(mine - question.terms)) for mine in own],
        "place": [each.span[0] / max(1, len(_text(passages[each.passage]))) for each in found],
    }
    return Measured(
        rows=np.array([columns[name] for name in NAMES], dtype=np.float64).T,
        lacking=np.array([lacks(question.kind, shown(each)) for each in found]),
        particular=np.array([_particular(each, question, words, passages) for each in found]),
        held=np.array([_mean(each) for each in held_framed]),
        whole=whole(found, held_framed, met, question.grams),
        encoded=encoded,
    )


def shown(candidate: Candidate) -> str:
    """A row means something only with the names of its columns: "Kronor" stands above "300"."""
    return candidate.said if candidate.kind == "row" else candidate.text


class _Coverage:
    """The share of a question's terms that a text holds; a term counts the more the fewer candidates have it (BM25)."""

    def __init__(self, words: Wording, held_by: Sequence[Mapping[str, float]]) -> None:
        count = len(held_by)
        frequency = {term: sum(each[term] for each in held_by) for term in words}
        self._words = words
        self._weights = {term: math.log(1 + (count - df + 0.5) / (df + 0.5)) for term, df in frequency.items()}
        self._total = sum(self._weights.values()) or 1.0

    def of(self, text: frozenset[str]) -> float:
        return self.of_held(held(self._words, text)) if text else 0.0

    def of_held(self, holds: Mapping[str, float]) -> float:
        return sum(self._weights[term] * share for term, share in holds.items()) / self._total


def _likeness(found: Sequence[Candidate], passages: Sequence[ScoredPassage]) -> tuple[Column, Column, bool]:
    """How alike the index finds question and sentence, alone and framed, and whether it tells at all.

    What it does not tell is taken to be as unlike as the least like.
    """
    told = np.array([_told(passages[each.passage], each.number) for each in found])
    known = told[:, 0] > _UNTOLD
    if not known.any():
        return np.zeros(len(found)), np.zeros(len(found)), False
    told[~known] = told[known].min(axis=0)
    return told[:, 0], told[:, 1], True


def _told(scored: ScoredPassage, number: int) -> tuple[float, float]:
    if number >= min(len(scored.sentence_likeness), len(scored.framed_likeness)):
        return _UNTOLD, _UNTOLD
    return scored.sentence_likeness[number], scored.framed_likeness[number]


def _leaning_in(found: Sequence[Candidate], leaning: Column) -> list[float]:
    """Whether each leans on the candidate before it: on none where it begins a passage."""
    return [
        float(leans_back) if place and found[place - 1].passage == each.passage else 0.0
        for place, (each, leans_back) in enumerate(zip(found, leaning, strict=True))
    ]


def _particular(candidate: Candidate, question: Asked, words: Wording, passages: Sequence[ScoredPassage]) -> float:
    asked = frozenset(words).union(*words.values())
    if question.kind is Asks.OPEN and hours_elsewhere(candidate.text, _title(passages[candidate.passage]), asked):
        return 1.0
    return particular(candidate.text, candidate.context, question.terms)


def _subject_first(sentence: str, wanted: frozenset[str]) -> bool:
    return not wanted.isdisjoint(terms(" ".join(sentence.split()[:_FIRST_WORDS])))


def _before(candidate: Candidate, passages: Sequence[ScoredPassage]) -> str:
    return _text(passages[candidate.passage])[slice(*candidate.previous)] if candidate.previous else ""


def _title(scored: ScoredPassage) -> str:
    return scored.passage.document.title if scored.passage and scored.passage.document else ""


def _text(scored: ScoredPassage) -> str:
    return scored.passage.text if scored.passage else ""


def _mean(holds: Mapping[str, float]) -> float:
    return sum(holds.values()) / len(holds) if holds else 0.0


def _share(wanted: frozenset[str], held_by: frozenset[str]) -> float:
    return len(wanted & held_by) / len(wanted) if wanted else 0.0
