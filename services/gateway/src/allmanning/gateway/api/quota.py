"""What an authority may use of the common resources: read, and changed by whoever may."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from allmanning.contracts.generate.v1 import generate_pb as proto
from allmanning.gateway.api.exact import Real, Whole
from allmanning.gateway.asker import Asker, Keyed, TheParts
from allmanning.gateway.parts import Parts
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime import subjects

router = APIRouter(prefix="/v1/quota", tags=["authority"])

_MAX_TOKENS = 2**53 - 1
Weight = Annotated[Real, Field(gt=0, le=1000, allow_inf_nan=False)]
Tokens = Annotated[Whole, Field(ge=0, le=_MAX_TOKENS)]
Named = Annotated[str, Query(max_length=63, description="Another authority, for whoever runs the platform")]


class QuotaIn(BaseModel):
    """What is left out stays as it is. `revision`: refuse if it has been changed since that was read."""

    model_config = ConfigDict(extra="forbid")

    weight: Weight | None = Field(default=None, description="Set by whoever runs the platform")
    tokens_per_day: Tokens | None = Field(default=None, description="0: no limit. Set by whoever runs the platform")
    own_tokens_per_day: Tokens | None = Field(default=None, description="The authority's own, lower limit; 0: none")
    channel_weights: dict[str, Weight] = Field(default_factory=dict, max_length=20)
    revision: Annotated[Whole, Field(ge=0, le=_MAX_TOKENS)] | None = None


class Limits(TypedDict):
    """Tokens are of models, on a Swedish day; null is no limit."""

    weight: float
    tokens_per_day: int | None
    own_tokens_per_day: int | None
    channel_weights: dict[str, float]


class ChangeOut(TypedDict):
    """`by` is the account or key; `operator`: whoever runs the platform changed it."""

    at: str
    by: str
    operator: bool
    record: str
    before: Limits
    after: Limits


class QuotaOut(Limits):
    """`shared_writable`: whether the caller may change the first two."""

    authority: str
    revision: int
    tokens_used: int
    shared_writable: bool
    changes: list[ChangeOut]


@router.get("")
async def quota(asker: Keyed, parts: TheParts, authority: Named = "") -> QuotaOut:
    """The limits in force, and the latest changes."""
    return await quota_of(asker, parts, authority)


@router.patch("")
async def change(given: QuotaIn, asker: Keyed, parts: TheParts, authority: Named = "") -> QuotaOut:
    """Change limits; they hold from the next question on, and the change is on record as `config.changed`."""
    asker.require(Permission.QUOTA_WRITE)
    known = await _read(asker, parts, authority)
    now = known.quota or proto.Quota()
    wanted = proto.Quota(
        weight=now.weight if given.weight is None else given.weight,
        tokens_per_day=now.tokens_per_day if given.tokens_per_day is None else given.tokens_per_day,
        own_tokens_per_day=now.own_tokens_per_day if given.own_tokens_per_day is None else given.own_tokens_per_day,
        channel_weights={**now.channel_weights, **given.channel_weights},
    )
    request = proto.SetQuotaRequest(
        principal=asker.principal,
        authority=authority,
        operator=runs_platform(asker, parts),
        quota=wanted,
        revision=known.revision if given.revision is None else given.revision,
    )
    await parts.bus.call(subjects.GENERATE_SET_QUOTA, request, proto.SetQuotaResponse)
    return await quota_of(asker, parts, authority)


async def quota_of(asker: Asker, parts: Parts, authority: str = "") -> QuotaOut:
    """The quota of the asker's authority, or of the one named."""
    asker.require(Permission.QUOTA_READ)
    known = await _read(asker, parts, authority)
    limits = _limits(known.quota or proto.Quota())
    return QuotaOut(
        weight=limits["weight"],
        tokens_per_day=limits["tokens_per_day"],
        own_tokens_per_day=limits["own_tokens_per_day"],
        channel_weights=limits["channel_weights"],
        authority=authority or asker.principal.authority,
        revision=known.revision,
        tokens_used=known.tokens_used,
        shared_writable=asker.may(Permission.QUOTA_WRITE) and runs_platform(asker, parts),
        changes=[
            ChangeOut(
                at=each.at,
                by=each.by,
                operator=each.operator,
                record=each.record,
                before=_limits(each.before or proto.Quota()),
                after=_limits(each.after or proto.Quota()),
            )
            for each in known.changes
        ],
    )


def runs_platform(asker: Asker, parts: Parts) -> bool:
    """Whether the asker administers the platform: by an operator's key, or because nobody else shares it."""
    own = asker.principal.authority
    alone = [each.id for each in parts.keyring.authorities()] == [own]
    return bool(asker.key and asker.key.operator) or (asker.may(Permission.QUOTA_WRITE) and alone)


async def _read(asker: Asker, parts: Parts, authority: str) -> proto.GetQuotaResponse:
    asker.require(Permission.QUOTA_READ)
    request = proto.GetQuotaRequest(
        principal=asker.principal, authority=authority, operator=runs_platform(asker, parts)
    )
    return await parts.bus.call(subjects.GENERATE_GET_QUOTA, request, proto.GetQuotaResponse)


def _limits(quota: proto.Quota) -> Limits:
    return Limits(
        weight=quota.weight,
        tokens_per_day=quota.tokens_per_day or None,
        own_tokens_per_day=quota.own_tokens_per_day or None,
        channel_weights=dict(quota.channel_weights),
    )
