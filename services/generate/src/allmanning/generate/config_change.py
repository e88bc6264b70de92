"""A change of how an authority is answered: on record before it is in force, and when it does not come into force."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.runtime.errors import PlatformError
from allmanning.runtime.identity import uuid7
from allmanning.runtime.record import Content, Json, Recorder

T = TypeVar("T")


async def changed(
    recorder: Recorder,
    principal: Principal,
    authority: str,
    fields: Mapping[str, Json],
    parts: Mapping[str, Content],
    put: Callable[[str], Awaitable[T]],
) -> T:
    """What `put` makes of the id of the record. `fields` tell what was changed; who did is added.

    Raises:
        Unavailable: `audit.unavailable`; nothing was changed. What `put` raises.
    """
    # One change is one matter: a record that it did not come into force belongs to it.
    matter, told = uuid7(), {**fields, "role": "admin"}
    sealed = {"actor": Content({"key_id": principal.key_id, "role": "admin"}, retention="B"), **parts}
    record = await recorder.record("config.changed", authority=authority, decision_id=matter, fields=told, parts=sealed)
    try:
        return await put(record)
    except PlatformError as error:
        told = {**told, "not_in_force": error.code}
        await recorder.record("config.changed", authority=authority, decision_id=matter, fields=told, parts=sealed)
        raise
