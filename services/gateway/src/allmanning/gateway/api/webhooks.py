"""Be told when something happens: signed messages to the authority's own systems (Standard Webhooks)."""

from __future__ import annotations

import asyncio
import re
import time
from datetime import UTC, datetime
from typing import Annotated, Final, Literal

import httpx2
from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from allmanning.gateway.api.exact import YesNo
from allmanning.gateway.api.text import Text
from allmanning.gateway.asker import Keyed, TheParts
from allmanning.gateway.idempotency.route import IdempotentRoute
from allmanning.gateway.settings import GatewaySettings
from allmanning.gateway.signin.permission import Permission
from allmanning.gateway.webhooks.hook import PING, Delivery, Happened, Hook, Kind
from allmanning.gateway.webhooks.signature import shown
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.identity import uuid7
from allmanning.runtime.record import now

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"], route_class=IdempotentRoute)

# A name, or an address of either kind.
_HOST: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\.?|[0-9a-f:.]{2,45}")
Url = Annotated[Text, Field(max_length=2_000, description="https, and no address of an internal network")]
Kinds = Annotated[list[Kind], Field(max_length=6, description="What to be told of")]


class WebhookIn(BaseModel):
    """Where to be told, and of what."""

    url: Url
    events: Annotated[Kinds, Field(min_length=1)]


class WebhookChange(BaseModel):
    """What should be otherwise; `active` starts one again that is disabled, or stops it."""

    url: Url = ""
    events: Kinds = []
    active: YesNo | None = None


class WebhookOut(TypedDict):
    """A webhook. `reason` says why it is disabled; `failing_since` is when it last stopped getting through."""

    id: str
    url: str
    events: list[Kind]
    state: Literal["active", "disabled"]
    reason: str
    created_at: str
    failing_since: str


class WebhookWithSecret(WebhookOut):
    """`secret` (`whsec_…`) is told once, here: check each message with it."""

    secret: str


class WebhooksOut(TypedDict):
    """The authority's webhooks, oldest first."""

    webhooks: list[WebhookOut]


class DeliveryOut(TypedDict):
    """One message: its `webhook-id`, how it went, and the code of what was wrong. No content is kept here."""

    id: str
    event: str
    state: Literal["waiting", "delivered", "dead"]
    attempts: int
    created_at: str
    next_at: str
    status: int
    error: str


class DeliveriesOut(TypedDict):
    """Newest first."""

    deliveries: list[DeliveryOut]


class PingOut(TypedDict):
    """The `webhook-id` of the message that is on its way."""

    id: str


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if at else ""


def _hook(hook: Hook) -> WebhookOut:
    return WebhookOut(
        id=hook.id,
        url=hook.url,
        events=list(hook.kinds),
        state=hook.state,
        reason=hook.reason,
        created_at=_moment(hook.created_at),
        failing_since=_moment(hook.failing_since),
    )


def _delivery(each: Delivery) -> DeliveryOut:
    return DeliveryOut(
        id=each.id,
        event=each.kind,
        state=each.state,
        attempts=each.attempts,
        created_at=_moment(each.created_at),
        next_at=_moment(each.next_at) if each.state == "waiting" else "",
        status=each.status,
        error=each.error,
    )


def _checked(url: str, settings: GatewaySettings) -> str:
    """Raises InvalidInput: `webhook.url`. Where the name leads is checked at each delivery."""
    try:
        parsed = httpx2.URL(url)
    except (httpx2.InvalidURL, ValueError) as error:
        raise InvalidInput("webhook.url", "Adressen går inte att tolka. (Invalid address.)") from error
    trusted = parsed.host.lower() in settings.webhook_hosts
    if (
        not _HOST.fullmatch(parsed.raw_host.decode())
        or parsed.userinfo
        or not (parsed.scheme == "https" or (trusted and parsed.scheme == "http"))
    ):
        raise InvalidInput(
            "webhook.url",
            "Adressen ska börja med https:// och inte ha lösenord i sig. (Use https, without a password.)",
        )
    return str(parsed.copy_with(fragment=None))


