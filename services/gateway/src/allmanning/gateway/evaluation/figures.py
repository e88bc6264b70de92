"""Figures of what came back: shares of the questions, and how the answers read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from allmanning.gateway.evaluation.checks import Checked
from allmanning.runtime.record import Json


@dataclass(frozen=True)
class AnswerFigures:
    """Shares are 0..1. `fact` and `source` are over the questions to be answered, `language` over those whose key
    names one, what else follows `faithful` over those that were answered. `quoted` is the share of these whose words
    are the documents', in another language than the asker's, which she is told in hers.
    """

    questions: int
    right: float
    outcome: float
    outcome_by_kind: Mapping[str, float]
    fact: float
    source: float
    faithful: float
    language: float
    quoted: float
    sentences: float
    words: float
    lix: float
    ms_per_question: float

    def as_dict(self) -> dict[str, Json]:
        return {
            "questions": self.questions,
            "right": round(self.right, 4),
            "outcome": round(self.outcome, 4),
            "outcome_by_kind": {kind: round(share, 4) for kind, share in self.outcome_by_kind.items()},
            "fact": round(self.fact, 4),
            "source": round(self.source, 4),
            "faithful": round(self.faithful, 4),
            "language": round(self.language, 4),
            "quoted": round(self.quoted, 4),
            "sentences": round(self.sentences, 2),
            "words": round(self.words, 1),
            "lix": round(self.lix, 1),
            "ms_per_question": round(self.ms_per_question, 1),
        }


def figures_of_answers(checks: Sequence[Checked]) -> AnswerFigures:
    said = [each for each in checks if each.answer.outcome == "answered"]
    kinds = sorted({each.question.expect for each in checks})
    return AnswerFigures(
        questions=len(checks),
        right=_share(each.right for each in checks),
        outcome=_share(each.outcome for each in checks),
        outcome_by_kind={
            kind: _share(each.outcome for each in checks if each.question.expect == kind) for kind in kinds
        },
        fact=_share(each.facts for each in checks),
        source=_share(each.source for each in checks),
        faithful=_share(each.faithful for each in checks),
        language=_share(each.language for each in checks),
        quoted=_share(each.quoted for each in said),
        sentences=_mean([each.sentences for each in said]),
        words=_mean([each.words for each in said]),
        lix=_mean([each.lix for each in said if each.lix is not None]),
        ms_per_question=1000 * _mean([each.answer.seconds for each in checks]),
    )


def _share(hits: Iterable[bool | None]) -> float:
    return _mean([float(hit) for hit in hits if hit is not None])


def _mean(values: Sequence[float]) -> float:
    return fmean(values) if values else 0.0
