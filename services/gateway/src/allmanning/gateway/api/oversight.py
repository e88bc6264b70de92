"""Whether people review, or only approve."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from typing_extensions import TypedDict

from allmanning.contracts.audit.v1.review_pb import OversightRequest, OversightResponse
from allmanning.gateway.api.iso_day import IsoDay
from allmanning.gateway.asker import Keyed, TheParts
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime import subjects

router = APIRouter(prefix="/v1/oversight", tags=["reviews"])


class OversightGroup(TypedDict):
    """Figures of a team or an hour of the day. Counts of drafts, save `controls`: known-wrong ones that were reviewed.

    `approved_unopened`: approved as it stood without a source opened. `seconds_per_1000_chars`: median active time of
    the `timed` approvals; `faster_than_reading`: approved faster than anybody reads. `edited_share`: mean share of the
    text that edits changed. `reversed`: later corrected, or overturned by a second reviewer.
    """

    unit: str
    hour: int | None
    reviews: int
    reviewers: int
    approved: int
    edited: int
    rejected: int
    approved_unopened: int
    timed: int
    seconds_per_1000_chars: float
    faster_than_reading: int
    edited_share: float
    reversed: int
    controls: int
    controls_caught: int


class OversightOut(TypedDict):
    """`withheld`: reviews in groups of fewer reviewers than `least_group`; `erased`: those whose measures are gone."""

    groups: list[OversightGroup]
    withheld: int
    erased: int
    least_group: int


@router.get("")
async def oversight(
    asker: Keyed,
    parts: TheParts,
    by: Literal["unit", "hour", "unit_hour"] = "unit",
    first_day: IsoDay | None = None,
    last_day: IsoDay | None = None,
    key_id: Annotated[str, Query(max_length=64)] = "",
    ground: Annotated[str, Query(max_length=1_000)] = "",
    negotiation: Annotated[str, Query(max_length=1_000)] = "",
) -> OversightOut:
    """How people review, by team or hour over the last 30 days or the days given. One person's figures (`key_id`) need
    a ground and where the negotiation with the unions (MBL 11 §) is written down; both are recorded.
    """
    asker.require(Permission.OVERSIGHT_READ)
    request = OversightRequest(
        principal=asker.principal,
        by=by,
        first_day=first_day.isoformat() if first_day else "",
        last_day=last_day.isoformat() if last_day else "",
        key_id=key_id,
        ground=ground,
        negotiation=negotiation,
    )
    found = await parts.bus.call(subjects.AUDIT_OVERSIGHT, request, OversightResponse, timeout_s=60)
    return OversightOut(
        groups=[_group(each) for each in found.groups],
        withheld=found.withheld,
        erased=found.erased,
        least_group=found.least_group,
    )


def _group(each: OversightResponse.Group) -> OversightGroup:
    return OversightGroup(
        unit=each.unit,
        hour=each.hour if each.hour >= 0 else None,
        reviews=each.reviews,
        reviewers=each.reviewers,
        approved=each.approved,
        edited=each.edited,
        rejected=each.rejected,
        approved_unopened=each.approved_unopened,
        timed=each.timed,
        seconds_per_1000_chars=each.seconds_per_1000_chars,
        faster_than_reading=each.faster_than_reading,
        edited_share=each.edited_share,
        reversed=each.reversed,
        controls=each.controls,
        controls_caught=each.controls_caught,
    )
