"""How near what was found is to the question, when nothing of it is sure enough to be said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from allmanning.contracts.passage.v1.passage_pb import Passage, ScoredPassage

_MOST: Final = 3
# Cosine of question and closest passage by e5. Between two languages it is lower, and for a question in another than
# these it tells nothing (`python -m tests.evaluation.generate.nearby` prints it).
_RELATED: Final[Mapping[str, float]] = {"sv": 0.82, "en": 0.79}
"""Below, the question is taken to be about nothing here."""
_NEAR: Final[Mapping[str, float]] = {"sv": 0.84, "en": 0.80}
"""From here on the closest pages are worth a look."""
# BM25 of the best passage; a Swedish question that shares no rare word with the documents is hardly about them.
_LEAST_WORDS: Final = 6.0


def unrelated(passages: Sequence[ScoredPassage], language: str) -> bool:
    """Whether the question is about nothing here; False when nothing is known of the meaning."""
    closest = _closest(passages)
    return 0 < closest < _RELATED.get(language, 0.0)


def nearby(passages: Sequence[ScoredPassage], language: str) -> list[Passage]:
    """Where the answer may stand: the best passage of each of the first three documents; none when all are far away."""
    if _closest(passages) < _NEAR.get(language, 0.0):
        return []
    if language == "sv" and max((each.sparse for each in passages), default=0.0) < _LEAST_WORDS:
        return []
    best: dict[str, Passage] = {}
    for each in passages:
        if each.passage is not None and each.passage.document is not None:
            best.setdefault(each.passage.document.id, each.passage)
    return list(best.values())[:_MOST]


def _closest(passages: Sequence[ScoredPassage]) -> float:
    return max((each.dense for each in passages), default=0.0)
