"""Is the best sentence an answer at all? A calibrated guess from some 70 signals."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from allmanning.contracts.passage.v1.passage_pb import ScoredPassage
from allmanning.generate.extract.asked import Asked
from allmanning.generate.extract.measures import NAMES
from allmanning.generate.extract.names import unknown
from allmanning.generate.extract.questions import FIGURES, Asks
from allmanning.generate.extract.ranking import Ranking
from allmanning.generate.extract.terms import terms
from allmanning.generate.extract.weights import weights

# An e5 passage that shares nothing with the question: where only words were matched, no more is known.
_UNRELATED = 0.8
_FIRST = 3
_SECOND, _FIFTH = 1, 4
_FLAT = 1e-6
_OF_BEST = (
    "coverage", "own_coverage", "heading_coverage", "grams", "framed_grams", "frame", "likeness", "framed_likeness",
    "passage", "answer_type", "relation", "length", "new_terms",
)  # fmt: skip
_OF_ALL = ("coverage", "own_coverage", "grams", "framed_grams", "likeness", "framed_likeness")


def signals(question: Asked, ranking: Ranking, passages: Sequence[ScoredPassage]) -> Mapping[str, float]:
    """What the guess goes by, by name: of the best sentence, of the best three, of all, and of the passages."""
    told = ranking.measured
    column = {name: told.rows[:, place] for place, name in enumerate(NAMES)}
    dense = np.maximum(np.sort([each.dense for each in passages])[::-1], _UNRELATED)
    scores = np.sort([each.score for each in passages])[::-1]
    return {
        **{f"best_{name}": float(column[name][0]) for name in _OF_BEST},
        **{f"most_{name}": float(column[name].max()) for name in _OF_ALL},
        **{f"first_{name}": float(column[name][:_FIRST].mean()) for name in _OF_ALL},
        **{f"ahead_{name}": _ahead(column[name]) for name in ("coverage", "framed_likeness")},
        "middle_framed_likeness": float(np.median(column["framed_likeness"])),
        "likest": float(column["framed_likeness"].argmax() == 0),
        "held": float(told.held[0]),
        "most_held": float(told.held.max()),
        "whole_coverage": told.whole.coverage[ranking.ranked[0].candidate.passage],
        "most_whole_coverage": max(told.whole.coverage.values()),
        "most_whole_grams": told.whole.most_grams,
        "rare_whole_grams": told.whole.rare_grams,
        "every_gram": told.whole.every_gram,
        "lacking": float(told.lacking[0]),
        "texts": math.log1p(float(np.mean([len(each.passage.text) for each in passages if each.passage]))),
        "terms": math.log1p(len(question.terms)),
        "share": ranking.ranked[0].share,
        "dense": float(dense[0]),
        "first_dense": float(dense[:_FIRST].mean()),
        "ahead_dense": _ahead(dense),
        "score": float(scores[0]),
        "mean_score": float(scores.mean()),
        "score_lead": _ahead(scores, _SECOND),
        "ahead_score": _ahead(scores),
        "score_height": float((scores[0] - scores.mean()) / (scores.std() + _FLAT)),
        **_in_order(question.text, ranking.ranked[0].candidate.said),
        **_agreement(ranking, passages),
        "asked_words": math.log1p(len(question.text.split())),
        "figure": float(question.kind in FIGURES),
        "definition": float(question.kind is Asks.DEFINITION),
    }


def confidence(question: Asked, ranking: Ranking | None, passages: Sequence[ScoredPassage]) -> float:
    """0..1: how likely it is that the passages hold an answer."""
    if ranking is None or hopeless(question, ranking):
        return 0.0
    model = weights(encoded=ranking.measured.encoded).confidence
    return 1 / (1 + math.exp(-model.of(signals(question, ranking, passages))))


def hopeless(question: Asked, ranking: Ranking) -> bool:
    """Not even the best has the amount, number or duration that is asked for, or nothing knows a name in the question.

    Of swequad-mc's questions that have an answer 0.2 % name what nothing found knows, of the same without their page
    5 %, of swefaq's put to its pages 8 %.
    """
    # Of a question in another language no word may be known; the encoder still tells what it is about.
    said = bool(question.terms) or (ranking.measured.encoded and bool(terms(question.text)))
    return not said or bool(ranking.measured.lacking[0]) or _unknown(question, ranking)


def _unknown(question: Asked, ranking: Ranking) -> bool:
    """Nothing found knows a name in the question."""
    if not question.names:
        return False
    return unknown(
        question.names, (terms(f"{each.candidate.context} {each.candidate.text}") for each in ranking.ranked)
    )


def _agreement(ranking: Ranking, passages: Sequence[ScoredPassage]) -> Mapping[str, float]:
    """How far words, encoder and ranking point to one document: that of the best sentence."""
    documents = [each.passage.document.id if each.passage and each.passage.document else "" for each in passages]
    best = documents[ranking.ranked[0].candidate.passage]
    mine = np.array([document == best for document in documents])
    dense, sparse = np.array([each.dense for each in passages]), np.array([each.sparse for each in passages])
    of_best = np.array([documents[each.candidate.passage] == best for each in ranking.ranked])
    framed, share = ranking.measured.column("framed_likeness"), np.array([each.share for each in ranking.ranked])
    return {
        "document_passages": float(mine.mean()),
        "document_share": float(share[of_best].sum()),
        "document_second_share": float(share[1:_FIRST].sum()),
        "document_first_by_words": float(mine[sparse.argmax()]),
        "document_sparse": math.log1p(float(sparse.max())),
        "document_first_by_dense": float(mine[dense.argmax()]),
        "document_dense": max(float(dense[mine].max()), _UNRELATED),
        "document_likest": float(of_best[framed.argmax()]),
        "document_ahead_likeness": _lead(framed, of_best),
        "document_ahead_dense": _lead(np.maximum(dense, _UNRELATED), mine),
        "document_place": math.log1p(ranking.ranked[0].candidate.passage),
    }


def _lead(values: NDArray[np.float64], mine: NDArray[np.bool_]) -> float:
    """By how much the best of mine is ahead of the best elsewhere; 0 where there is nothing else."""
    return 0.0 if mine.all() else float(values[mine].max() - values[~mine].max())


def _ahead(values: NDArray[np.float64], place: int = _FIFTH) -> float:
    """By how much the best is ahead of the one at the 0-based `place`."""
    ordered = np.sort(values)[::-1]
    return float(ordered[0] - ordered[min(place, len(ordered) - 1)])


def _in_order(question: str, sentence: str) -> Mapping[str, float]:
    """How many of the question's words follow each other in the sentence, too."""
    asked, said = _stems(question), _stems(sentence)
    pairs = {*pairwise(asked)}
    threes = {*pairwise(pairwise(asked))}
    met = pairs & {*pairwise(said)}
    return {
        "pairs": len(met) / max(1, len(pairs)),
        "many_pairs": math.log1p(len(met)),
        "threes": len(threes & {*pairwise(pairwise(said))}) / max(1, len(threes)),
    }


def _stems(text: str) -> Sequence[frozenset[str]]:
    return [terms(word) for word in text.split()]
