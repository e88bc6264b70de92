"""What somebody on another web site says of an answer, and how they reach a person."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from allmanning.gateway.asker import Asker, TheParts
from allmanning.gateway.contact import Contact
from allmanning.gateway.pages.citizen.conversation import Carried
from allmanning.gateway.pages.citizen.feedback import rate
from allmanning.gateway.pages.citizen.person import hand_over
from allmanning.gateway.widget.listed import for_listed
from allmanning.runtime.record import Json

router = APIRouter(prefix="/widget")

_SHOWN: Final = ("phone", "hours", "email", "address", "url", "text")
_Key = Annotated[str, Form(max_length=100)]
_Language = Annotated[str, Form(max_length=5)]


@router.post("/feedback")
async def feedback(
    request: Request,
    parts: TheParts,
    conversation: Carried,
    key: _Key = "",
    lang: _Language = "sv",
    helped: Annotated[str, Form(max_length=3)] = "no",
    reason: Annotated[str, Form(max_length=20)] = "",
    comment: Annotated[str, Form()] = "",
) -> Response:
    """Record it on the newest decision of the conversation, which must be the asker's own."""

    async def work(asker: Asker) -> None:
        await rate(parts, asker, conversation, helped=helped == "yes", reason=reason, comment=comment)

    return await for_listed(request, parts, key, lang, work)


@router.post("/contact")
async def contact(request: Request, parts: TheParts, key: _Key = "", lang: _Language = "sv") -> Response:
    """How people reach the authority: each of the ways that it has told."""

    async def work(asker: Asker) -> dict[str, Json]:
        authority = parts.keyring.authority(asker.principal.authority)
        known = asdict(Contact.of(authority.contact if authority else ""))
        return {name: known[name] for name in _SHOWN if known[name]}

    return await for_listed(request, parts, key, lang, work)


@router.post("/person")
async def person(
    request: Request,
    parts: TheParts,
    conversation: Carried,
    key: _Key = "",
    lang: _Language = "sv",
    name: Annotated[str, Form()] = "",
    reach: Annotated[str, Form()] = "",
    message: Annotated[str, Form()] = "",
) -> Response:
    """Hand the conversation over to a caseworker."""

    async def work(asker: Asker) -> None:
        await hand_over(parts, asker, conversation, name=name, reach=reach, message=message)

    return await for_listed(request, parts, key, lang, work)
