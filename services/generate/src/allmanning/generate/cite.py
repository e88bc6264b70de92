"""Find what carries a model's sentence, and drop what nothing carries."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypedDict

from haystack import component
from haystack.dataclasses import ChatMessage

from allmanning.generate.citations import Citations
from allmanning.generate.draft import Draft, DraftSentence, Quote, Task
from allmanning.generate.model.reader import SentenceReader
from allmanning.generate.support.containment import share, words
from allmanning.generate.support.languages import alike, written_in
from allmanning.generate.support.verdict import LEAST_SUPPORT, VERBATIM, Verdict
from allmanning.index.sentences import sentences

# Of the sentences and pairs of a passage.
_CHECKED = 6
# With less in common there is nothing that the sentence could rest on.
_LEAST_SHARE = 0.3
# In which a sentence in another language may rest on anything, when the model names none.
_MOST_PASSAGES = 3
_UNCITED = Verdict(0.0, failed=("citation",))
_NUMBERS = re.compile(r"\s*\[(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\]")
_BULLET = re.compile(r"^(?:[-*•–]|\d{1,2}[.)])\s+")


class Cited(TypedDict):
    draft: Draft


@component
class CiteSentences:
    """Attaches to each sentence the words of a passage that carry it best.

    The passages that the model names are tried first, then the others: a sentence without a number, or with the wrong
    one, may still be right. A number that no passage has is ignored. Whether the words carry the sentence is the
    verifier's to say; what has next to nothing in common with any passage is dropped, unless it is in another language.
    """

    def __init__(self, least_support: float = LEAST_SUPPORT) -> None:
        """Sentences with less support than this (0..1) by the passages that they name are looked for in the others."""
        self.least_support = least_support

    @component.output_types(draft=Draft)
    def run(self, task: Task, replies: list[ChatMessage], *, streamed: bool = False) -> Cited:
        """The whole reply at once; nothing when its sentences were taken from the stream."""
        if streamed:
            return {"draft": Draft()}
        reader = SentenceReader()
        text = replies[0].text or "" if replies else ""
        return {"draft": self.cite(task, [*reader.feed(text), *reader.finish(cut_off=False)])}

    def cite(self, task: Task, said: Iterable[str], *, across_languages: bool = False) -> Draft:
        """These sentences with what they cite.

        With `across_languages` a sentence that no words carry cites the whole passages that it names in another
        language than the answer's, or else the first such: the verifier has to find out which of their words it means.
        """
        kept, dropped = [], []
        for sentence in said:
            text = " ".join(_BULLET.sub("", _NUMBERS.sub("", sentence)).split())
            if not any(letter.isalnum() for letter in text):
                continue
            named = [int(number) - 1 for group in _NUMBERS.findall(sentence) for number in re.findall(r"\d+", group)]
            quotes = self._quotes(task, text, named, across_languages=across_languages)
            if quotes:
                kept.append(DraftSentence(text, quotes, block=bool(_BULLET.match(sentence))))
            else:
                dropped.append(text)
        return Draft(kept, dropped, reasons=[_UNCITED.told() for _ in dropped])

    def _quotes(self, task: Task, text: str, named: Sequence[int], *, across_languages: bool) -> tuple[Quote, ...]:
        known = [place for place in dict.fromkeys(named) if 0 <= place < len(task.passages)]
        best = [found for place in known if (found := _best(task, [place], text))]
        if best and max(each.support for each in best) >= self.least_support:
            return (max(best, key=_Match.rank).quote,)
        if len(best) > 1 and _support(task, text, *(each.quote for each in best)) >= self.least_support:
            return tuple(each.quote for each in best)
        anywhere = _best(task, range(len(task.passages)), text)
        if anywhere is not None and anywhere.support >= self.least_support:
            return (anywhere.quote,)
        if across_languages and (whole := _abroad(task, known)):
            return whole
        near = max((each for each in (*best, anywhere) if each), key=_Match.rank, default=None)
        return (near.quote,) if near is not None and near.share >= _LEAST_SHARE else ()


def _abroad(task: Task, named: Sequence[int]) -> tuple[Quote, ...]:
    """The passages, whole, that are in another language than the answer."""
    found = [
        Quote(place, 0, len(passage.text))
        for place in named or range(len(task.passages))
        if (passage := task.passages[place].passage) is not None and not alike(written_in(passage), task.language)
    ]
    return tuple(found[:_MOST_PASSAGES])


@dataclass(frozen=True, slots=True)
class _Match:
    """How well a piece of a passage carries a sentence."""

    support: float
    share: float
    """Of the sentence's words, how many the piece has."""
    quote: Quote

    def rank(self) -> tuple[float, float, int]:
        """Of those that carry nothing the likest one is the source that was meant; the shorter one when equal."""
        return self.support if self.support >= LEAST_SUPPORT else 0.0, self.share, self.quote.start - self.quote.end


def _best(task: Task, places: Iterable[int], text: str) -> _Match | None:
    """The sentence of these passages, or two in a row, that carries `text` best.

    Only the likeliest by their words are checked in full.
    """
    said = words(text)
    shares = [
        (share(said, found), start - end, place, (start, end))
        for place in places
        if (passage := task.passages[place].passage) is not None
        for (start, end), found in _pieces(passage.text)
    ]
    best: _Match | None = None
    for shared, _, place, (start, end) in sorted(shares, reverse=True)[:_CHECKED]:
        quote = Quote(place, start, end)
        match = _Match(_support(task, text, quote), shared, quote)
        best = max(best or match, match, key=_Match.rank)
        if best.support >= VERBATIM:
            # The same text: no other carries it better.
            break
    return best


@lru_cache(maxsize=500)
def _pieces(text: str) -> tuple[tuple[tuple[int, int], frozenset[str]], ...]:
    """Every sentence, and every two in a row, each with its words."""
    single = [(span, words(text[slice(*span)])) for span in sentences(text)]
    double = [((one[0], other[1]), mine | theirs) for (one, mine), (other, theirs) in itertools.pairwise(single)]
    return (*single, *double)


def _support(task: Task, text: str, *quotes: Quote) -> float:
    return Citations(task.passages).support_of(DraftSentence(text, quotes))
