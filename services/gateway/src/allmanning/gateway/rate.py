"""How often anybody may call the API, told in every answer.

The headers are those of draft-ietf-httpapi-ratelimit-headers-10; the algorithm is GCRA (ITU-T I.371), which spreads
what is allowed evenly and holds one number a caller. It is kept in this process alone: where several gateways serve,
each allows its part of the whole (`rate_processes`), which is exact only when calls are spread evenly. What costs much,
answering, has a budget that all processes share, in the generate service.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from allmanning.gateway.parts import parts_of
from allmanning.gateway.problems import response_to
from allmanning.gateway.settings import GatewaySettings
from allmanning.runtime.errors import Busy

WINDOW_S: Final = 60.0
_LIMITED: Final = ("/v1/", "/mcp", "/log/")
# Whoever has not called for longest is forgotten first, which at worst gives them a full window again.
_MOST_CALLERS: Final = 100_000


@dataclass(frozen=True)
class Standing:
    """How a caller stands: calls left now, seconds until all are, and seconds to wait when this one is not allowed."""

    allowed: bool
    left: int
    full_in_s: float
    wait_s: float = 0.0


class Rate:
    """Allows `limit` calls a window to each caller; `limit` 0 allows all."""

    def __init__(self, limit: int, window_s: float = WINDOW_S) -> None:
        self.limit = limit
        self._window_s = window_s
        self._step_s = window_s / limit if limit else 0.0
        # When each caller has all calls again.
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def call(self, caller: str, now: float) -> Standing:
        """Count one call, unless it is one too many."""
        full_at = max(self._full_at.get(caller, now), now) + self._step_s
        owed_s = full_at - now
        # A nanosecond for what floating point adds up to.
        if owed_s > self._window_s + 1e-9:
            return Standing(allowed=False, left=0, full_in_s=owed_s - self._step_s, wait_s=owed_s - self._window_s)
        self._full_at[caller] = full_at
        self._full_at.move_to_end(caller)
        if len(self._full_at) > _MOST_CALLERS:
            self._full_at.popitem(last=False)
        return Standing(allowed=True, left=int((self._window_s - owed_s) / self._step_s + 1e-6), full_in_s=owed_s)


class RateLimits:
    """Each key has its own rate; who shows none, or a wrong one, shares that of the address."""

    def __init__(self, app: ASGIApp, settings: GatewaySettings) -> None:
        self._app = app
        share = max(1, settings.rate_processes)
        self._of_keys = Rate(_part(settings.rate_per_minute, share))
        self._of_addresses = Rate(_part(settings.anonymous_rate_per_minute, share))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(_LIMITED):
            await self._app(scope, receive, send)
            return
        name, caller = _caller(scope)
        rate = self._of_keys if name == "key" else self._of_addresses
        if not rate.limit:
            await self._app(scope, receive, send)
            return
        standing = rate.call(caller, time.monotonic())
        policy = f'"{name}";q={rate.limit};w={WINDOW_S:.0f}'
        left = f'"{name}";r={standing.left};t={math.ceil(standing.full_in_s)}'

        async def telling(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["RateLimit-Policy"] = policy
                headers["RateLimit"] = left
            await send(message)

        if standing.allowed:
            await self._app(scope, receive, telling)
            return
        seconds = math.ceil(standing.wait_s)
        refused = Busy(
            "rate.exceeded",
            f"Högst {rate.limit} anrop i minuten. Försök igen om {seconds} s. "
            f"({rate.limit} calls a minute at most. Try again in {seconds} s.)",
            retry_after_s=float(seconds),
        )
        await response_to(Request(scope), refused)(scope, receive, telling)


def _part(whole: int, share: int) -> int:
    return max(1, whole // share) if whole else 0


def _caller(scope: Scope) -> tuple[str, str]:
    scheme, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        key = parts_of(Request(scope)).keyring.key(token.strip())
        if key is not None:
            return "key", key.id
    return "address", scope["client"][0] if scope.get("client") else ""
