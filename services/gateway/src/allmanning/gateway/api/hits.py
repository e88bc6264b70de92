"""How passages, and a search that found some, look as JSON."""

from __future__ import annotations

from collections.abc import Sequence

from typing_extensions import TypedDict

from allmanning.contracts.passage.v1 import passage_pb
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, Facet, Passage, ScoredPassage
from allmanning.contracts.retrieve.v1 import retrieve_pb
from allmanning.contracts.retrieve.v1.retrieve_pb import SearchResponse
from allmanning.gateway.shapes import SECRECIES, Place, Source, flagged, place, review_overdue, source, view_of


class Span(TypedDict):
    """Code points of a passage's text, end exclusive."""

    start: int
    end: int


class FoundDocument(Source):
    """The document of a passage; dates are ISO dates or empty. `review_overdue`: the day of `review_on` has passed."""

    collection: str
    document_type: str
    media_type: str
    secrecy: str
    valid_from: str
    review_on: str
    review_overdue: bool


class PassageOut(TypedDict):
    """A passage; `view` is the page that shows it in its document.

    `flagged`: it reads as instructions to a language model, and no answer is made from it.
    """

    id: str
    document: FoundDocument
    text: str
    location: Place
    view: str
    flagged: bool


class Hit(PassageOut):
    """A passage that was found. `score` is 0..1 and comparable within one result only.

    `matches` are the words that the question met, `sentence` the one that answers best (null: not known).
    """

    score: float
    matches: list[Span]
    sentence: Span | None


class Count(TypedDict):
    """How many of the passages found have a value."""

    value: str
    count: int


class Expansion(TypedDict):
    """Words that were searched for besides the one that was written."""

    word: str
    words: list[str]


class Correction(TypedDict):
    """A misspelt word and what was searched for in its place."""

    written: str
    meant: str


class Understanding(TypedDict):
    """How the question was understood. `words_only`: the embedder was silent, so only words were searched."""

    language: str
    corrections: list[Correction]
    expansions: list[Expansion]
    phrases: list[str]
    excluded: list[str]
    words_only: bool


class Hits(TypedDict):
    """A page of what was found.

    `found` counts all pages, `total` what was searched in; `next` goes in `cursor` for the next page (null at the
    end). `facets` holds counts by field, when they were asked for.
    """

    passages: list[Hit]
    total: int
    found: int
    next: str | None
    facets: dict[str, list[Count]]
    understanding: Understanding
    index_version: str


def passage(known: Passage) -> PassageOut:
    return PassageOut(
        id=known.id,
        document=_document(known.document or DocumentVersion()),
        text=known.text,
        location=place(known.location),
        view=view_of(known),
        flagged=flagged(known),
    )


def hit(found: ScoredPassage) -> Hit:
    return Hit(
        **passage(found.passage or Passage()),
        score=found.score,
        matches=[_span(each) for each in found.matches],
        sentence=_span(found.sentence) if found.sentence else None,
    )


def hits(found: SearchResponse) -> Hits:
    return Hits(
        passages=[hit(each) for each in found.passages],
        total=found.total,
        found=found.found,
        next=found.next or None,
        facets=facets(found.facets),
        understanding=understanding(found.understanding),
        index_version=found.index_version,
    )


def facets(counted: Sequence[Facet]) -> dict[str, list[Count]]:
    return {each.field: [Count(value=count.value, count=count.passages) for count in each.counts] for each in counted}


def understanding(known: retrieve_pb.Understanding | None) -> Understanding:
    known = known or retrieve_pb.Understanding()
    return Understanding(
        language=known.language,
        corrections=[Correction(written=each.written, meant=each.meant) for each in known.corrections],
        expansions=[Expansion(word=each.word, words=list(each.words)) for each in known.expansions],
        phrases=list(known.phrases),
        excluded=list(known.excluded),
        words_only=known.words_only,
    )


def _document(version: DocumentVersion) -> FoundDocument:
    return FoundDocument(
        **source(version),
        collection=version.collection,
        document_type=version.document_type,
        media_type=version.media_type,
        secrecy=SECRECIES.get(version.secrecy, "secret"),
        valid_from=version.valid_from,
        review_on=version.review_on,
        review_overdue=review_overdue(version),
    )


def _span(known: passage_pb.Span) -> Span:
    return Span(start=known.start, end=known.end)
