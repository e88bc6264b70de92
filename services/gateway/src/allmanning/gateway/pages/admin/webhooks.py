"""`/admin/webhooks`: who is told when something happens."""

from __future__ import annotations

import asyncio
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from allmanning.gateway.api import webhooks as api
from allmanning.gateway.asker import Asker, TheParts
from allmanning.gateway.language import marked
from allmanning.gateway.pages.form_page import form_page
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.parts import Parts
from allmanning.gateway.rendering import render
from allmanning.gateway.signin.freshness import require_fresh
from allmanning.gateway.signin.permission import Permission
from allmanning.gateway.webhooks.hook import PING, Kind
from allmanning.gateway.webhooks.hooks import KINDS
from allmanning.runtime.errors import InvalidInput, PlatformError

router = APIRouter(prefix="/admin/webhooks")

EVENTS: Final[dict[str, str]] = {
    "review.opened": marked("Ett svar väntar på granskning"),
    "review.closed": marked("En granskning är avslutad"),
    "review.due": marked("En granskning har passerat sin tid"),
    "document.ingested": marked("Ett dokument går att söka i"),
    "document.rejected": marked("Ett dokument gick inte att läsa"),
    "document.retired": marked("Ett dokument är borttaget"),
    PING: marked("Prov"),
}
Events = Annotated[list[str], Form()]


@router.get("")
async def webhooks_page(request: Request, parts: TheParts) -> Response:
    """Every receiver and how its last message went, and a form for one more."""
    return await _page(request, staff(request, Permission.WEBHOOKS_MANAGE), parts)


@router.post("")
async def create(
    request: Request,
    parts: TheParts,
    url: Annotated[str, Form(max_length=2_000)] = "",
    events: Events = [],  # noqa: B006 - FastAPI copies defaults
) -> Response:
    """Make one, and show its secret once."""
    asker = staff(request, Permission.WEBHOOKS_MANAGE)
    require_fresh(request, asker)
    try:
        made = await api.create(api.WebhookIn(url=url.strip(), events=chosen(events)), asker, parts)
    except PlatformError as error:
        return await _page(request, asker, parts, url, events, error)
    return secret_shown(request, made)


def chosen(events: list[str]) -> list[Kind]:
    """What was ticked.

    Raises:
        InvalidInput: `webhook.events`.
    """
    found = [each for each in KINDS if each in events]
    if not found:
        raise InvalidInput("webhook.events", "Välj minst en händelse att berätta om.")
    return found


def secret_shown(request: Request, made: api.WebhookWithSecret) -> Response:
    """The page with the secret; it stands nowhere else."""
    return render(request, "admin/webhook_secret.html", {"hook": made})


async def _page(
    request: Request,
    asker: Asker,
    parts: Parts,
    url: str = "",
    events: list[str] | None = None,
    error: PlatformError | None = None,
) -> Response:
    hooks = (await api.webhooks(asker, parts))["webhooks"]
    latest = await asyncio.gather(*(api.deliveries(each["id"], asker, parts, limit=1) for each in hooks))
    values = {
        "hooks": [(each, next(iter(last["deliveries"]), None)) for each, last in zip(hooks, latest, strict=True)],
        "events": EVENTS,
        "kinds": KINDS,
        "url": url,
        "chosen": events or [],
    }
    return form_page(request, "admin/webhooks.html", values, error)
