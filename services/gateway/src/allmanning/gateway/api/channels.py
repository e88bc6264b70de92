"""Web sites that may show the chat, each with a public key and a quota."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from allmanning.gateway.api.exact import Whole
from allmanning.gateway.api.text import Text
from allmanning.gateway.asker import Keyed, TheParts
from allmanning.gateway.channels import (
    MOST_ORIGINS,
    PER_DAY,
    Channel,
    channels_of,
    create_channel,
    revoke_channel,
)
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime.errors import NotFound

router = APIRouter(prefix="/v1/channels", tags=["authority"])

Origin = Annotated[Text, Field(min_length=1, max_length=300)]


class NewChannel(BaseModel):
    """Origins as browsers send them (`https://www.exempelby.se`), and questions a day at most."""

    origins: list[Origin] = Field(min_length=1, max_length=MOST_ORIGINS)
    per_day: Annotated[Whole, Field(ge=1, le=1_000_000)] = PER_DAY


class ChannelOut(TypedDict):
    """`key` is no secret: it stands in the page. `today` is how many questions have come by it since midnight."""

    id: str
    key: str
    origins: list[str]
    per_day: int
    today: int
    created_at: str


class ChannelsOut(TypedDict):
    """The authority's channels in use, newest first."""

    channels: list[ChannelOut]


@router.get("")
async def channels(asker: Keyed, parts: TheParts) -> ChannelsOut:
    """The web sites that may ask on the authority's behalf."""
    asker.require(Permission.KEYS_MANAGE)
    found = await asyncio.to_thread(channels_of, parts.settings.data_dir, asker.principal.authority)
    return ChannelsOut(channels=[_told(*each) for each in found])


@router.post("", status_code=201)
async def create(new: NewChannel, asker: Keyed, parts: TheParts) -> ChannelOut:
    """A public key for these web sites: it asks as a citizen, and nothing else."""
    asker.require(Permission.KEYS_MANAGE)
    made = await asyncio.to_thread(
        create_channel, parts.settings.data_dir, asker.principal.authority, new.origins, new.per_day, asker.holder
    )
    await parts.reception.changes.tell()
    return _told(made, 0)


@router.delete("/{channel_id}", status_code=204, response_class=Response)
async def revoke(channel_id: str, asker: Keyed, parts: TheParts) -> Response:
    """End a channel: the web sites that show it are told that the key is revoked."""
    asker.require(Permission.KEYS_MANAGE)
    own = asker.principal.authority
    if not await asyncio.to_thread(revoke_channel, parts.settings.data_dir, own, channel_id, asker.holder):
        raise NotFound("channel.not_found", "Myndigheten har ingen sådan kanal i bruk.")
    parts.reception.changes.tell_soon()
    return Response(status_code=204)


def _told(channel: Channel, used: int) -> ChannelOut:
    return ChannelOut(
        id=channel.id,
        key=channel.key,
        origins=[*channel.origins],
        per_day=channel.per_day,
        today=used,
        created_at=channel.created_at,
    )
