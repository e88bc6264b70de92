"""How good are the answers? Questions with a key, put to a running platform, and figures of what came back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

from allmanning.node.evaluate.answer_checks import Checked, checked
from allmanning.node.evaluate.answer_run import Answered, AnswerRun
from allmanning.node.evaluate.question_file import KeyedQuestion
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.record import Json

# Questions at the platform at once: enough to keep it busy, few enough to time one.
AT_ONCE: Final = 2
_NAMED: Final = 3


@dataclass(frozen=True)
class Told:
    """An answer, with the model and the pins that the platform told of."""

    answer: Answered
    model: str
    pins: Mapping[str, str]


Ask = Callable[[KeyedQuestion], Awaitable[Told]]


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


async def answered(questions: Sequence[KeyedQuestion], ask: Ask) -> AnswerRun:
    """Put every question to `ask`.

    Raises:
        InvalidInput: `evaluation.changed`, when the platform's terms changed while it was asked.
        PlatformError: what `ask` raises.
    """
    turns = asyncio.Semaphore(AT_ONCE)

    async def asked(question: KeyedQuestion) -> Told:
        async with turns:
            return await ask(question)

    told = await asyncio.gather(*map(asked, questions))
    terms = {tuple(sorted(each.pins.items())) for each in told}
    if len(terms) > 1:
        text = "Plattformens villkor ändrades under körningen. Kör om. (The platform’s terms changed. Run again.)"
        raise InvalidInput("evaluation.changed", text)
    return AnswerRun(
        answers={question.id: each.answer for question, each in zip(questions, told, strict=True)},
        # Where several models answer, a fallback among them, all are named.
        model=", ".join(sorted({each.model for each in told})),
        pins=told[0].pins,
    )


def judged(questions: Sequence[KeyedQuestion], run: AnswerRun) -> list[Checked]:
    """Each answer of a run against the key, in the file's order.

    Raises:
        InvalidInput: `evaluation.other_questions` when the run is of other questions.
    """
    if odd := sorted(run.answers.keys() ^ {each.id for each in questions}):
        named = ", ".join(odd[:_NAMED]) + (" …" if len(odd) > _NAMED else "")
        text = f"Svaren gäller andra frågor än filen: {named}. (The answers are to other questions than the file’s.)"
        raise InvalidInput("evaluation.other_questions", text)
    return [checked(each, run.answers[each.id]) for each in questions]


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


def misses(checks: Sequence[Checked]) -> list[dict[str, Json]]:
    """The questions that did not go as their keys say."""
    return [
        {
            "id": each.question.id,
            "question": each.question.question,
            "expected": each.question.expect,
            "outcome": each.answer.outcome,
            "missing": list(each.wrongs),
        }
        for each in checks
        if not each.right
    ]


def _share(hits: Iterable[bool | None]) -> float:
    return _mean([float(hit) for hit in hits if hit is not None])


def _mean(values: Sequence[float]) -> float:
    return fmean(values) if values else 0.0
