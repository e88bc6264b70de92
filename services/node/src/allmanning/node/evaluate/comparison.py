"""Two runs on the same questions, side by side: the figures, how sure their difference is, and what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from allmanning.node.evaluate.figures import RetrievalFigures, figures_of, first_relevant, ndcg
from allmanning.node.evaluate.judged import JudgedSet
from allmanning.node.evaluate.run import Run
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.record import Json

RESAMPLES = 10_000
SEED = 2_026
SHARE_OUTSIDE = 5.0
"""Per cent of the resampled means that lie outside the interval."""

_NAMED = 3


@dataclass(frozen=True, slots=True)
class Change:
    """A question that the two runs answer differently.

    `rank_before` and `rank_after` are the places of the first relevant entry, None when none was found; the others are
    its nDCG@10.
    """

    id: str
    text: str
    rank_before: int | None
    rank_after: int | None
    before: float
    after: float

    @property
    def gain(self) -> float:
        return self.after - self.before

    def as_dict(self) -> dict[str, Json]:
        return {
            "id": self.id,
            "text": self.text,
            "rank_before": self.rank_before,
            "rank_after": self.rank_after,
            "ndcg@10_before": round(self.before, 4),
            "ndcg@10_after": round(self.after, 4),
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """`interval` holds 95 % of the resampled mean differences of nDCG@10; `changes` begin with what worsened most."""

    before: RetrievalFigures
    after: RetrievalFigures
    interval: tuple[float, float]
    changes: Sequence[Change]

    def as_dict(self) -> dict[str, Json]:
        before, after = self.before.as_dict(), self.after.as_dict()
        low, high = self.interval
        return {
            "before": dict(before),
            "after": dict(after),
            "difference": {name: round(after[name] - before[name], 4) for name in before if name != "queries"},
            "ndcg@10_interval": [round(low, 4), round(high, 4)],
            "changes": [change.as_dict() for change in self.changes],
        }


def compare(judged: JudgedSet, before: Run, after: Run) -> Comparison:
    """Both runs against the grades of `judged`.

    Raises:
        InvalidInput: `evaluation.other_questions` when a run is of another set of questions.
    """
    for run in (before, after):
        _of_the_same_questions(run, judged)
    changes = [change for change in (_change(judged, query, before, after) for query in judged.grades) if change]
    differences = [
        ndcg(after.rankings[query], relevant) - ndcg(before.rankings[query], relevant)
        for query, relevant in judged.grades.items()
    ]
    return Comparison(
        before=figures_of(before.rankings, judged.grades, before.seconds),
        after=figures_of(after.rankings, judged.grades, after.seconds),
        interval=bootstrap_interval(differences),
        changes=sorted(changes, key=lambda change: (change.gain, change.id)),
    )


def bootstrap_interval(differences: Sequence[float]) -> tuple[float, float]:
    """Where 95 % of the means lie when the questions are drawn anew with replacement; the same at every call.

    Paired, since both runs answer each drawn question (Efron 1979; Sakai, SIGIR 2006). An interval that holds 0 says
    that these questions cannot tell the two runs apart.
    """
    values = np.asarray(differences)
    random = np.random.default_rng(SEED)
    means = [values[random.integers(0, len(values), len(values))].mean() for _ in range(RESAMPLES)]
    low, high = np.percentile(means, [SHARE_OUTSIDE / 2, 100 - SHARE_OUTSIDE / 2])
    return float(low), float(high)


def _of_the_same_questions(run: Run, judged: JudgedSet) -> None:
    if odd := sorted(run.rankings.keys() ^ judged.grades.keys()):
        named = ", ".join(odd[:_NAMED]) + (" …" if len(odd) > _NAMED else "")
        text = f"Körningen gäller andra frågor än mängden: {named}. (The run is of other questions than the set.)"
        raise InvalidInput("evaluation.other_questions", text)


def _change(judged: JudgedSet, query: str, before: Run, after: Run) -> Change | None:
    relevant: Mapping[str, int] = judged.grades[query]
    one, other = before.rankings[query], after.rankings[query]
    change = Change(
        id=query,
        text=judged.queries[query],
        rank_before=first_relevant(one, relevant),
        rank_after=first_relevant(other, relevant),
        before=ndcg(one, relevant),
        after=ndcg(other, relevant),
    )
    same = change.rank_before == change.rank_after and change.before == change.after
    return None if same else change
