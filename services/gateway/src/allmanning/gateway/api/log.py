"""Take the log home."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, Field

from allmanning.contracts.audit.v1.audit_pb import ExportRequest
from allmanning.gateway.api.text import Text
from allmanning.gateway.asker import Keyed, TheParts
from allmanning.gateway.bundle import bundle_response

router = APIRouter(tags=["decisions"])


class BundleRequest(BaseModel):
    """What the bundle should hold; content needs a reason, which is recorded."""

    with_content: bool = False
    reason: Text = Field(default="", max_length=1000)
    start: Text = Field(default="", max_length=40, description="First day of a period in UTC, such as 2026-01-01.")
    end: Text = Field(default="", max_length=40, description="The day after the period's last.")
    decisions: list[Text] = Field(default=[], max_length=10_000, description="Only these decisions, and no period.")
    parts: list[Text] = Field(
        default=[],
        max_length=100,
        description="With content: open only parts of these names; the rest stays committed.",
    )


@router.post("/v1/log/bundle", response_class=Response)
async def bundle(asker: Keyed, parts: TheParts, asked: BundleRequest | None = None) -> Response:
    """A ZIP of the authority's log that `allmanning log verify` checks without us."""
    asked = asked or BundleRequest()
    request = ExportRequest(
        authority=asker.principal.authority,
        with_content=asked.with_content,
        start=asked.start,
        end=asked.end,
        decisions=asked.decisions,
        parts=asked.parts,
    )
    return await bundle_response(parts, asker, request, reason=asked.reason)
