"""OpenDocument presentations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml.etree import _Element as Element  # type: ignore[import-untyped]

from allmanning.ingest.read import finding
from allmanning.ingest.read.document import Block, Extract, Kind, assemble, clean, first_heading
from allmanning.ingest.read.hidden import Hidden
from allmanning.ingest.read.opendocument.package import body_of, opened, title_in
from allmanning.ingest.read.opendocument.styles import OdfStyles, points
from allmanning.ingest.read.opendocument.text import OdfText
from allmanning.ingest.read.original import Original
from allmanning.ingest.read.xml_tree import attribute, local

# Repeated on every slide.
_FURNITURE: Final = frozenset({"footer", "header", "date-time", "page-number", "page"})


def read_odp(original: Original) -> Extract:
    """Read every slide that is shown as a page: its title as a heading, its text, tables and speaker notes."""
    with opened(original) as package:
        content = package.tree("content.xml")
        template = package.find("styles.xml")
        show = _Show(OdfStyles(template, content), template)
        slides = [each for each in body_of(content, "presentation") if local(each) == "page"]
        blocks = [block for page, slide in enumerate(slides, start=1) for block in show.slide(slide, page)]
        title = first_heading(blocks) or title_in(package)
        return assemble(blocks, title=title, findings=show.hidden.findings(), pages=len(slides))


class _Show:
    def __init__(self, styles: OdfStyles, template: Element | None) -> None:
        self.hidden = Hidden()
        self._styles = styles
        self._text = OdfText(styles, self.hidden)
        layouts = [] if template is None else list(template.iter("{*}page-layout-properties"))
        self._width = max((points(attribute(each, "page-width")) or 0.0 for each in layouts), default=0.0)
        self._height = max((points(attribute(each, "page-height")) or 0.0 for each in layouts), default=0.0)

    def slide(self, slide: Element, page: int) -> Iterator[Block]:
        style = attribute(slide, "style-name")
        if self._styles.said(style, "visibility") == "hidden":
            self.hidden.note_all(finding.HIDDEN_SHEET, _texts(slide), page)
            return
        # A slide with a background of its own may well have white text that is seen.
        dark = self._styles.is_coloured(style)
        shapes = [each for each in slide if attribute(each, "class") not in _FURNITURE]
        titles = [each for each in shapes if attribute(each, "class") == "title"]
        for shape in titles:
            text = clean(" ".join(block.text for block in self._text.flow(shape, page=page, dark=dark)))
            if text:
                yield Block(Kind.HEADING, text, level=1, page=page)
        for shape in shapes:
            if shape in titles:
                continue
            if local(shape) == "notes":
                yield from self._notes(shape, page)
            elif self._is_off(shape):
                self.hidden.note_all(finding.HIDDEN_OFF_PAGE, _texts(shape), page)
            else:
                behind = dark or self._styles.is_coloured(attribute(shape, "style-name"))
                yield from self._shown(shape, page, dark=behind)

    def _shown(self, shape: Element, page: int, *, dark: bool) -> Iterator[Block]:
        for block in self._text.flow_of([shape], page, dark=dark, depth=0):
            yield Block(block.kind, block.text, block.level if block.kind is Kind.HEADING else 0, page)

    def _notes(self, notes: Element, page: int) -> Iterator[Block]:
        for frame in notes:
            if attribute(frame, "class") == "notes":
                yield from self._shown(frame, page, dark=False)

    def _is_off(self, shape: Element) -> bool:
        """Whether all of it lies beside the slide."""
        places = [points(attribute(shape, name)) for name in ("x", "y", "width", "height")]
        left, top, width, height = places
        if left is None or top is None or not self._width or not self._height:
            return False
        return (
            left >= self._width
            or top >= self._height
            or (width is not None and left + width <= 0)
            or (height is not None and top + height <= 0)
        )


def _texts(element: Element) -> Iterator[str]:
    return (str(text) for text in element.itertext())
