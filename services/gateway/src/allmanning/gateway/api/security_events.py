"""The log's events for a security operations centre."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from typing_extensions import TypedDict

from allmanning.contracts.audit.v1.registers_pb import ListSecurityEventsRequest, ListSecurityEventsResponse
from allmanning.gateway.asker import Keyed, TheParts
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime import subjects

router = APIRouter(tags=["decisions"])


class SecurityEventsOut(TypedDict):
    """Lines, one event each, in the order of the log; go on with `after=next`. `more`: there is more now."""

    lines: list[str]
    next: int
    more: bool


@router.get("/v1/log/events")
async def events(
    asker: Keyed,
    parts: TheParts,
    format: Literal["cef", "ocsf"] = "cef",
    after: Annotated[int, Query(ge=0, le=2**53)] = 0,
    since: Annotated[str, Query(pattern=r"^(?:\d{4}-\d{2}-\d{2}(?:T[\d:.]{1,12}Z)?)?$")] = "",
) -> SecurityEventsOut:
    """Who read, exported, configured, reviewed and erased, without personal data, as CEF or OCSF."""
    asker.require(Permission.LOG_EXPORT)
    request = ListSecurityEventsRequest(authority=asker.principal.authority, format=format, after=after, since=since)
    page = await parts.bus.call(subjects.AUDIT_LIST_SECURITY_EVENTS, request, ListSecurityEventsResponse)
    return SecurityEventsOut(lines=list(page.lines), next=page.next, more=page.more)
