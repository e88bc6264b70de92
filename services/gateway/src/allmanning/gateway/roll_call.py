"""Which services answer now: NATS micro's `$SRV.PING`, asked of all at once."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import Counter
from collections.abc import Collection
from typing import Final

from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from allmanning.runtime.bus import Bus

# A service on the same cluster answers in milliseconds; one that needs longer can't take questions either.
WAIT_S: Final = 1.0


async def roll_call(bus: Bus, expected: Collection[str]) -> dict[str, int] | None:
    """Instances that answered, by service, 0 for an expected one that did not; None without NATS."""
    answered: Counter[str] = Counter()
    complete = asyncio.Event()

    async def note(reply: Msg) -> None:
        with contextlib.suppress(ValueError, KeyError):
            answered[str(json.loads(reply.data)["name"])] += 1
        if all(answered[name] for name in expected):
            complete.set()

    if not bus.nc.is_connected:
        return None
    try:
        inbox = bus.nc.new_inbox()
        replies = await bus.nc.subscribe(inbox, cb=note)
        await bus.nc.publish("$SRV.PING", reply=inbox)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(complete.wait(), WAIT_S)
        await replies.unsubscribe()
    except NatsError:
        return None
    return {name: answered[name] for name in sorted({*expected, *answered})}
