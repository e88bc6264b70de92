"""What each sentence of a held draft rests on, for the one who reads it before it leaves, and for the record."""

from __future__ import annotations

from collections.abc import Iterable

from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, Location, Passage
from allmanning.generate.citations import Citations
from allmanning.generate.draft import DraftSentence
from allmanning.runtime.record import Json


def grounds(citations: Citations, draft: Iterable[DraftSentence]) -> list[Json]:
    """By sentence: its text, its support (0..1), the checks that could not tell, and the places that it quotes."""
    told: list[Json] = []
    for each in draft:
        verdict = citations.verdict_of(each)
        quotes: list[Json] = [_place(passage, start, end) for passage, start, end in citations.places(each)]
        told.append(
            {
                "text": each.text,
                "support": round(verdict.support, 4),
                "doubts": list(verdict.doubts),
                "quotes": quotes,
            }
        )
    return told


def _place(passage: Passage, start: int, end: int) -> Json:
    """Where the quote stands in the document (code points), as it reads now: sources change, and a record must not."""
    document, location = passage.document or DocumentVersion(), passage.location or Location()
    # Ingest may repeat a lead-in before the passage's own text, which ends where its place does.
    own = len(passage.text) - (location.end - location.start)
    known = own >= 0 and location.end > location.start
    return {
        "passage": passage.id,
        "document": document.id,
        "version": document.version,
        "authority": document.authority,
        "title": document.title or document.uri,
        "headings": list(location.headings),
        "page": location.page,
        "start": location.start + max(start - own, 0) if known else location.start,
        "end": location.start + max(end - own, 0) if known else location.end,
        "quote": passage.text[start:end],
    }
