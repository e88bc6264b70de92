"""One answer against its key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from allmanning.gateway.evaluation.answered import Answered
from allmanning.gateway.evaluation.faithful import is_faithful, sentences_of
from allmanning.gateway.evaluation.questions import KeyedQuestion
from allmanning.gateway.evaluation.readability import lix, words_of


@dataclass(frozen=True)
class Checked:
    """What was right. `facts`, `source` and `faithful` are None for an answer that need not have them.

    `language`: the asker is answered in her language, or told in it which language the quoted words are in. `quoted`
    tells that it was the latter.
    """

    question: KeyedQuestion
    answer: Answered
    outcome: bool
    facts: bool | None
    source: bool | None
    faithful: bool | None
    language: bool | None
    quoted: bool
    unfaithful: Sequence[str]
    missing: Sequence[str]
    sentences: int
    words: int
    lix: float | None

    @property
    def right(self) -> bool:
        """Nothing was wrong."""
        return self.outcome and all(
            each is not False for each in (self.facts, self.source, self.faithful, self.language)
        )

    @property
    def wrongs(self) -> list[str]:
        """What was wrong, in the words of the key."""
        outcome = [] if self.outcome else [f"{self.question.expect} != {_ended(self.answer)}"]
        language = [f"language {self.question.language}"] if self.language is False else []
        source = [" | ".join(self.question.sources)] if self.source is False else []
        return [*outcome, *self.missing, *source, *(f"unfaithful: {each}" for each in self.unfaithful), *language]


def checked(question: KeyedQuestion, answer: Answered, language_of: Callable[[str], str]) -> Checked:
    """An answer against its key; `language_of` tells the language (ISO 639-1) of what the asker is told."""
    answered = answer.outcome == "answered"
    keyed = question.expect == "answered"
    said = sentences_of(answer.text) if answered else []
    cited = {each.number: each for each in answer.cited}
    unfaithful = [each.text for each in said if not is_faithful(each, cited)]
    told = _plain(answer.text) if answered else ""
    missing = [each for each in question.facts if _plain(each) not in told] if keyed else []
    sources = {each.source for each in answer.cited}
    return Checked(
        question=question,
        answer=answer,
        outcome=answer.outcome == question.expect and question.reason in ("", answer.reason),
        facts=not missing if keyed and question.facts else None,
        source=answered and bool(sources & set(question.sources)) if keyed and question.sources else None,
        faithful=not unfaithful if answered else None,
        language=_reads(answer, question.language, language_of),
        quoted=bool(answer.foreword),
        unfaithful=unfaithful,
        missing=missing,
        sentences=len(said),
        words=len(words_of(answer.text)),
        lix=lix(" ".join(each.text for each in said)) if said else None,
    )


def _reads(answer: Answered, language: str, language_of: Callable[[str], str]) -> bool | None:
    told = answer.foreword or answer.text
    return language_of(told) == language if language and told else None


def _plain(text: str) -> str:
    return " ".join(text.lower().split())


def _ended(answer: Answered) -> str:
    return f"{answer.outcome} ({answer.reason})" if answer.reason else answer.outcome
