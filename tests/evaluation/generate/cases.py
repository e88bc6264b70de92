"""Collected questions as cases: what may be said to each, which of it answers, and what was measured of it."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allmanning.contracts.passage.v1.passage_pb import ScoredPassage
from allmanning.generate.draft import DraftSentence
from allmanning.generate.extract.asked import Asked
from allmanning.generate.extract.candidates import Candidate, candidates
from allmanning.generate.extract.measures import Measured, measured
from allmanning.generate.extract.selection import worded
from allmanning.generate.support.verbatim import squeezed
from allmanning.index.language import detect
from tests.evaluation.generate.collected import Collected

SHOWN = 10
FOLDS = 5


@dataclass(frozen=True)
class Case:
    """`kind` is "answerable", "removed" (its page or document taken away), "off" or "unanswerable", and of which set.

    `answers` says of each candidate whether it shows the answer. Cases of one page are of one fold.
    """

    kind: str
    question: Asked
    passages: Sequence[ScoredPassage]
    found: Sequence[Candidate]
    answers: NDArray[np.bool_]
    measured: Measured
    fold: int
    reachable: bool
    """A passage that answers is among those found."""
    right: frozenset[int] = frozenset()
    """0-based places of the passages that answer."""
    wanted: tuple[str, ...] = ()
    """What an answer says, squeezed."""

    def shows(self, sentence: DraftSentence) -> bool:
        """The sentence, or what it quotes, says all that is wanted, from a passage that answers."""
        return shows(sentence, self.passages, self.right, self.wanted)


def cases(collected: Sequence[Collected]) -> list[Case]:
    """Of each question the case that it is answerable, and, of a judged set, that it is not."""
    made = []
    for each in collected:
        if each.asked_of != each.from_set:
            made.append(_case(f"off {each.from_set}", each, [*each.found][:SHOWN], {}))
        elif not each.gold:
            made.append(_case(f"unanswerable {each.asked_of}", each, each.found[:SHOWN], {}))
        else:
            made.append(_case(f"answerable {each.asked_of}", each, each.found[:SHOWN], each.gold))
            if each.asked_of != "demo":
                others = [(one, entry) for one, entry in each.found if entry not in each.gold][:SHOWN]
                made.append(_case(f"removed {each.asked_of}", each, others, {}))
    return [case for case in made if case is not None]


def _case(kind: str, each: Collected, found: Sequence[tuple[ScoredPassage, str]], gold: object) -> Case | None:
    passages = [passage for passage, _ in found]
    possible = candidates(passages)
    if not possible:
        return None
    question = Asked.of(each.text)
    if detect(each.text) != "sv":
        question = question.among(possible)
    right = frozenset(place for place, (_, entry) in enumerate(found) if gold and entry in each.gold)
    # Of a table row, the cells that answer.
    wanted = tuple(squeezed(words).lower() for words in (*each.facts, *each.span.split(" | ")) if words)
    answers = [shows(worded(one, passages), passages, right, wanted) for one in possible]
    page = min(each.gold, default=each.text, key=lambda entry: (-each.gold[entry], entry))
    return Case(
        kind,
        question,
        passages,
        possible,
        np.array(answers, dtype=bool),
        measured(question, possible, passages),
        zlib.crc32(page.encode()) % FOLDS,
        bool(right),
        right,
        wanted,
    )


def shows(
    sentence: DraftSentence, passages: Sequence[ScoredPassage], right: frozenset[int], wanted: Sequence[str]
) -> bool:
    """See `Case.shows`."""
    if not wanted or not any(quote.passage in right for quote in sentence.quotes):
        return False
    quoted = " ".join(
        passage.text[quote.start : quote.end]
        for quote in sentence.quotes
        if (passage := passages[quote.passage].passage) is not None
    )
    said = (squeezed(sentence.text).lower(), squeezed(quoted).lower())
    return all(any(words in text for text in said) for words in wanted)
