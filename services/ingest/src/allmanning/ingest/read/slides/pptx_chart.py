"""Charts and diagrams on slides: their words and figures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml.etree import _Element as Element  # type: ignore[import-untyped]

from allmanning.ingest.read.document import Block, Kind, clean, table_block
from allmanning.ingest.read.xml_tree import local

A: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


def chart_blocks(chart: Element | None, page: int) -> Iterator[Block]:
    """A chart's title, and its figures as a table: a series a column."""
    if chart is None:
        return
    title = next(chart.iter("{*}title"), None)
    if title is not None and (text := clean(" ".join(texts_in(title)))):
        yield Block(Kind.PARAGRAPH, text, page=page)
    names: list[str] = [""]
    categories: list[str] = []
    columns: list[list[str]] = []
    for series in chart.iter("{*}ser"):
        names.append(" ".join(_points(series, "tx")))
        categories = categories or _points(series, "cat")
        columns.append(_points(series, "val"))
    rows = [
        [category, *(column[at] if at < len(column) else "" for column in columns)]
        for at, category in enumerate(categories)
    ]
    block = table_block([names, *rows], page) if rows else None
    if block:
        yield block


def diagram_blocks(data: Element | None, page: int) -> Iterator[Block]:
    """The texts of a SmartArt diagram."""
    for text in [] if data is None else (clean(" ".join(texts_in(each))) for each in data.iter(A + "p")):
        if text:
            yield Block(Kind.LIST_ITEM, f"- {text}", page=page)


def texts_in(element: Element) -> Iterator[str]:
    """Every text in it, of whatever kind."""
    return (str(each.text or "") for each in element.iter() if local(each) in ("t", "text"))


def relation_id(element: Element) -> str:
    """Its r:id; `id` without a namespace is another number."""
    return next((str(value) for key, value in element.attrib.items() if key.endswith("relationships}id")), "")


def _points(series: Element, part: str) -> list[str]:
    holder = next((child for child in series if local(child) == part), None)
    if holder is None:
        return []
    return [clean(str(each.text or "")) for each in holder.iter("{*}v")]
