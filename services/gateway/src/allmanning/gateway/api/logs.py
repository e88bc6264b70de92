"""How the authority's logs stand, and how one is ended."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from allmanning.contracts.audit.v1.log_pb import (
    ListLogsRequest,
    ListLogsResponse,
    LogStatus,
    SealLogRequest,
    SealLogResponse,
)
from allmanning.gateway.api.text import Text
from allmanning.gateway.asker import Keyed, TheParts
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime import subjects

router = APIRouter(prefix="/v1/log", tags=["log"])

# Longer than the audit service waits for the seal to show.
_SEAL_TIMEOUT_S = 20.0


class WitnessOut(TypedDict):
    """A witness of the policy. `problem` is unreachable, refused, conflict, no_address or empty; `since` RFC 3339."""

    name: str
    size: int
    behind: bool
    problem: str
    since: str


class LogOut(TypedDict):
    """One log, for half a year unless a key had to be changed. Anybody follows it at `tiles` (C2SP tlog-tiles).

    `witnessed_size` of its `size` records stand in a checkpoint that a quorum of witnesses has cosigned, and `lag_s` is
    the age of the oldest that do not; without a policy for witnesses all are 0 and `witnesses` is empty.
    """

    origin: str
    period: str
    size: int
    checkpoint: str
    vkeys: list[str]
    tiles: str
    sealed: bool
    next_origin: str
    refusal: str
    has_policy: bool
    witnessed_size: int
    witnessed_checkpoint: str
    lag_s: float
    witnesses: list[WitnessOut]


class LogsOut(TypedDict):
    """An authority's logs, oldest first."""

    logs: list[LogOut]


class Seal(BaseModel):
    """Why a log ends before its half-year does; the newest log unless a half-year is given."""

    reason: Literal["key_rotation", "key_compromised"]
    text: Text = Field(min_length=1, max_length=2_000)
    period: str = Field(default="", pattern=r"^([0-9]{4}h[12][b-z]?)?$")


class Sealed(TypedDict):
    """The log that follows, and the keys that it signs with: publish them, and give them to the witnesses."""

    origin: str
    next_origin: str
    next_vkeys: list[str]


def _log(authority: str, known: LogStatus) -> LogOut:
    return LogOut(
        origin=known.origin,
        period=known.period,
        size=known.size,
        checkpoint=known.note,
        vkeys=list(known.vkeys),
        tiles=f"/log/{authority}/{known.period}/",
        sealed=bool(known.next_origin),
        next_origin=known.next_origin,
        refusal=known.refusal,
        has_policy=known.has_policy,
        witnessed_size=known.witnessed_size,
        witnessed_checkpoint=known.witnessed_note,
        lag_s=round(known.lag_s, 3),
        witnesses=[
            WitnessOut(
                name=each.name,
                size=each.size,
                behind=each.size != known.size,
                problem=each.problem,
                since=each.since,
            )
            for each in known.witnesses
        ],
    )


@router.get("")
async def logs(asker: Keyed, parts: TheParts) -> LogsOut:
    """The authority's logs: how far each is signed and witnessed, and which witness is behind."""
    asker.require(Permission.LOG_READ)
    authority = asker.principal.authority
    found = await parts.bus.call(subjects.AUDIT_LIST_LOGS, ListLogsRequest(authority=authority), ListLogsResponse)
    return LogsOut(logs=[_log(authority, each) for each in found.logs])


@router.post("/seal")
async def seal(sealing: Seal, asker: Keyed, parts: TheParts) -> Sealed:
    """End a log now and go on in a new one with a new key, because the key is known to others or is to be changed."""
    asker.require(Permission.LOG_MANAGE)
    request = SealLogRequest(principal=asker.principal, period=sealing.period, reason=sealing.reason, text=sealing.text)
    sealed = await parts.bus.call(subjects.AUDIT_SEAL_LOG, request, SealLogResponse, timeout_s=_SEAL_TIMEOUT_S)
    return Sealed(origin=sealed.origin, next_origin=sealed.next_origin, next_vkeys=list(sealed.next_vkeys))
