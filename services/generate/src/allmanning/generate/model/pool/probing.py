"""Ask replicas whether they are well, so that a dead one is known before somebody's question finds out."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from typing import Final

from allmanning.generate.model.pool.replica import Replica

_PATIENCE_S: Final = 3.0

log = logging.getLogger(__name__)


async def probe(replicas: Sequence[Replica], *, every_s: float) -> None:
    """Probe all of them at once, again and again, until cancelled."""
    while True:
        await asyncio.sleep(every_s)
        await asyncio.gather(*(_probe(each) for each in replicas))


async def _probe(replica: Replica) -> None:
    was_closed = replica.breaker.closed
    try:
        async with asyncio.timeout(_PATIENCE_S):
            well = await replica.connection.is_well()
    except TimeoutError:
        well = False
    if well:
        # What it said of waiting still holds; only a breaker that failures opened is closed.
        if not replica.breaker.closed:
            replica.breaker.succeeded()
    else:
        replica.breaker.failed(time.monotonic())
    if replica.breaker.closed != was_closed:
        log.warning("model server %s is %s", replica.number, "well again" if replica.breaker.closed else "not well")
