"""A page as it looks in the original, with the cited words in yellow."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from allmanning.contracts.ingest.v1.ingest_pb import DrawPageRequest, DrawPageResponse
from allmanning.gateway.api.media import answers, refusal
from allmanning.gateway.asker import Anybody, TheParts, reader_authority
from allmanning.gateway.reading import check_original, document_for
from allmanning.runtime import subjects

router = APIRouter(prefix="/v1/documents", tags=["documents"])

# A large page of a scan takes seconds to draw.
_TIMEOUT_S = 30.0
_DAY_S = 86_400


@router.get(
    "/{document_id}/pages/{page}",
    response_class=Response,
    responses=answers("image/webp", description="The page") | refusal(415, "Only pages of PDF files are drawn"),
)
async def page_picture(
    document_id: str,
    page: Annotated[int, Path(ge=1, le=100_000)],
    request: Request,
    asker: Anybody,
    parts: TheParts,
    version: str = "",
    start: Annotated[int, Query(ge=0, le=2**31)] = 0,
    end: Annotated[int, Query(ge=0, le=2**31)] = 0,
) -> Response:
    """Page `page` of a PDF as a picture; the lines with the characters from `start` to `end` are marked.

    Where personal data is masked, a page is for the authority's own staff, as the original is.
    """
    found, described = await document_for(
        parts.bus, asker.principal, reader_authority(request, asker), document_id, version
    )
    check_original(found, asker.principal)
    asked = DrawPageRequest(
        authority=described.authority,
        document_id=document_id,
        version=described.version,
        page=page,
        start=start,
        end=end,
    )
    drawn = await parts.bus.call(subjects.INGEST_DRAW_PAGE, asked, DrawPageResponse, timeout_s=_TIMEOUT_S)
    # The address names the version, so what it shows never changes; who may see it does.
    kept = f"private, max-age={_DAY_S}" if version else "no-store"
    return Response(drawn.picture, media_type="image/webp", headers={"Cache-Control": kept})
