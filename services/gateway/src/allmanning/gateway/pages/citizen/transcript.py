"""`/conversation/…`: take the conversation along, as text or on paper."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from allmanning.gateway.asker import Visitor, public_authority
from allmanning.gateway.contact import Contact
from allmanning.gateway.keys import Authority
from allmanning.gateway.language import page_language, translate
from allmanning.gateway.links import origin_of
from allmanning.gateway.pages.citizen.conversation import Carried, Conversation, Turn
from allmanning.gateway.pdf.making import pdf_page
from allmanning.gateway.rendering import render
from allmanning.runtime.swedish_day import SWEDEN

router = APIRouter(prefix="/conversation")


@router.post("/text")
async def as_text(request: Request, _visitor: Visitor, conversation: Carried) -> Response:
    """The conversation as a text file: questions, answers, sources with whole addresses, and how to check them."""
    language = page_language(request.query_params, request.headers)
    text = "\n".join(_text(conversation, public_authority(request), origin_of(request), language))
    name = f"samtal-{datetime.now(SWEDEN):%Y-%m-%d-%H%M}.txt"
    # Programs of the Windows kind take a text without the mark for another encoding.
    return PlainTextResponse("\ufeff" + text, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@router.post("/print")
async def on_paper(request: Request, _visitor: Visitor, conversation: Carried) -> Response:
    """The conversation as a page without a form, for the printer."""
    return render(request, "citizen/transcript.html", _transcript(request, conversation))


@router.post("/pdf")
async def as_pdf(request: Request, _visitor: Visitor, conversation: Carried) -> Response:
    """The same as a file that can be kept, and heard by those who can't see it."""
    name = f"samtal-{datetime.now(SWEDEN):%Y-%m-%d-%H%M}"
    return await pdf_page(request, "citizen/transcript.html", _transcript(request, conversation), name)


def _transcript(request: Request, conversation: Conversation) -> dict[str, object]:
    now = datetime.now(SWEDEN).isoformat(timespec="seconds")
    return {"turns": conversation.turns, "origin": origin_of(request), "printed_at": now}


def _text(conversation: Conversation, authority: Authority, origin: str, language: str) -> Iterator[str]:
    yield translate("Samtal med AI-tjänsten hos {authority}", language, authority=authority.name)
    yield f"{datetime.now(SWEDEN):%Y-%m-%d %H:%M}"
    yield ""
    for turn in conversation.turns:
        yield from _turn(turn, origin, authority.id, language)
    yield translate("Svaren är skrivna av en AI-tjänst. Kontrollera dem mot källorna.", language)
    if reached := Contact.of(authority.contact).line:
        yield f"{translate('Prata med en människa:', language)} {reached}"


def _turn(turn: Turn, origin: str, authority: str, language: str) -> Iterator[str]:
    yield f"{translate('Du:', language)} {turn.asked}"
    yield ""
    yield turn.answered.strip()
    yield ""
    for each in turn.sources:
        yield f"[{each.number}] {each.title}{f', {each.heading}' if each.heading else ''}"
        yield f"    {origin}{each.view}"
    if turn.nearby:
        yield translate("Inget svar, men det kan stå här:", language)
    for place in turn.nearby:
        yield f"  - {place.title}{f', {place.heading}' if place.heading else ''}"
        yield f"    {origin}{place.view}"
    if turn.decision:
        yield f"{translate('Hur vet ni det?', language)} {origin}/decision/{turn.decision}?authority={authority}"
    yield ""
