"""`/admin/webhooks/{id}`: one receiver, what it was told, and how that went."""

from __future__ import annotations

import asyncio
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from allmanning.gateway.api import webhooks as api
from allmanning.gateway.asker import Asker, TheParts
from allmanning.gateway.language import page_language
from allmanning.gateway.pages.admin.webhooks import EVENTS, Events, chosen, secret_shown
from allmanning.gateway.pages.form_page import form_page
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.parts import Parts
from allmanning.gateway.problem_codes import problem_codes
from allmanning.gateway.signin.freshness import require_fresh
from allmanning.gateway.signin.permission import Permission
from allmanning.gateway.webhooks.hooks import KINDS
from allmanning.runtime.errors import PlatformError

router = APIRouter(prefix="/admin/webhooks/{webhook_id}")

_SHOWN: Final = 50
# A receiver that works answers at once; the page waits no longer for a trial.
_TRIED_FOR_S: Final = 3.0
_LOOK_EVERY_S: Final = 0.05


@router.get("")
async def webhook_page(
    webhook_id: str, request: Request, parts: TheParts, tried: Annotated[str, Query(max_length=64)] = ""
) -> Response:
    """What it is told of, and its latest messages; `tried` is the trial that was just sent."""
    return await _page(request, staff(request, Permission.WEBHOOKS_MANAGE), parts, webhook_id, tried=tried)


@router.post("")
async def change(
    webhook_id: str,
    request: Request,
    parts: TheParts,
    url: Annotated[str, Form(max_length=2_000)] = "",
    events: Events = [],  # noqa: B006 - FastAPI copies defaults
) -> Response:
    """Another address, or other events."""
    asker = staff(request, Permission.WEBHOOKS_MANAGE)
    require_fresh(request, asker)
    try:
        await api.change(webhook_id, api.WebhookChange(url=url.strip(), events=chosen(events)), asker, parts)
    except PlatformError as error:
        return await _page(request, asker, parts, webhook_id, error=error)
    return _back(webhook_id)


@router.post("/state")
async def set_state(
    webhook_id: str, request: Request, parts: TheParts, state: Annotated[Literal["active", "disabled"], Form()]
) -> Response:
    """Pause it, or let it go on. What happens meanwhile it is not told."""
    asker = staff(request, Permission.WEBHOOKS_MANAGE)
    try:
        await api.change(webhook_id, api.WebhookChange(active=state == "active"), asker, parts)
    except PlatformError as error:
        return await _page(request, asker, parts, webhook_id, error=error)
    return _back(webhook_id)


@router.post("/try")
async def try_it(webhook_id: str, request: Request, parts: TheParts) -> Response:
    """Send a message that says nothing, and tell how it went if that is known soon."""
    asker = staff(request, Permission.WEBHOOKS_MANAGE)
    sent = (await api.ping(webhook_id, asker, parts))["id"]
    for _ in range(round(_TRIED_FOR_S / _LOOK_EVERY_S)):
        told = (await api.deliveries(webhook_id, asker, parts, limit=_SHOWN))["deliveries"]
        if any(each["id"] == sent and each["attempts"] for each in told):
            break
        await asyncio.sleep(_LOOK_EVERY_S)
    return RedirectResponse(f"/admin/webhooks/{webhook_id}?tried={sent}", status_code=303)


@router.post("/secret")
async def rotate(webhook_id: str, request: Request, parts: TheParts) -> Response:
    """A new secret, shown once."""
    asker = staff(request, Permission.WEBHOOKS_MANAGE)
    require_fresh(request, asker)
    return secret_shown(request, await api.rotate(webhook_id, asker, parts))


@router.post("/remove")
async def remove(webhook_id: str, request: Request, parts: TheParts) -> Response:
    """Forget it, with what it was still to be told."""
    asker = staff(request, Permission.WEBHOOKS_MANAGE)
    require_fresh(request, asker)
    await api.remove(webhook_id, asker, parts)
    return RedirectResponse("/admin/webhooks", status_code=303)


def _back(webhook_id: str) -> Response:
    return RedirectResponse(f"/admin/webhooks/{webhook_id}", status_code=303)


async def _page(
    request: Request,
    asker: Asker,
    parts: Parts,
    webhook_id: str,
    *,
    tried: str = "",
    error: PlatformError | None = None,
) -> Response:
    hook = await api.one(webhook_id, asker, parts)
    deliveries = (await api.deliveries(webhook_id, asker, parts, limit=_SHOWN))["deliveries"]
    language = page_language(request.query_params, request.headers)
    values = {
        "hook": hook,
        "deliveries": deliveries,
        "why": {code: known.title(language) for code, known in problem_codes().items() if code.startswith("webhook.")},
        "tried": next((each for each in deliveries if each["id"] == tried), None),
        "events": EVENTS,
        "kinds": KINDS,
        "url": hook["url"],
        "chosen": hook["events"],
    }
    return form_page(request, "admin/webhook.html", values, error)
