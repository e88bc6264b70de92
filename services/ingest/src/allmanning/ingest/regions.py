"""Where a stretch of text stands on its pages."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from allmanning.contracts.passage.v1.passage_pb import Region
from allmanning.ingest.read.document import Box


def regions(boxes: Sequence[Box], start: int, end: int) -> list[Region]:
    """One region a page, around every line with a character from `start` to `end` (exclusive).

    `boxes` are in the order of the text.
    """
    found: dict[int, Region] = {}
    for box in boxes[bisect_right(boxes, start, key=lambda box: box.end) :]:
        if box.start >= end:
            break
        around = found.get(box.page)
        if around is None:
            found[box.page] = Region(page=box.page, left=box.left, top=box.top, right=box.right, bottom=box.bottom)
            continue
        around.left, around.top = min(around.left, box.left), min(around.top, box.top)
        around.right, around.bottom = max(around.right, box.right), max(around.bottom, box.bottom)
    return [found[page] for page in sorted(found)]
