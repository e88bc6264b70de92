"""Take the log home."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from allmanning.contracts.audit.v1.audit_pb import ExportRequest
from allmanning.contracts.audit.v1.certificate_pb import CertifyRequest, CertifyResponse
from allmanning.gateway.api.exact import YesNo
from allmanning.gateway.api.media import answers
from allmanning.gateway.api.text import Text
from allmanning.gateway.asker import Keyed, TheParts
from allmanning.gateway.bundle import EXPORT_TIMEOUT_S, bundle_response
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime import subjects

router = APIRouter(tags=["decisions"])


class BundleRequest(BaseModel):
    """What the bundle should hold; content needs a reason, which is recorded."""

    with_content: YesNo = False
    reason: Text = Field(default="", max_length=1000)
    start: Text = Field(default="", max_length=40, description="First day of a period in UTC, such as 2026-01-01.")
    end: Text = Field(default="", max_length=40, description="The day after the period's last.")
    decisions: list[Text] = Field(default=[], max_length=10_000, description="Only these decisions, and no period.")
    parts: list[Text] = Field(
        default=[],
        max_length=100,
        description="With content: open only parts of these names; the rest stays committed.",
    )


@router.post("/v1/log/bundle", response_class=Response, responses=answers("application/zip"))
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


@router.get("/v1/log/certificate", response_class=Response, responses=answers("application/json", "text/html"))
async def certificate(
    asker: Keyed,
    parts: TheParts,
    start: Annotated[str, Query(alias="from", max_length=40, description="First day in UTC, such as 2026-01-01.")] = "",
    end: Annotated[str, Query(alias="to", max_length=40, description="The day after the last.")] = "",
    format: Literal["json", "html"] = "json",
) -> Response:
    """A signed page that says what the log holds for a period and that nothing of it is missing.

    Without a period it is of everything. `allmanning log verify` checks the JSON without us, and counts it again from a
    bundle of the same period.
    """
    asker.require(Permission.LOG_EXPORT)
    request = CertifyRequest(authority=asker.principal.authority, start=start, end=end)
    made = await parts.bus.call(subjects.AUDIT_CERTIFY, request, CertifyResponse, timeout_s=EXPORT_TIMEOUT_S)
    if format == "html":
        return Response(made.page, media_type="text/html; charset=utf-8")
    headers = {"Content-Disposition": f'attachment; filename="intyg-{asker.principal.authority}.json"'}
    return Response(made.certificate, media_type="application/json", headers=headers)
