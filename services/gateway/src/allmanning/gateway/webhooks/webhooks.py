"""All of it together, as the gateway runs it."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from typing import Final

from allmanning.gateway.kept_key import kept_key
from allmanning.gateway.settings import GatewaySettings
from allmanning.gateway.webhooks.database import open_webhooks
from allmanning.gateway.webhooks.hooks import Hooks
from allmanning.gateway.webhooks.intake import Intake
from allmanning.gateway.webhooks.outbox import Outbox
from allmanning.gateway.webhooks.sender import Sender
from allmanning.runtime.bus import Bus
from allmanning.runtime.cancel import cancel

log = logging.getLogger(__name__)

_AGAIN_AFTER_S: Final = 5.0


class Webhooks:
    """The webhooks, what is to be told, and what wakes the one that tells."""

    def __init__(self, hooks: Hooks, outbox: Outbox, sender: Sender, intake: Intake) -> None:
        self.hooks = hooks
        self.outbox = outbox
        self.sender = sender
        self.intake = intake


@asynccontextmanager
async def running(settings: GatewaySettings, bus: Bus) -> AsyncIterator[Webhooks]:
    """Webhooks that take in events and tell of them, until the block ends."""
    lock = threading.Lock()
    with closing(open_webhooks(settings.data_dir)) as database:
        hooks, outbox = Hooks(database, lock, kept_key(settings.sealing_key_file)), Outbox(database, lock)
        hooks.warm_up()
        sender = Sender(hooks, outbox, settings.webhook_hosts)
        intake = Intake(bus, hooks, outbox, sender.wake)
        work = (intake.documents, intake.reviews, intake.due, sender.run)
        tasks = [asyncio.create_task(_always(each)) for each in work]
        try:
            yield Webhooks(hooks, outbox, sender, intake)
        finally:
            await cancel(tasks)


async def _always(work: Callable[[], Awaitable[None]]) -> None:
    """The pages and the API go on without webhooks; whatever stopped them is tried again."""
    while True:
        try:
            await work()
        except Exception:
            log.exception("webhooks: %s stopped", getattr(work, "__name__", "work"))
        await asyncio.sleep(_AGAIN_AFTER_S)
