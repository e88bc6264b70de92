"""Find what carries a model's sentence, and drop what nothing carries."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from typing import TypedDict

from haystack import component
from haystack.dataclasses import ChatMessage

from allmanning.generate.draft import Draft, DraftSentence, Quote, Task
from allmanning.generate.model.reader import SentenceReader
from allmanning.generate.support.containment import containment
from allmanning.generate.support.verdict import LEAST_SUPPORT, context_of, verdict
from allmanning.index.sentences import sentences

# Of the sentences and pairs of a passage.
_CHECKED = 6
_NUMBERS = re.compile(r"\s*\[(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\]")
_BULLET = re.compile(r"^(?:[-*•–]|\d{1,2}[.)])\s+")


class Cited(TypedDict):
    draft: Draft


@component
class CiteSentences:
    """Attaches to each sentence the words of a passage that carry it best.

    The passages that the model names are tried first, then the others: a sentence without a number, or with the wrong
    one, may still be right. A number that no passage has is ignored.
    """

    def __init__(self, least_support: float = LEAST_SUPPORT) -> None:
        """Sentences with less support than this (0..1) are dropped."""
        self.least_support = least_support

    @component.output_types(draft=Draft)
    def run(self, task: Task, replies: list[ChatMessage]) -> Cited:
        """The whole reply at once."""
        reader = SentenceReader()
        text = replies[0].text or "" if replies else ""
        return {"draft": self.cite(task, [*reader.feed(text), *reader.finish(cut_off=False)])}

    def cite(self, task: Task, said: Iterable[str]) -> Draft:
        """The supported ones of these sentences."""
        kept, dropped = [], []
        for sentence in said:
            text = " ".join(_BULLET.sub("", _NUMBERS.sub("", sentence)).split())
            if not any(letter.isalnum() for letter in text):
                continue
            named = [int(number) - 1 for group in _NUMBERS.findall(sentence) for number in re.findall(r"\d+", group)]
            quotes = self._carried(task, text, named)
            if quotes:
                kept.append(DraftSentence(text, quotes, block=bool(_BULLET.match(sentence))))
            else:
                dropped.append(text)
        return Draft(kept, dropped)

    def _carried(self, task: Task, text: str, named: Sequence[int]) -> tuple[Quote, ...]:
        known = [place for place in dict.fromkeys(named) if 0 <= place < len(task.passages)]
        best = [found for place in known if (found := _best(task, place, text))]
        if best and max(carried for carried, _ in best) >= self.least_support:
            return (max(best, key=lambda each: each[0])[1],)
        if len(best) > 1 and _together(task, text, [quote for _, quote in best]) >= self.least_support:
            return tuple(quote for _, quote in best)
        others = [found for place in range(len(task.passages)) if (found := _best(task, place, text))]
        carried, quote = max(others, key=lambda each: each[0], default=(0.0, Quote(0, 0, 0)))
        return (quote,) if carried >= self.least_support else ()


def _best(task: Task, place: int, text: str) -> tuple[float, Quote] | None:
    """The sentence of a passage, or two in a row, that carries `text` best; the shorter one when equal.

    Only the likeliest by their words are checked in full.
    """
    passage = task.passages[place].passage
    if passage is None:
        return None
    spans = sentences(passage.text)
    wider = [(start, end) for (start, _), (_, end) in itertools.pairwise(spans)]
    shares = [
        (containment(text, passage.text[start:end]), start - end, (start, end)) for start, end in [*spans, *wider]
    ]
    found = [
        (verdict(text, passage.text[start:end], context_of(passage)).support, -(end - start), Quote(place, start, end))
        for _, _, (start, end) in sorted(shares, reverse=True)[:_CHECKED]
    ]
    best = max(found, key=lambda each: each[:2], default=None)
    return (best[0], best[2]) if best else None


def _together(task: Task, text: str, quotes: Sequence[Quote]) -> float:
    passages = [task.passages[quote.passage].passage for quote in quotes]
    quoted = "\n".join(
        passage.text[quote.start : quote.end] for passage, quote in zip(passages, quotes, strict=True) if passage
    )
    return verdict(text, quoted, " ".join(context_of(passage) for passage in passages if passage)).support
