"""The part of a record that says who did what it tells of."""

from __future__ import annotations

from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.runtime.record import Content, Json


def actor(principal: Principal) -> Content:
    """Who it was, by the pseudonym of the key; kept as long as the decision (class B)."""
    who: Json = {"key_id": principal.key_id, "role": principal.role.name.lower(), "unit": principal.unit}
    return Content(who, retention="B")
