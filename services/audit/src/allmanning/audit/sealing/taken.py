"""Let content go from NATS once it is stored here."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from nats.errors import Error as NatsError
from nats.js.errors import Error as JetStreamError

from allmanning.runtime.bus import Bus
from allmanning.runtime.streams import stream_of

EVERY_S: Final = 1.0
_CONSUMER: Final = "audit-content"

log = logging.getLogger(__name__)


async def forget_taken(bus: Bus) -> None:
    """Purge the content stream up to where all is acknowledged, again and again.

    Not a work queue: an existing stream can't be made one, and one that is deleted to be made anew would lose what is
    on its way.
    """
    purged = 0
    while True:
        try:
            purged = await _forget(bus, purged)
        except (NatsError, JetStreamError, TimeoutError) as error:
            log.warning("the content stream is not purged: %s", type(error).__name__)
        await asyncio.sleep(EVERY_S)


async def _forget(bus: Bus, purged: int) -> int:
    stream = stream_of(_CONSUMER)
    info = await bus.js.consumer_info(stream, _CONSUMER)
    floor: int = info.ack_floor.stream_seq if info.ack_floor else 0
    if floor <= purged:
        return purged
    await bus.js.purge_stream(stream, seq=floor + 1)
    return floor
