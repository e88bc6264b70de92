"""How good are the answers? Questions with a key, put to a running platform, and what came back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from allmanning.gateway.evaluation.answered import Answered
from allmanning.gateway.evaluation.checks import Checked, checked
from allmanning.gateway.evaluation.questions import KeyedQuestion
from allmanning.index.language import detect
from allmanning.node.evaluate.answer_run import AnswerRun
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
    return [checked(each, run.answers[each.id], detect) for each in questions]


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
