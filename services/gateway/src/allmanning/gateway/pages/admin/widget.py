"""`/admin/widget`: the chat on the authority's own web sites, and the line that shows it there."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from allmanning.gateway.api import channels as api
from allmanning.gateway.asker import Asker, TheParts
from allmanning.gateway.links import origin_of
from allmanning.gateway.pages.form_page import form_page
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.parts import Parts
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime.errors import InvalidInput, PlatformError

router = APIRouter(prefix="/admin/widget")


@router.get("")
async def widget_page(request: Request, parts: TheParts) -> Response:
    """The web sites, each with its line, and a form for another."""
    asker = staff(request, Permission.KEYS_MANAGE)
    return form_page(request, "admin/widget.html", await _shown(request, asker, parts))


@router.post("")
async def add(
    request: Request,
    parts: TheParts,
    origins: Annotated[str, Form(max_length=10_000)] = "",
    per_day: Annotated[str, Form(max_length=9)] = "2000",
) -> Response:
    """Let web sites show the chat, one address a line."""
    asker = staff(request, Permission.KEYS_MANAGE)
    try:
        if not origins.split() or not per_day.isdigit() or int(per_day) < 1:
            raise InvalidInput("channel.origin", "Skriv minst en webbplats och hur många frågor om dagen.")
        await api.create(api.NewChannel(origins=origins.split(), per_day=int(per_day)), asker, parts)
    except PlatformError as error:
        shown = await _shown(request, asker, parts) | {"origins": origins, "per_day": per_day}
        return form_page(request, "admin/widget.html", shown, error)
    return RedirectResponse("/admin/widget", status_code=303)


@router.post("/{channel_id}/revoke")
async def revoke(channel_id: str, request: Request, parts: TheParts) -> Response:
    """End a channel."""
    asker = staff(request, Permission.KEYS_MANAGE)
    await api.revoke(channel_id, asker, parts)
    return RedirectResponse("/admin/widget", status_code=303)


async def _shown(request: Request, asker: Asker, parts: Parts) -> dict[str, object]:
    known = await api.channels(asker, parts)
    return {
        "channels": known["channels"],
        "origin": origin_of(request),
        "origins": "",
        "per_day": "2000",
    }
