"""Who words an answer when who should cannot: one model after another, and last the documents' own sentences."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from allmanning.contracts.access.v1.access_pb import Secrecy
from allmanning.contracts.passage.v1.passage_pb import ScoredPassage
from allmanning.generate.conversation import Asking
from allmanning.generate.draft import Answerer, Draft, Task
from allmanning.generate.foreword import foreword
from allmanning.generate.model import figures
from allmanning.generate.model.pool.attempts import attempts_of
from allmanning.generate.model.registry import Model
from allmanning.runtime.errors import Busy, PlatformError, TimedOut, Unavailable
from allmanning.runtime.record import Json

# Why a model was not even asked.
SECRECY: Final = "secrecy"
LANGUAGE: Final = "language"
# Why nothing of what it wrote could be said.
TRANSLATED: Final = "translated"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Link:
    """An answerer, and the model it asks; None: no model, so that it may see everything."""

    answerer: Answerer
    model: Model | None

    @property
    def name(self) -> str:
        return self.model.name if self.model else self.answerer.model

    def barred(self, task: Task) -> str:
        """Why it may not be given this task; empty: it may."""
        if self.model is None:
            return ""
        if not self.model.may_see(strictest(task.passages)):
            return SECRECY
        return "" if self.model.may_answer_in(task.language) else LANGUAGE


def strictest(passages: Sequence[ScoredPassage]) -> Secrecy:
    """The strictest class among them; a passage of unknown class is secret."""
    return max(
        (
            (each.passage.document.secrecy if each.passage and each.passage.document else Secrecy.UNSPECIFIED)
            or Secrecy.SECRET
            for each in passages
        ),
        default=Secrecy.OPEN,
    )


class Chain:
    """An answerer that goes from link to link until one gives a draft; after that, its failure is the answer's.

    A model that answers in another language than its sources writes what no check of words can compare with them. When
    nothing it wrote could be said, the next link is asked: the documents' own sentences, and a word about their
    language before them, are more than no answer.

    `figures["attempts"]` of the first draft tells of everyone that was asked or passed over: `model`, `replica` (of a
    model's servers, from 1) and `left`, why its answer was not taken; the one without `left` gave the answer.
    """

    def __init__(self, links: Sequence[Link]) -> None:
        self.links = links
        self.model = links[0].name
        self.prompt = b"\n".join(each.answerer.prompt for each in links)

    @property
    def capacity(self) -> int | None:
        """Of the first that has a server that is well; somebody has to find out when none has."""
        for each in self.links:
            capacity = each.answerer.capacity
            if capacity is None or capacity > 0:
                return capacity
        return 1

    @property
    def most_tokens(self) -> int:
        """Of one model: what those that failed had used is not known."""
        return max(each.answerer.most_tokens for each in self.links)

    async def warm_up(self) -> None:
        for each in self.links:
            await each.answerer.warm_up()

    async def close(self) -> None:
        for each in self.links:
            await each.answerer.close()

    async def query(self, asking: Asking, language: str) -> str:
        return await self.links[0].answerer.query(asking, language)

    async def answer(self, task: Task) -> AsyncGenerator[Draft, None]:
        """See `draft.Answerer`.

        Raises:
            Unavailable: `model.not_allowed`: no model may see these passages, or answer in this language.
        """
        before: list[dict[str, Json]] = []
        failed: PlatformError = Unavailable(
            "model.not_allowed",
            "Ingen språkmodell får läsa de här källorna eller svara på det här språket. Sök i dokumenten i stället.",
        )
        for link in self.links:
            if why := link.barred(task):
                before.append({"model": link.name, "left": why})
                figures.fell_back(link.name, why)
                continue
            begun = spoke = dropped = False
            try:
                async with contextlib.aclosing(link.answerer.answer(task)) as drafts:
                    async for draft in drafts:
                        yield _signed(draft, link, None if begun else before)
                        begun, spoke, dropped = True, spoke or bool(draft.sentences), dropped or bool(draft.dropped)
            except (Busy, Unavailable, TimedOut) as error:
                if begun:
                    raise
                failed = error
                before += _of(link, attempts_of(error), error.code)
                figures.fell_back(link.name, error.code)
                log.warning("%s gave no answer: %s", link.name, error.code)
            else:
                if spoke or not dropped or link is self.links[-1] or not _translates(task):
                    return
                before.append({"model": link.name, "left": TRANSLATED})
                figures.fell_back(link.name, TRANSLATED)
        # On record before the asker is told.
        yield Draft(figures={"attempts": list(before)})
        raise failed


def _translates(task: Task) -> bool:
    """The answer is to be in another language than the passage that was found first."""
    first = task.passages[0].passage if task.passages else None
    return first is not None and foreword(first.text, first, task.language) is not None


def _signed(draft: Draft, link: Link, before: Sequence[dict[str, Json]] | None) -> Draft:
    """The draft with who worded it; the first one also with who else was asked."""
    signed = replace(draft, model=link.name, model_approved=link.model is not None and link.model.approved)
    if before is None:
        return signed
    attempts: list[Json] = [*before, *_of(link, draft.attempts, "")]
    return replace(signed, figures={**signed.figures, "attempts": attempts})


def _of(link: Link, attempts: Sequence[dict[str, Json]], left: str) -> list[dict[str, Json]]:
    if not attempts:
        return [{"model": link.name, **({"left": left} if left else {})}]
    return [{"model": link.name, **each} for each in attempts]
