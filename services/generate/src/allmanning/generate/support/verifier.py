"""Verify sentences with everything that is at hand: words, vectors, and an entailment model."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from allmanning.generate.citations import Citations
from allmanning.generate.draft import DraftSentence, Task
from allmanning.generate.support import translated
from allmanning.generate.support.entailment import Entailment, Likelihood
from allmanning.generate.support.semantics import LEAST_COSINE, Semantics
from allmanning.generate.support.settled import AWAY, ENTAILMENT, SEMANTICS, settled
from allmanning.generate.support.verdict import DOUBTFUL, VERBATIM, Verdict, verdict
from allmanning.generate.untrusted import dictated

# With fewer of its words in the quote a sentence is about something else, and no model is asked.
_LEAST_WORDS: Final = 0.3


class Verifier:
    """Gives each sentence its verdict.

    Verbatim sentences are verified by identity. The others need the words' checks; then the entailment model decides,
    or, without one, closeness in meaning has to be added for a sentence to leave by itself. Of a sentence in another
    language than its passages no words can be compared: see `translated`.
    """

    def __init__(self, semantics: Semantics | None = None, entailment: Entailment | None = None) -> None:
        self._semantics = semantics
        self._entailment = entailment

    @property
    def entailment_model(self) -> str:
        """Name of the entailment model; empty without one, or before it has answered."""
        return self._entailment.model if self._entailment else ""

    @property
    def across_languages(self) -> bool:
        """Sentences in another language than what they cite can be verified."""
        return self._entailment is not None

    @staticmethod
    def load() -> None:
        """Read the word lists and the signs of instructions (0.3 s), so that no asker waits for them."""
        verdict("Altanen ska målas före besked.", "Altanen ska mätas före besked.")
        dictated("Altanen ska målas.", "Altanen ska målas före besked.")

    async def close(self) -> None:
        if self._entailment is not None:
            await self._entailment.close()

    async def verified(self, task: Task, sentences: Sequence[DraftSentence]) -> list[DraftSentence]:
        """The sentences, each with its verdict; those below `LEAST_SUPPORT` are not to be said."""
        entailment = self._entailment
        if entailment is None:
            return await self._by_words(task, sentences)
        abroad = [each for each in sentences if translated.abroad(task, each)]
        here = [each for each in sentences if each not in abroad]
        by_words, others = await asyncio.gather(
            self._by_words(task, here),
            asyncio.gather(*(translated.verified(task, each, self._semantics, entailment) for each in abroad)),
        )
        found = iter(by_words), iter(others)
        return [next(found[each in abroad]) for each in sentences]

    async def _by_words(self, task: Task, sentences: Sequence[DraftSentence]) -> list[DraftSentence]:
        citations = Citations(task.passages)
        judged = [replace(each, verdict=citations.verdict_of(each)) for each in sentences]
        unsure = [place for place, each in enumerate(judged) if each.verdict and _asks_models(each.verdict)]
        pairs = [(citations.quoted(judged[place]), judged[place].text) for place in unsure]
        cosines, likelihoods = await asyncio.gather(self._cosines(pairs), self._likelihoods(pairs))
        for number, place in enumerate(unsure):
            by_words = judged[place].verdict or Verdict(0.0)
            cosine = cosines[number] if cosines else None
            found = _with_cosine(by_words, cosine)
            if likelihoods:
                found = settled(by_words, likelihoods[number], cosine)
            elif self._entailment is not None:
                found = replace(found, doubts=(*found.doubts, ENTAILMENT + AWAY))
            judged[place] = replace(judged[place], verdict=found)
        return judged

    async def _cosines(self, pairs: Sequence[tuple[str, str]]) -> Sequence[float] | None:
        return await self._semantics.cosines(pairs) if self._semantics and pairs else None

    async def _likelihoods(self, pairs: Sequence[tuple[str, str]]) -> Sequence[Likelihood] | None:
        return await self._entailment.likelihoods(pairs) if self._entailment and pairs else None


def _asks_models(verdict: Verdict) -> bool:
    return verdict.support < VERBATIM and not verdict.failed and verdict.containment >= _LEAST_WORDS


def _with_cosine(verdict: Verdict, cosine: float | None) -> Verdict:
    """Without an entailment model: what is not known to be close in meaning does not leave by itself."""
    if cosine is None:
        doubt = SEMANTICS + AWAY
    elif cosine < LEAST_COSINE:
        doubt = SEMANTICS
    else:
        return replace(verdict, semantics=cosine)
    return replace(verdict, semantics=cosine, doubts=(*verdict.doubts, doubt), support=min(verdict.support, DOUBTFUL))
