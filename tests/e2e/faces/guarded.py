"""What every answer tells a browser: to trust nothing but us."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import httpx2

_SAID: Final[Mapping[str, str]] = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
_POLICY: Final = ("default-src 'none'", "script-src 'self'", "form-action 'self'", "frame-ancestors 'none'")


def unguarded(answer: httpx2.Response) -> Iterator[str]:
    """What is missing in an answer's headers and cookies."""
    where = f"{answer.request.method} {answer.request.url.path} {answer.status_code}"
    for name, value in _SAID.items():
        if answer.headers.get(name) != value:
            yield f"{where}: {name} is {answer.headers.get(name)}"
    policy = answer.headers.get("content-security-policy", "")
    # A file that quotes documents may do nothing at all, but have its own style.
    sealed = policy.startswith("sandbox; default-src 'none'")
    if not sealed and (any(each not in policy for each in _POLICY) or "unsafe" in policy):
        yield f"{where}: {policy}"
    for cookie in answer.headers.get_list("set-cookie"):
        said = {each.strip().casefold() for each in cookie.split(";")}
        if not {"httponly", "samesite=lax", "path=/"} <= said:
            yield f"{where}: {cookie.partition('=')[0]} is a cookie that others may have"
