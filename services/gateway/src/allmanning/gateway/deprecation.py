"""Tell in the answer itself that an operation is on its way out, and what to use instead.

    @router.get("/v1/old", openapi_extra=deprecated(since=date(2027, 1, 1), sunset=date(2028, 1, 1), instead="/v1/new"))

Source: RFC 9745 (`Deprecation`), RFC 8594 (`Sunset`, `rel="sunset"`), RFC 5829 (`rel="successor-version"`).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from typing import Final

from pydantic import JsonValue
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NOTICE: Final = timedelta(days=365)
"""Shortest time from the day that a deprecation is told to its end: what `/api/reference` promises."""

_POLICY: Final = "/api/reference#versions"
_HEADERS: Final = "x-deprecation"


def deprecated(*, since: date, sunset: date, instead: str) -> dict[str, JsonValue]:
    """What a route has as `openapi_extra`. Raises ValueError when there is less time to change than promised."""
    if sunset - since < NOTICE:
        raise ValueError(f"{sunset - since} is less than the {NOTICE} that clients are promised")
    begins, ends = (datetime.combine(day, time(), UTC) for day in (since, sunset))
    return {
        "deprecated": True,
        _HEADERS: {
            "Deprecation": f"@{int(begins.timestamp())}",
            "Sunset": format_datetime(ends, usegmt=True),
            "Link": f'<{_POLICY}>; rel="deprecation", <{_POLICY}>; rel="sunset", <{instead}>; rel="successor-version"',
        },
    }


class Deprecation:
    """Adds the headers to whatever such a route answers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def telling(message: Message) -> None:
            if message["type"] == "http.response.start":
                extra = getattr(scope.get("route"), "openapi_extra", None) or {}
                MutableHeaders(scope=message).update(extra.get(_HEADERS, {}))
            await send(message)

        await self._app(scope, receive, telling if scope["type"] == "http" else send)
