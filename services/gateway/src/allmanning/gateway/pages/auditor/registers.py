"""`/log/registers`: what the authority tells of its assistant, what is missing in it, and alarms about the use."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from allmanning.gateway.api import declared_use
from allmanning.gateway.api import registers as api
from allmanning.gateway.asker import Asker, TheParts
from allmanning.gateway.pages.form_page import REFUSALS, Refused, form_page
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.parts import Parts
from allmanning.gateway.signin.freshness import require_fresh
from allmanning.gateway.signin.permission import Permission

router = APIRouter(prefix="/log/registers")


@router.get("")
async def registers_page(request: Request, parts: TheParts) -> Response:
    """The registers, the texts that people write, and the alarms."""
    asker = staff(request, Permission.REGISTERS_READ)
    return await _page(request, parts, asker, None)


@router.post("/texts")
async def write(request: Request, parts: TheParts) -> Response:
    """Keep what was written in the registers' texts."""
    asker = staff(request, Permission.REGISTERS_WRITE)
    texts = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    try:
        await api.write(api.TextsIn(texts=texts), asker, parts)
    except REFUSALS as error:
        return await _page(request, parts, asker, error)
    return RedirectResponse("/log/registers", status_code=303)


@router.get("/card")
async def card(request: Request, parts: TheParts) -> Response:
    """The system card as JSON."""
    return await api.card(staff(request, Permission.REGISTERS_READ), parts)


@router.get("/{register}")
async def document(
    register: str, request: Request, parts: TheParts, format: Literal["html", "json", "csv"] = "html"
) -> Response:
    """A register as it would be now, as a file."""
    asker = staff(request, Permission.REGISTERS_READ)
    made = await api.register(asker, parts, register, format)
    shown = made.headers["content-disposition"]
    made.headers["content-disposition"] = shown.replace("inline", "attachment", 1)
    return made


@router.post("/{register}")
async def publish(
    register: str, request: Request, parts: TheParts, reason: Annotated[str, Form(max_length=1000)] = ""
) -> Response:
    """Publish a register as it is now. Who does it has just proved who they are."""
    asker = staff(request, Permission.REGISTERS_WRITE)
    require_fresh(request, asker)
    try:
        await api.publish(register, api.PublishIn(reason=reason), asker, parts)
    except REFUSALS as error:
        return await _page(request, parts, asker, error)
    return RedirectResponse("/log/registers", status_code=303)


async def _page(request: Request, parts: Parts, asker: Asker, error: Refused | None) -> Response:
    known = await api.registers(asker, parts)
    used = await declared_use.alarms(asker, parts)
    values = {
        "registers": known["registers"],
        "texts": known["texts"],
        "alarms": used["alarms"],
        "declared_at": used["declared_at"],
        "may": asker.may(Permission.REGISTERS_WRITE),
    }
    return form_page(request, "auditor/registers.html", values, error)
