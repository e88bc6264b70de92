"""What passes between the parts that word an answer and the parts that release it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from allmanning.contracts.passage.v1.passage_pb import ScoredPassage
from allmanning.generate.conversation import Asking
from allmanning.generate.style import Style
from allmanning.generate.support.verdict import Verdict
from allmanning.runtime.record import Json


@dataclass(frozen=True)
class Task:
    """A question and what may be said about it."""

    asking: Asking
    language: str
    passages: Sequence[ScoredPassage]
    max_tokens: int
    """0: as the settings say."""
    seed: int | None = None
    """Of the model's sampling; None: as the settings say."""
    temperature: float | None = None
    """Of the model's sampling, no higher than the settings'; None: as they say."""
    own_domains: tuple[str, ...] = ()
    """Domains of the authority, to which an answer may link."""
    style: Style = field(default_factory=Style)

    def __deepcopy__(self, _: dict[int, object]) -> Task:
        """Itself: nobody changes it, and Haystack would copy its passages three times over for each step."""
        return self


@dataclass(frozen=True)
class Quote:
    """A piece of a passage: character offsets in its text."""

    passage: int
    """0-based place among the task's passages."""
    start: int
    end: int


@dataclass(frozen=True)
class DraftSentence:
    """One sentence, or one list, without citation numbers, and what it rests on."""

    text: str
    quotes: tuple[Quote, ...]
    block: bool = False
    """Stands on lines of its own."""
    pieces: tuple[str, ...] = ()
    """The texts, each word for word from the quotes, that a table row was put together from."""
    verdict: Verdict | None = None
    """What was found when it was verified; None: not yet."""


@dataclass(frozen=True)
class Draft:
    """Sentences that became ready together. `dropped` had no support and are not said."""

    sentences: Sequence[DraftSentence] = ()
    dropped: Sequence[str] = ()
    reasons: Sequence[dict[str, Json]] = ()
    """Why each of `dropped` is not said, as `Verdict.told` words it."""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    figures: Mapping[str, Json] = field(default_factory=dict)
    """What the record should show of how the draft came about; no personal data."""
    model: str = ""
    """Who worded it; empty: the answerer's own `model`."""
    model_approved: bool = False
    """That model may answer without a caseworker reading first."""
    attempts: Sequence[dict[str, Json]] = ()
    """The servers that were asked, as `pool.attempts.Attempt` tells of them."""
    exchange: Json = None
    """What was sent to the model and what it wrote, word for word, with the last draft; None without a model."""
    cut_off: bool = False
    """More could have been said, within more tokens."""
    not_followed: tuple[str, ...] = ()
    """Fields of the task that the answerer did not follow."""


class Answerer(Protocol):
    """Words an answer to a task from its passages."""

    @property
    def model(self) -> str:
        """Name of the model, on record with every answer."""
        ...

    @property
    def prompt(self) -> bytes:
        """What a replay needs beside the model and the passages: prompt template and pipeline."""
        ...

    @property
    def capacity(self) -> int | None:
        """Answers that the model servers work on at once, of those that are well now; None: there are no servers."""
        ...

    @property
    def most_tokens(self) -> int:
        """Most tokens that a model may use for one answer; 0 without a model."""
        ...

    async def query(self, asking: Asking, language: str) -> str:
        """What is searched for to answer a question: itself, or with what it points back to. Never fails."""
        ...

    def answer(self, task: Task) -> AsyncGenerator[Draft, None]:
        """The answer as it becomes ready; closing the iterator stops the model. An empty draft: no sure answer.

        Raises:
            Busy: `model.busy`.
            Unavailable: `model.unavailable`, `model.rejected`, `model.interrupted`, `model.not_allowed`.
            TimedOut: `model.timeout`.
        """
        ...

    async def warm_up(self) -> None: ...

    async def close(self) -> None: ...
