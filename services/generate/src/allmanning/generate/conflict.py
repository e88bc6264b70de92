"""Two sources that say different things: the same sentence but for one amount, time, date, opposite or denial."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from allmanning.contracts.passage.v1.passage_pb import Passage, ScoredPassage
from allmanning.generate.claim import claim, contradict
from allmanning.generate.draft import Draft, DraftSentence, Quote, Task
from allmanning.generate.extract.terms import terms
from allmanning.index.sentences import sentences
from allmanning.runtime.record import Json

# A passage that was found with a much lower score is about something else.
_EQUAL_RANK: Final = 0.7


def in_conflict(draft: Draft, task: Task) -> Draft | None:
    """The draft with two sources that contradict each other in place of its sentences; None when none do."""
    for sentence in draft.sentences:
        if both := conflict(sentence, task.passages, task.asking.full):
            places: list[Json] = [each.quotes[0].passage + 1 for each in both]
            return replace(draft, sentences=both, figures={**draft.figures, "conflict": places})
    return None


def conflict(
    sentence: DraftSentence, passages: Sequence[ScoredPassage], question: str
) -> tuple[DraftSentence, DraftSentence] | None:
    """What the sentence cites and what another document of equal rank says instead, both word for word; or None."""
    for quote in sentence.quotes:
        cited = passages[quote.passage] if 0 <= quote.passage < len(passages) else None
        if cited is None or cited.passage is None:
            continue
        for start, end in _spans(cited.passage.text):
            if not (start < quote.end and quote.start < end):
                continue
            if other := _other(cited, cited.passage.text[start:end], passages, question):
                return _said(passages, Quote(quote.passage, start, end)), _said(passages, other)
    return None


def _other(ours: ScoredPassage, text: str, passages: Sequence[ScoredPassage], question: str) -> Quote | None:
    """Where another passage says the same as `text` but for one thing."""
    ours_said = claim(text)
    if ours_said is None:
        return None
    for number, found in enumerate(passages):
        if found.passage is None or not _comparable(ours, found, question):
            continue
        for first, last in _spans(found.passage.text):
            said = claim(found.passage.text[first:last])
            if said is not None and contradict(ours_said, said):
                return Quote(number, first, last)
    return None


@lru_cache(maxsize=500)
def _spans(text: str) -> Sequence[tuple[int, int]]:
    """Where a passage's sentences stand: asked for with every sentence of an answer."""
    return sentences(text)


def _comparable(ours: ScoredPassage, found: ScoredPassage, question: str) -> bool:
    """From another document, of equal rank, and as much about the question."""
    one, other = ours.passage, found.passage
    if one is None or other is None or one.document is None or other.document is None:
        return False
    asked = terms(question)
    return (
        one.document.id != other.document.id
        and found.score >= _EQUAL_RANK * ours.score
        and one.document.secrecy == other.document.secrecy
        and asked & terms(_around(one)) == asked & terms(_around(other))
    )


def _around(passage: Passage) -> str:
    title = passage.document.title if passage.document else ""
    return " ".join((title, *(passage.location.headings if passage.location else ()), passage.text))


def _said(passages: Sequence[ScoredPassage], quote: Quote) -> DraftSentence:
    passage = passages[quote.passage].passage
    text = passage.text[quote.start : quote.end] if passage is not None else ""
    return DraftSentence(" ".join(text.split()), (quote,), block=True)
