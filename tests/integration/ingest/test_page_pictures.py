"""A citation opens the original at the sentence: the page is drawn, and its lines are marked."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from allmanning.contracts.ingest.v1.ingest_pb import DrawPageRequest, DrawPageResponse, State
from allmanning.runtime import subjects
from allmanning.runtime.errors import NotFound, Unsupported
from tests.integration.ingest.running import AUTHORITY, Ingest
from tests.unit.ingest.files import Words, pdf

# The marker's colour, as far as lossy compression keeps it.
YELLOW = (242, 193, 78)


def pages() -> bytes:
    return pdf([Words(70, 700, "Gatan plogas.")], [Words(70, 700, "Taxan gäller."), Words(70, 400, "Avgiften är 300.")])


async def drawn(ingest: Ingest, document_id: str, page: int, start: int = 0, end: int = 0, authority: str = AUTHORITY):
    asked = DrawPageRequest(authority=authority, document_id=document_id, page=page, start=start, end=end)
    answer = await ingest.bus.call(subjects.INGEST_DRAW_PAGE, asked, DrawPageResponse, timeout_s=30)
    return Image.open(io.BytesIO(answer.picture)).convert("RGB")


def yellow_rows(picture: Image.Image) -> list[float]:
    """Where the marks begin and end, in shares of the page's height; none without marks."""
    marked = [
        y
        for y in range(picture.height)
        if any(
            all(abs(a - b) < 25 for a, b in zip(picture.getpixel((x, y)), YELLOW, strict=True))
            for x in range(0, picture.width, 4)
        )
    ]
    return [marked[0] / picture.height, marked[-1] / picture.height] if marked else []


async def test_the_lines_of_the_sentence_are_marked_on_its_page_and_no_others(ingest: Ingest) -> None:
    document = await ingest.ingest("taxa.pdf", pages())
    assert document.state is State.INDEXED
    assert document.version is not None
    text = await ingest.text(document.version.version)
    start = text.index("Avgiften")

    picture = await drawn(ingest, document.version.id, 2, start, start + len("Avgiften är 300."))

    top, bottom = yellow_rows(picture)
    # The words stand 400 of 842 points above the lower edge.
    assert top < 1 - 400 / 842 < bottom + 0.01
    assert bottom - top < 0.03
    assert yellow_rows(await drawn(ingest, document.version.id, 1, start, start + 5)) == []


async def test_what_can_t_be_drawn_is_told(ingest: Ingest) -> None:
    plan = (await ingest.ingest("plan.pdf", pages())).version
    text = (await ingest.ingest("plan.txt", b"Gatan plogas.")).version
    assert plan is not None
    assert text is not None

    with pytest.raises(NotFound, match=r"page\.not_found"):
        await drawn(ingest, plan.id, 3)
    with pytest.raises(Unsupported, match=r"page\.not_drawn"):
        await drawn(ingest, text.id, 1)
    with pytest.raises(NotFound, match=r"document\.not_found"):
        await drawn(ingest, plan.id, 1, authority="grannby")
