"""Word documents."""

from __future__ import annotations

import io

import docx
from unstructured.partition.docx import partition_docx

from allmanning.ingest.read.document import Block, Extract, Kind, assemble, clean
from allmanning.ingest.read.elements import blocks_of
from allmanning.ingest.read.original import Original


def read_docx(original: Original) -> Extract:
    """Read a Word document; the title is its first heading, otherwise the one in its properties.

    Pages are not given: a Word file knows them only as it was last printed.
    """
    data = original.data
    blocks = list(blocks_of(partition_docx(file=io.BytesIO(data), languages=["swe"])))
    properties = docx.Document(io.BytesIO(data)).core_properties
    return assemble(blocks, title=_first_heading(blocks) or clean(properties.title or ""))


def _first_heading(blocks: list[Block]) -> str:
    """A heading counts as title where it stands among the first blocks."""
    return next((block.text for block in blocks[:5] if block.kind is Kind.HEADING), "")
