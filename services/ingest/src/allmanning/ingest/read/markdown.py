"""Markdown, with or without front matter."""

from __future__ import annotations

from markdown import markdown  # type: ignore[import-untyped]

from allmanning.ingest.read.document import Extract, Kind, assemble
from allmanning.ingest.read.encoding import decode
from allmanning.ingest.read.front_matter import split_front_matter
from allmanning.ingest.read.html import markup_blocks
from allmanning.ingest.read.original import Original


def read_markdown(original: Original) -> Extract:
    """Read Markdown the way `unstructured` does, through HTML; the first top heading is the title.

    `partition_md` itself is not used: it takes front matter for text and loses definition lists and list numbers.
    """
    metadata, text = split_front_matter(decode(original.data))
    markup = markdown(text, extensions=["tables", "fenced_code", "sane_lists", "def_list", "footnotes"])
    blocks = list(markup_blocks(markup))
    title = next((block.text for block in blocks if block.kind is Kind.HEADING and block.level == 1), "")
    return assemble(blocks, title=metadata.get("title") or title, metadata=metadata)
