"""The part of a record that says who did what it tells of."""

from __future__ import annotations

import json
from typing import Final

from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.reading import Reading
from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.runtime.record import Content, Json

ACTOR: Final = "actor"


def actor(principal: Principal) -> Content:
    """Who it was, by the pseudonym of the key; kept as long as the decision (class B)."""
    who: Json = {"key_id": principal.key_id, "role": principal.role.name.lower(), "unit": principal.unit}
    return Content(who, retention="B")


def key_in(who: Json) -> str:
    """The key of an actor's part; empty when it is none."""
    key = who.get("key_id") if isinstance(who, dict) else None
    return key if isinstance(key, str) else ""


def key_of(log: Reading, leaf: Leaf) -> str:
    """Key of whoever left a record; empty when the log no longer says."""
    part = log.parts(leaf).get(ACTOR)
    return key_in(json.loads(part.content)) if part is not None and part.content else ""
