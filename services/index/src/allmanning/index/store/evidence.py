"""Why a passage was found: the words that the question met, and the sentence that answers best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from allmanning.contracts.passage.v1.passage_pb import Span
from allmanning.index.analyse import words
from allmanning.index.sentences import sentences

# Some passages are found again and again. So many, of 370 characters each, take 3.5 MB.
_REMEMBERED = 1_000


def matches(text: str, terms: Sequence[str]) -> list[Span]:
    """The words of `text` that share a search term with `terms`, in order."""
    spans, by_term = _words(text)
    met = sorted({place for term in terms for place in by_term.get(term, ())})
    return [Span(start=spans[place][0], end=spans[place][1]) for place in met]


def sentence(text: str, number: int, met: Sequence[Span]) -> Span | None:
    """The sentence with this number; without one, that in which most of `met` stands. None when neither tells."""
    spans = _sentences(text)
    if 0 <= number < len(spans):
        start, end = spans[number]
        return Span(start=start, end=end)
    best = max(spans, key=lambda span: _within(span, met), default=(0, 0))
    return Span(start=best[0], end=best[1]) if _within(best, met) else None


def _within(span: tuple[int, int], met: Sequence[Span]) -> int:
    return sum(span[0] <= each.start and each.end <= span[1] for each in met)


@lru_cache(maxsize=_REMEMBERED)
def _words(text: str) -> tuple[Sequence[tuple[int, int]], Mapping[str, Sequence[int]]]:
    """The words, and the places among them of those that have a term."""
    spans: list[tuple[int, int]] = []
    by_term: dict[str, list[int]] = {}
    for place, word in enumerate(words(text)):
        spans.append((word.start, word.end))
        for term in word.terms:
            by_term.setdefault(term, []).append(place)
    return spans, by_term


@lru_cache(maxsize=_REMEMBERED)
def _sentences(text: str) -> tuple[tuple[int, int], ...]:
    return tuple(sentences(text))
