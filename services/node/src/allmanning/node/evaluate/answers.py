"""How good are the answers? Questions with a key, put to a running platform."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.record import Json

# Questions at the platform at once: enough to keep it busy, few enough to time one.
AT_ONCE = 2


class KeyedQuestion(BaseModel):
    """One line of the file. `sources` and `facts` are the key to a question that is to be answered."""

    model_config = ConfigDict(frozen=True)

    id: str
    question: str
    expect: str
    role: str = "citizen"
    sources: Sequence[str] = ()
    facts: Sequence[str] = ()


@dataclass(frozen=True)
class Answered:
    """What the platform said: `sources` as the key writes them."""

    outcome: str
    text: str
    sources: Sequence[str]


Ask = Callable[[KeyedQuestion], Awaitable[Answered]]


@dataclass(frozen=True)
class Miss:
    """A question that did not go as its key says."""

    id: str
    question: str
    expected: str
    outcome: str
    missing: Sequence[str]


@dataclass(frozen=True)
class AnswerFigures:
    """Shares are 0..1; source and fact are over the questions that were to be answered."""

    questions: int
    outcome: float
    outcome_by_kind: Mapping[str, float]
    source: float
    fact: float
    ms_per_question: float
    misses: Sequence[Miss]

    def as_dict(self) -> dict[str, Json]:
        misses: list[Json] = [
            {
                "id": miss.id,
                "question": miss.question,
                "expected": miss.expected,
                "outcome": miss.outcome,
                "missing": list(miss.missing),
            }
            for miss in self.misses
        ]
        return {
            "questions": self.questions,
            "outcome": round(self.outcome, 4),
            "outcome_by_kind": {kind: round(share, 4) for kind, share in self.outcome_by_kind.items()},
            "source": round(self.source, 4),
            "fact": round(self.fact, 4),
            "ms_per_question": round(self.ms_per_question, 1),
            "misses": misses,
        }


async def evaluate_answers(file: Path, ask: Ask) -> AnswerFigures:
    """Put every question of `file` (JSON lines, see `KeyedQuestion`) to `ask` and compare.

    Raises:
        InvalidInput: `evaluation.file_missing`, `evaluation.malformed` with file and line.
    """
    questions = read_questions(file)
    turns = asyncio.Semaphore(AT_ONCE)
    took_s: list[float] = []

    async def asked(question: KeyedQuestion) -> Answered:
        async with turns:
            started = time.perf_counter()
            answer = await ask(question)
            took_s.append(time.perf_counter() - started)
            return answer

    answers = await asyncio.gather(*map(asked, questions))
    return _figures(list(zip(questions, answers, strict=True)), sum(took_s))


def read_questions(file: Path) -> list[KeyedQuestion]:
    """The questions of a file, checked."""
    try:
        lines = file.read_text(encoding="utf-8-sig").split("\n")
    except FileNotFoundError:
        raise InvalidInput("evaluation.file_missing", f"Filen {file} saknas. (The file is missing.)") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput("evaluation.file_unreadable", f"Filen {file} kan inte läsas: {error}.") from None
    questions = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                questions.append(KeyedQuestion.model_validate(json.loads(line)))
            except (ValueError, ValidationError) as error:
                what = "inte en fråga med id, question och expect (not a question)"
                raise InvalidInput("evaluation.malformed", f"{file}:{number}: {what}.") from error
    if not questions:
        raise InvalidInput("evaluation.empty", f"{file} har inga frågor. (There are no questions.)")
    return questions


def _figures(asked: Sequence[tuple[KeyedQuestion, Answered]], seconds: float) -> AnswerFigures:
    kinds = sorted({question.expect for question, _ in asked})
    right = [question.expect == answer.outcome for question, answer in asked]
    keyed = [pair for pair in asked if pair[0].expect == "answered"]
    misses = [
        Miss(question.id, question.question, question.expect, answer.outcome, _missing(question, answer))
        for question, answer in asked
        if question.expect != answer.outcome or _missing(question, answer)
    ]
    return AnswerFigures(
        questions=len(asked),
        outcome=_share(right),
        outcome_by_kind={
            kind: _share([hit for hit, (question, _) in zip(right, asked, strict=True) if question.expect == kind])
            for kind in kinds
        },
        source=_share([_cites(question, answer) for question, answer in keyed]),
        fact=_share([_says(question, answer) for question, answer in keyed]),
        ms_per_question=1000 * seconds / len(asked),
        misses=misses,
    )


def _missing(question: KeyedQuestion, answer: Answered) -> list[str]:
    if question.expect != "answered":
        return []
    return [
        *(fact for fact in question.facts if fact.lower() not in answer.text.lower()),
        *([] if _cites(question, answer) else [" | ".join(question.sources)]),
    ]


def _cites(question: KeyedQuestion, answer: Answered) -> bool:
    return not question.sources or bool(set(question.sources) & set(answer.sources))


def _says(question: KeyedQuestion, answer: Answered) -> bool:
    return answer.outcome == "answered" and all(fact.lower() in answer.text.lower() for fact in question.facts)


def _share(hits: Sequence[bool]) -> float:
    return sum(hits) / len(hits) if hits else 0.0
