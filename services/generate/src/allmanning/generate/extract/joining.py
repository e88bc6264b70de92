"""The words that join sentences of several documents. Each sentence stays word for word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from allmanning.contracts.passage.v1.passage_pb import ScoredPassage
from allmanning.generate.draft import DraftSentence

_ACCORDING: Final = {"sv": "Enligt ”{title}”: ", "en": "According to “{title}”: "}
_LONGEST_TITLE: Final = 90


def joined(sentences: Sequence[DraftSentence], passages: Sequence[ScoredPassage], language: str) -> list[DraftSentence]:
    """From the second document on, a sentence says where it stands; those of one document stand together."""
    documents = list(dict.fromkeys(_document(each, passages) for each in sentences))
    ordered = [each for document in documents for each in sentences if _document(each, passages) == document]
    said: list[DraftSentence] = []
    for each in ordered:
        new = bool(said) and _document(each, passages) != _document(said[-1], passages)
        said.append(_according(each, passages, language) if new else each)
    return said


def _according(sentence: DraftSentence, passages: Sequence[ScoredPassage], language: str) -> DraftSentence:
    passage = passages[sentence.quotes[-1].passage].passage
    title = passage.document.title.strip() if passage and passage.document else ""
    if not title or len(title) > _LONGEST_TITLE or sentence.block:
        return sentence
    words = _ACCORDING["sv" if language == "sv" else "en"].format(title=title)
    return replace(sentence, text=f"{words}{sentence.text}", pieces=sentence.pieces or (sentence.text,))


def _document(sentence: DraftSentence, passages: Sequence[ScoredPassage]) -> str:
    passage = passages[sentence.quotes[-1].passage].passage
    return passage.document.id if passage and passage.document else ""
