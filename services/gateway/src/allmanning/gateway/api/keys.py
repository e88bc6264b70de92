"""Create and end API keys."""

from __future__ import annotations

import asyncio
from typing import Literal

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from allmanning.gateway.api.exact import YesNo
from allmanning.gateway.api.text import Text
from allmanning.gateway.asker import Keyed, TheParts
from allmanning.gateway.idempotency.route import IdempotentRoute
from allmanning.gateway.keys import create_key, revoke_key
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime.errors import Forbidden, NotFound

router = APIRouter(prefix="/v1/keys", tags=["keys"], route_class=IdempotentRoute)


class NewKey(BaseModel):
    """What the key should allow; `secret` is for caseworkers of a unit, `competences` say what they may review."""

    role: Literal["citizen", "caseworker", "auditor", "admin"]
    authority: Text = ""
    unit: Text = Field(default="", max_length=100)
    secret: YesNo = False
    competences: list[Text] = Field(default=[], max_length=20)


class KeyOut(TypedDict):
    """The key itself is told once, here."""

    id: str
    key: str
    authority: str
    role: str
    unit: str
    secret: bool


@router.post("", status_code=201)
async def create(new: NewKey, asker: Keyed, parts: TheParts) -> KeyOut:
    """A new key for the administrator's own authority; the operator's key may name any.

    Whoever makes a key acts with it: where two people are needed, they and their keys are one.
    """
    asker.require(Permission.KEYS_MANAGE)
    own = asker.principal.authority
    authority = new.authority or own
    if authority != own and not (asker.key and asker.key.operator):
        raise Forbidden("auth.forbidden", "Du får bara skapa nycklar för din egen myndighet.")
    token = await asyncio.to_thread(
        create_key,
        parts.settings.data_dir,
        authority,
        new.role,
        unit=new.unit,
        secret=new.secret,
        competences=new.competences,
        by=asker.holder,
    )
    await parts.reception.changes.tell()
    created = parts.keyring.key(token)
    return KeyOut(
        id=created.id if created else "",
        key=token,
        authority=authority,
        role=new.role,
        unit=new.unit,
        secret=new.secret,
    )


@router.delete("/{key_id}", status_code=204, response_class=Response)
async def revoke(key_id: str, asker: Keyed, parts: TheParts) -> Response:
    """End a key of the administrator's own authority, and every session opened with it."""
    asker.require(Permission.KEYS_MANAGE)
    own = asker.principal.authority
    if not await asyncio.to_thread(revoke_key, parts.settings.data_dir, own, key_id, asker.holder):
        raise NotFound("key.not_found", "Myndigheten har ingen sådan nyckel i bruk.")
    parts.reception.changes.tell_soon()
    return Response(status_code=204)
