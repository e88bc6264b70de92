"""Markdown, with or without front matter."""

from __future__ import annotations

from markdown import markdown  # type: ignore[import-untyped]

from allmanning.ingest.read.document import Extract, Kind, assemble
from allmanning.ingest.read.original import Original
from allmanning.ingest.read.plain.encoding import decode
from allmanning.ingest.read.plain.front_matter import split_front_matter
from allmanning.ingest.read.web.html import read_markup


def read_markdown(original: Original) -> Extract:
    """Read Markdown through HTML; the first top heading is the title. Its HTML comments are reported as hidden."""
    metadata, text = split_front_matter(decode(original.data))
    markup = markdown(text, extensions=["tables", "fenced_code", "sane_lists", "def_list", "footnotes"])
    blocks, findings = read_markup(f"<html><body>{markup}</body></html>")
    title = next((block.text for block in blocks if block.kind is Kind.HEADING and block.level == 1), "")
    return assemble(blocks, title=metadata.get("title") or title, metadata=metadata, findings=findings)
