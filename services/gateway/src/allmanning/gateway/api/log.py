"""Take the whole log home."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, Field

from allmanning.gateway.api.text import Text
from allmanning.gateway.asker import Keyed, TheParts
from allmanning.gateway.bundle import bundle_response

router = APIRouter(tags=["decisions"])


class BundleRequest(BaseModel):
    """What the bundle should hold; content needs a reason, which is recorded."""

    with_content: bool = False
    reason: Text = Field(default="", max_length=1000)


@router.post("/v1/log/bundle", response_class=Response)
async def bundle(asker: Keyed, parts: TheParts, asked: BundleRequest | None = None) -> Response:
    """A ZIP of the authority's log that `allmanning log verify` checks without us."""
    asked = asked or BundleRequest()
    return await bundle_response(parts, asker, with_content=asked.with_content, reason=asked.reason)