@router.get("")
async def webhooks(asker: Keyed, parts: TheParts) -> WebhooksOut:
    """The authority's webhooks."""
    asker.require(Permission.WEBHOOKS_MANAGE)
    found = await asyncio.to_thread(parts.webhooks.hooks.of, asker.principal.authority)
    return WebhooksOut(webhooks=[_hook(each) for each in found])


@router.post("", status_code=201)
async def create(new: WebhookIn, asker: Keyed, parts: TheParts) -> WebhookWithSecret:
    """A new webhook. Messages hold identifiers and states, no personal data: fetch the rest with a key."""
    asker.require(Permission.WEBHOOKS_MANAGE)
    url = _checked(new.url, parts.settings)
    made = await asyncio.to_thread(
        parts.webhooks.hooks.add, asker.principal.authority, url, list(dict.fromkeys(new.events)), time.time()
    )
    return WebhookWithSecret(**_hook(made), secret=shown(made.secret))


@router.get("/{webhook_id}")
async def one(webhook_id: str, asker: Keyed, parts: TheParts) -> WebhookOut:
    """One webhook, and how it fares."""
    asker.require(Permission.WEBHOOKS_MANAGE)
    return _hook(await asyncio.to_thread(parts.webhooks.hooks.one, asker.principal.authority, webhook_id))


@router.patch("/{webhook_id}")
async def change(webhook_id: str, given: WebhookChange, asker: Keyed, parts: TheParts) -> WebhookOut:
    """Another address, other events, stop it, or start it again."""
    asker.require(Permission.WEBHOOKS_MANAGE)
    url = _checked(given.url, parts.settings) if given.url else ""
    changed = await asyncio.to_thread(
        parts.webhooks.hooks.change,
        asker.principal.authority,
        webhook_id,
        url=url,
        kinds=given.events,
        active=given.active,
    )
    return _hook(changed)


@router.delete("/{webhook_id}", status_code=204, response_class=Response)
async def remove(webhook_id: str, asker: Keyed, parts: TheParts) -> Response:
    """Forget a webhook and what it was still to be told."""
    asker.require(Permission.WEBHOOKS_MANAGE)
    await asyncio.to_thread(parts.webhooks.hooks.remove, asker.principal.authority, webhook_id)
    return Response(status_code=204)


@router.post("/{webhook_id}/rotate")
async def rotate(webhook_id: str, asker: Keyed, parts: TheParts) -> WebhookWithSecret:
    """A new secret. For a day messages are signed with the former one too, so that no message is missed."""
    asker.require(Permission.WEBHOOKS_MANAGE)
    made = await asyncio.to_thread(parts.webhooks.hooks.rotate, asker.principal.authority, webhook_id, time.time())
    return WebhookWithSecret(**_hook(made), secret=shown(made.secret))


@router.post("/{webhook_id}/ping", status_code=202)
async def ping(webhook_id: str, asker: Keyed, parts: TheParts) -> PingOut:
    """Send a message of type `webhook.ping`, to see that it arrives; the deliveries tell how it went."""
    asker.require(Permission.WEBHOOKS_MANAGE)
    authority = asker.principal.authority
    hook = await asyncio.to_thread(parts.webhooks.hooks.one, authority, webhook_id)
    event = Happened(f"ping-{uuid7()}", authority, PING, now(), {"webhook_id": hook.id})
    await asyncio.to_thread(parts.webhooks.outbox.put_for, hook, event, time.time())
    parts.webhooks.sender.wake.set()
    return PingOut(id=event.id)


@router.get("/{webhook_id}/deliveries")
async def deliveries(
    webhook_id: str, asker: Keyed, parts: TheParts, limit: Annotated[int, Query(ge=1, le=500)] = 100
) -> DeliveriesOut:
    """The newest messages of a webhook, and how they went; kept for a month."""
    asker.require(Permission.WEBHOOKS_MANAGE)
    hook = await asyncio.to_thread(parts.webhooks.hooks.one, asker.principal.authority, webhook_id)
    found = await asyncio.to_thread(parts.webhooks.outbox.of, hook, limit)
    return DeliveriesOut(deliveries=[_delivery(each) for each in found])
