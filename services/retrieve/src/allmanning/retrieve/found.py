"""A ranked passage as a Haystack document, so that any ranker of Haystack's can stand in the pipeline."""

from __future__ import annotations

from collections.abc import Iterable

from haystack import Document

from allmanning.contracts.passage.v1.passage_pb import ScoredPassage
from allmanning.index.store.entry import KEY_BYTES
from allmanning.index.text import indexed_text, twin_key

_PASSAGE = "scored_passage"


class FoundDocument(Document):
    """Handed from stage to stage as it is: nobody changes it, and Haystack would copy it field by field."""

    def __deepcopy__(self, _: dict[int, object]) -> FoundDocument:
        return self


def document_of(found: ScoredPassage) -> Document:
    """`content` is what was indexed: title, headings and text. The whole passage travels along as bytes."""
    passage = found.passage
    if passage is None:
        raise ValueError("a scored passage without its passage")
    return FoundDocument(
        id=passage.id,
        content=indexed_text(passage),
        meta={"title": passage.document.title if passage.document else "", _PASSAGE: found.to_binary()},
        score=found.score,
    )


def passage_of(document: Document) -> ScoredPassage:
    """The passage, with the score the last stage gave it."""
    found = ScoredPassage.from_binary(document.meta[_PASSAGE])
    if document.score is not None:
        found.score = document.score
    return found


def with_shown(shown: bytes, passages: Iterable[ScoredPassage]) -> bytes:
    """`index.v1.SearchResponse.shown` with these passages beside what it had."""
    keys = {shown[at : at + KEY_BYTES] for at in range(0, len(shown), KEY_BYTES)}
    keys |= {bytes.fromhex(twin_key(each.passage))[:KEY_BYTES] for each in passages if each.passage}
    return b"".join(sorted(keys))
