"""A page as it looks in the original, with the cited words in yellow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pypdfium2  # type: ignore[import-untyped]
from PIL import Image, ImageChops, ImageDraw

from allmanning.ingest.read.document import Box, Extract, Member, assemble
from allmanning.ingest.read.original import Drawing, Original

# The sun of the faces: what a marker pen does to paper.
_MARKER: Final = (242, 193, 78)
_MARGIN_POINTS: Final = 1.5
# About 120 dots an inch of an A4 page.
_WIDTH_PX: Final = 1_000
_LONGEST_SIDE_PX: Final = 4_000
_QUALITY: Final = 80


def draw_page(original: Original) -> Extract:
    """The page that is wanted, as WebP, is the extract's only member; there is none when there is no such page."""
    wanted = original.drawing or Drawing(1)
    document = pypdfium2.PdfDocument(original.path)
    try:
        if not 1 <= wanted.page <= len(document):
            return assemble(())
        page = document[wanted.page - 1]
        width, height = page.get_size()
        scale = min(_WIDTH_PX / width, _LONGEST_SIDE_PX / height)
        picture = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
    finally:
        document.close()
    out = original.workspace / "page.webp"
    marked(picture, scale, wanted.marks).save(out, "WEBP", quality=_QUALITY)
    return assemble((), members=[Member(out.name, out, out.stat().st_size)])


def marked(picture: Image.Image, scale: float, marks: Sequence[Box]) -> Image.Image:
    """The picture with each box coloured; black stays black and white turns yellow. `scale` is pixels a point."""
    if not marks:
        return picture
    paint = Image.new("RGB", picture.size, "white")
    pen = ImageDraw.Draw(paint)
    for each in marks:
        corners = (
            (each.left - _MARGIN_POINTS) * scale,
            (each.top - _MARGIN_POINTS) * scale,
            (each.right + _MARGIN_POINTS) * scale,
            (each.bottom + _MARGIN_POINTS) * scale,
        )
        pen.rectangle(corners, fill=_MARKER)
    return ImageChops.multiply(picture, paint)
