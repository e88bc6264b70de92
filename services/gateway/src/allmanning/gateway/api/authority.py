"""The authority itself: its name, and how people reach a person there."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from allmanning.gateway.api.text import Text
from allmanning.gateway.asker import Asker, Keyed, TheParts
from allmanning.gateway.contact import MAX_CHARS, Contact
from allmanning.gateway.keys import Authority, put_authority
from allmanning.gateway.parts import Parts
from allmanning.gateway.signin.permission import Permission

router = APIRouter(prefix="/v1/authority", tags=["authority"])

Line = Annotated[Text, Field(max_length=MAX_CHARS)]


class ContactIn(BaseModel):
    """What is left out stays as it is; an empty text takes it away."""

    phone: Line | None = None
    email: Line | None = None
    hours: Line | None = None
    address: Line | None = None
    url: Line | None = None
    data_protection: Line | None = None
    text: Line | None = None


class AuthorityIn(BaseModel):
    """What is left out stays as it is."""

    name: Line | None = None
    contact: ContactIn = ContactIn()


class ContactOut(TypedDict):
    """How people reach a person; `data_protection` reaches the data protection officer. Empty texts are unknown."""

    phone: str
    email: str
    hours: str
    address: str
    url: str
    data_protection: str
    text: str


class AuthorityOut(TypedDict):
    """The caller's authority."""

    id: str
    name: str
    contact: ContactOut


@router.get("")
async def authority(asker: Keyed, parts: TheParts) -> AuthorityOut:
    """The authority of the key."""
    return _told(_known(asker, parts))


@router.patch("")
async def change_authority(given: AuthorityIn, asker: Keyed, parts: TheParts) -> AuthorityOut:
    """Change what is given; pages show it from the next one on."""
    asker.require(Permission.AUTHORITY_WRITE)
    known = _known(asker, parts)
    wanted = {name: value for name, value in given.contact.model_dump().items() if value is not None}
    contact = Contact.of(known.contact).changed(wanted)
    name = (given.name or "").strip() or known.name
    return _told(await asyncio.to_thread(put_authority, parts.settings.data_dir, known.id, name, contact.stored))


def _known(asker: Asker, parts: Parts) -> Authority:
    own = asker.principal.authority
    return parts.keyring.authority(own) or Authority(own, own, "")


def _told(known: Authority) -> AuthorityOut:
    contact = asdict(Contact.of(known.contact))
    return AuthorityOut(id=known.id, name=known.name, contact=ContactOut(**contact))  # type: ignore[typeddict-item]
