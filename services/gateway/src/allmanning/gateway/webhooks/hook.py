"""A webhook: where an authority wants to be told, and of what."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

Kind: TypeAlias = Literal[
    "review.opened",
    "review.closed",
    "review.due",
    "document.ingested",
    "document.rejected",
    "document.retired",
]
PING: Final = "webhook.ping"

State: TypeAlias = Literal["active", "disabled"]


@dataclass(frozen=True)
class Hook:
    """Times are seconds since 1970, 0 for never. `secret` signs; `former` too, until `former_until`. An empty
    secret could not be opened: such a webhook is disabled.

    `failing_since`: when the first of the attempts failed that nothing has got through since. `reason` says in Swedish
    why the hook is disabled, empty while it is active.
    """

    id: str
    authority: str
    url: str
    kinds: tuple[Kind, ...]
    secret: bytes = field(repr=False)
    created_at: float
    former: bytes = field(default=b"", repr=False)
    former_until: float = 0.0
    state: State = "active"
    reason: str = ""
    failing_since: float = 0.0

    def secrets(self, now: float) -> list[bytes]:
        """Those that sign now, the newest first."""
        return [self.secret, self.former] if self.former and now < self.former_until else [self.secret]


@dataclass(frozen=True)
class Happened:
    """Something to tell: `id` is the same each time it is told of, `data` holds identifiers and states only."""

    id: str
    authority: str
    kind: str
    at: str
    data: dict[str, str]


@dataclass(frozen=True)
class Delivery:
    """Something to tell one hook. `id` is sent as `webhook-id`; `error` is a code, `status` HTTP's, 0 without one."""

    id: str
    hook: str
    kind: str
    body: bytes
    state: Literal["waiting", "delivered", "dead"]
    attempts: int
    created_at: float
    next_at: float
    status: int
    error: str
