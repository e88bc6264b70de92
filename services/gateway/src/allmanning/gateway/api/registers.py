"""What the authority tells of its assistant: the system card and the registers made of it."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from allmanning.contracts.audit.v1.registers_pb import (
    GetRegisterRequest,
    GetRegisterResponse,
    GetSystemCardRequest,
    GetSystemCardResponse,
    ListRegistersRequest,
    ListRegistersResponse,
    NamedAuthority,
    PublishRegisterRequest,
    PublishRegisterResponse,
    WriteRegisterTextsRequest,
    WriteRegisterTextsResponse,
)
from allmanning.gateway.api.media import REPORT, answers
from allmanning.gateway.api.text import Text
from allmanning.gateway.asker import Anybody, Keyed, TheParts, reader_authority
from allmanning.gateway.contact import Contact
from allmanning.gateway.parts import Parts
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime import subjects

router = APIRouter(prefix="/v1/registers", tags=["registers"])

Format = Literal["html", "json", "csv"]


class RegisterOut(TypedDict):
    """A register. `unwritten`: texts that must be written before publication; `published_at` is empty until then."""

    id: str
    title: str
    standard: str
    public: bool
    unwritten: list[str]
    published_at: str
    published_card: str


class TextOut(TypedDict):
    """A text that a person writes; several registers may ask for the same one."""

    key: str
    guide: str
    text: str


class RegistersOut(TypedDict):
    """Every register, and every text that can be written."""

    registers: list[RegisterOut]
    texts: list[TextOut]


class TextsIn(BaseModel):
    """Texts by key; what is not named stays, an empty text is taken away. They are kept for publication: no names."""

    texts: dict[str, Annotated[Text, Field(max_length=20_000)]]


class TextsOut(TypedDict):
    """All texts after the change."""

    texts: dict[str, str]


class PublishIn(BaseModel):
    """Why it is published now; it is recorded."""

    reason: Text = Field(min_length=1, max_length=2_000)


class PublishedOut(TypedDict):
    """The record, and the hashes of the system card and of the register as JSON (RFC 8785)."""

    record: str
    card: str
    document: str


def _named(parts: Parts, authority: str) -> NamedAuthority:
    known = parts.keyring.authority(authority)
    if known is None:
        return NamedAuthority(id=authority, name="", contact="")
    return NamedAuthority(id=authority, name=known.name, contact=Contact.of(known.contact).line)


def _document(made: GetRegisterResponse, authority: str, register: str) -> Response:
    name = f"{register}-{authority}.{made.suffix}"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return Response(made.document, media_type=made.media_type, headers=headers)


@router.get("")
async def registers(asker: Keyed, parts: TheParts) -> RegistersOut:
    """Every register, what it lacks, and when it was published."""
    asker.require(Permission.REGISTERS_READ)
    request = ListRegistersRequest(authority=_named(parts, asker.principal.authority))
    known = await parts.bus.call(subjects.AUDIT_LIST_REGISTERS, request, ListRegistersResponse)
    return RegistersOut(
        registers=[
            RegisterOut(
                id=each.id,
                title=each.title,
                standard=each.standard,
                public=each.public,
                unwritten=list(each.unwritten),
                published_at=each.published_at,
                published_card=each.published_card,
            )
            for each in known.registers
        ],
        texts=[TextOut(key=each.key, guide=each.guide, text=each.text) for each in known.texts],
    )


@router.get("/card", response_class=Response, responses=REPORT)
async def card(asker: Keyed, parts: TheParts) -> Response:
    """The system card (`system-card.json`): measured use, models, rules, sources, retention and changes."""
    asker.require(Permission.REGISTERS_READ)
    request = GetSystemCardRequest(authority=_named(parts, asker.principal.authority))
    made = await parts.bus.call(subjects.AUDIT_GET_SYSTEM_CARD, request, GetSystemCardResponse)
    headers = {"Content-Disposition": 'attachment; filename="system-card.json"', "ETag": f'"{made.hash}"'}
    return Response(made.card, media_type="application/json", headers=headers)


@router.patch("/texts")
async def write(given: TextsIn, asker: Keyed, parts: TheParts) -> TextsOut:
    """Keep what people have written; a new version of a register has it too."""
    asker.require(Permission.REGISTERS_WRITE)
    request = WriteRegisterTextsRequest(principal=asker.principal, texts=dict(given.texts))
    kept = await parts.bus.call(subjects.AUDIT_WRITE_REGISTER_TEXTS, request, WriteRegisterTextsResponse, timeout_s=15)
    return TextsOut(texts=dict(kept.texts))


@router.get("/{register}", response_class=Response, responses=answers("text/html", "application/json", "text/csv"))
async def register(asker: Keyed, parts: TheParts, register: str, format: Format = "html") -> Response:
    """A register as it would be now, with `[SKRIV HÄR: …]` where a person must write."""
    asker.require(Permission.REGISTERS_READ)
    authority = asker.principal.authority
    request = GetRegisterRequest(authority=_named(parts, authority), register=register, format=format)
    made = await parts.bus.call(subjects.AUDIT_GET_REGISTER, request, GetRegisterResponse)
    return _document(made, authority, register)


@router.post("/{register}/publish")
async def publish(register: str, given: PublishIn, asker: Keyed, parts: TheParts) -> PublishedOut:
    """Publish a register as it is now; the log keeps the card's hash, and the document."""
    asker.require(Permission.REGISTERS_WRITE)
    request = PublishRegisterRequest(
        principal=asker.principal,
        authority=_named(parts, asker.principal.authority),
        register=register,
        reason=given.reason,
    )
    made = await parts.bus.call(subjects.AUDIT_PUBLISH_REGISTER, request, PublishRegisterResponse, timeout_s=15)
    return PublishedOut(record=made.record_id, card=made.card, document=made.document)


@router.get(
    "/{register}/published", response_class=Response, responses=answers("text/html", "application/json", "text/csv")
)
async def published(
    register: str, request: Request, asker: Anybody, parts: TheParts, format: Format = "html"
) -> Response:
    """A public register as it was last published; anybody may read it (`?authority=` says whose)."""
    authority = reader_authority(request, asker)
    asked = GetRegisterRequest(authority=NamedAuthority(id=authority), register=register, format=format, published=True)
    made = await parts.bus.call(subjects.AUDIT_GET_REGISTER, asked, GetRegisterResponse)
    return _document(made, authority, register)
