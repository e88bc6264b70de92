"""The pipeline's third stage: an extract becomes passages of a document version."""

from __future__ import annotations

import uuid
from typing import Final, TypedDict

from haystack import component

from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, Location, Passage
from allmanning.index.injection.score import injection_score
from allmanning.ingest.passages import Size, pieces
from allmanning.ingest.read.document import Extract
from allmanning.ingest.regions import regions

_NAMESPACE: Final = uuid.UUID("b1a7c5d0-3c8e-5a43-9d0b-0b6f0c6f2a11")


class Split(TypedDict):
    passages: list[Passage]


@component
class PassageSplitter:
    """Cuts by heading and between sentences; lists keep their lead-in, tables their header, statutes their §.

    A passage's `text` is the extracted text from `location.start` to `location.end`, after a line or two that are
    repeated where a list or a table goes on.
    """

    def __init__(self, enough_characters: int = 600, most_characters: int = 1300) -> None:
        """A passage ends before a paragraph it can't hold once it has `enough_characters`; none exceeds the most."""
        self.enough_characters = enough_characters
        self.most_characters = most_characters

    @component.output_types(passages=list[Passage])
    def run(self, document: DocumentVersion, extract: Extract) -> Split:
        """Split one version of a document."""
        size = Size(self.enough_characters, self.most_characters)
        return {
            "passages": [
                Passage(
                    id=str(uuid.uuid5(_NAMESPACE, f"{document.id}/{document.version}/{position}")),
                    document=document,
                    text="\n".join(part for part in (piece.before, extract.text[piece.start : piece.end]) if part),
                    location=Location(
                        page=piece.page,
                        headings=list(piece.headings),
                        start=piece.start,
                        end=piece.end,
                        regions=regions(extract.boxes, piece.start, piece.end),
                    ),
                    position=position,
                    injection_score=injection_score(extract.text[piece.start : piece.end]),
                )
                for position, piece in enumerate(pieces(extract, size))
            ]
        }
