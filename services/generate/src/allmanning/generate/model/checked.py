"""What is done with a model's sentences before they are drafted: looked through, cited, verified, asked for again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from allmanning.generate.citations import Citations
from allmanning.generate.cite import CiteSentences
from allmanning.generate.draft import Draft, DraftSentence, Task
from allmanning.generate.guard.guard import Guard, Guarded
from allmanning.generate.guard.leaks import Leaks
from allmanning.generate.guard.links import Links
from allmanning.generate.model.again import Again
from allmanning.generate.support.verbatim import squeezed
from allmanning.generate.support.verdict import LEAST_SUPPORT, Verdict
from allmanning.generate.support.verifier import Verifier
from allmanning.runtime.record import Json

UNSUPPORTED: Final = "unsupported"
_MOST_IN_A_ROW: Final = 10
"""Sentences without support after which a model is not listened to any longer."""


class Checked:
    """The sentences of one answer. `stopped` tells why reading the model further is of no use."""

    def __init__(
        self, task: Task, cite: CiteSentences, verifier: Verifier, again: Again, leaks: Leaks, *, most_again: int
    ) -> None:
        self._task = task
        self._cite = cite
        self._verifier = verifier
        self._again = again
        self._most_again = most_again
        self._guard = Guard(Links(task.passages, task.own_domains), leaks)
        self._in_a_row = 0
        self._said: set[str] = set()
        self.asked_again: list[Json] = []
        """Each sentence that was asked for again: what it was and what it became, for the sealed part of the record."""
        self.stopped = ""
        self.prompt_tokens = 0
        self.completion_tokens = 0
        """Of the sentences that were asked for again."""
        self.begun = False

    @property
    def figures(self) -> dict[str, Json]:
        """For the record: which model judged, and how often another was asked again."""
        found: dict[str, Json] = {}
        if self._verifier.entailment_model:
            found["entailment"] = self._verifier.entailment_model
        if self.asked_again:
            found["asked_again"] = len(self.asked_again)
        return found

    async def draft(self, said: Sequence[str]) -> Draft:
        """The sentences that may be said, in their order, and the others with the reasons."""
        self.begun = self.begun or bool(said)
        guarded = self._guard.looked_through(said)
        cited = self._cited(guarded)
        refused = [each for each in guarded if each.refused]
        draft = await self._verified(cited)
        self._count(draft)
        return replace(
            draft,
            dropped=[*(each.text for each in refused), *draft.dropped],
            reasons=[*(Verdict(0.0, failed=(f"guard.{each.refused}",)).told() for each in refused), *draft.reasons],
            figures=self.figures,
        )

    def _cited(self, guarded: Sequence[Guarded]) -> Draft:
        said = [each.text for each in guarded if not each.refused]
        return self._cite.cite(self._task, said, across_languages=self._verifier.across_languages)

    async def _verified(self, cited: Draft) -> Draft:
        kept: list[DraftSentence] = []
        dropped, reasons = list(cited.dropped), list(cited.reasons)
        for each in await self._verifier.verified(self._task, cited.sentences):
            if _carried(each):
                kept += self._new(each)
                continue
            dropped.append(each.text)
            reasons.append((each.verdict or Verdict(0.0)).told())
            kept += [new for better in await self._worded_again(each) for new in self._new(better)]
        return Draft(kept, dropped, reasons=reasons)

    def _new(self, sentence: DraftSentence) -> list[DraftSentence]:
        """The sentence, unless it was said before."""
        key = squeezed(sentence.text).lower()
        if key in self._said:
            return []
        self._said.add(key)
        return [sentence]

    async def _worded_again(self, sentence: DraftSentence) -> list[DraftSentence]:
        if len(self.asked_again) >= self._most_again:
            return []
        source = Citations(self._task.passages).quoted(sentence)
        worded = await self._again.worded(sentence.text, source, self._task.language)
        self.asked_again.append({"sentence": sentence.text, "source": source, "wrote": worded.text})
        self.prompt_tokens += worded.prompt_tokens
        self.completion_tokens += worded.completion_tokens
        guarded = self._guard.looked_through([worded.text] if worded.text else [])
        cited = self._cited(guarded)
        verified = await self._verifier.verified(self._task, cited.sentences)
        return [replace(each, block=sentence.block) for each in verified if _carried(each)]

    def _count(self, draft: Draft) -> None:
        if draft.sentences:
            self._in_a_row = 0
        else:
            self._in_a_row += len(draft.dropped)
        if self._in_a_row >= _MOST_IN_A_ROW:
            self.stopped = UNSUPPORTED


def _carried(sentence: DraftSentence) -> bool:
    return sentence.verdict is not None and sentence.verdict.support >= LEAST_SUPPORT
