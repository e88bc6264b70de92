"""Tell receivers: one signed POST each, never followed elsewhere, never into our own network."""

from __future__ import annotations

import asyncio
import logging
import time
from http.cookiejar import CookieJar, DefaultCookiePolicy
from importlib.metadata import version
from typing import Final

import httpx2

from allmanning.gateway.webhooks.hook import Delivery
from allmanning.gateway.webhooks.hooks import Hooks
from allmanning.gateway.webhooks.outbox import Outbox
from allmanning.gateway.webhooks.signature import signed
from allmanning.runtime.errors import NotFound
from allmanning.runtime.guarded_http import GuardedTransport, address_refused

log = logging.getLogger(__name__)

USER_AGENT: Final = f"allmanning/{version('allmanning-gateway')} (webhooks of a public authority)"
_AT_ONCE: Final = 16
_LOOK_EVERY_S: Final = 1.0
_TIDY_EVERY_S: Final = 3_600.0
# Standard Webhooks asks for 15 to 30 s.
_TIMEOUT: Final = httpx2.Timeout(20.0)

# It would log addresses, which may hold what should not be seen.
logging.getLogger("httpx2").setLevel(logging.WARNING)


class Sender:
    """Takes what is due from the outbox, until it is cancelled."""

    def __init__(self, hooks: Hooks, outbox: Outbox, private_hosts: frozenset[str]) -> None:
        self._hooks = hooks
        self._outbox = outbox
        self._private_hosts = private_hosts
        self.wake = asyncio.Event()

    async def run(self) -> None:
        """Send for ever; a failure is kept in the outbox, so this ends only when the outbox itself fails."""
        tidied = 0.0
        async with httpx2.AsyncClient(
            transport=GuardedTransport(self._private_hosts, max_connections=_AT_ONCE),
            timeout=_TIMEOUT,
            headers={"User-Agent": USER_AGENT},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            follow_redirects=False,
            trust_env=False,
        ) as client:
            while True:
                self.wake.clear()
                due = await asyncio.to_thread(self._outbox.take, time.time(), _AT_ONCE)
                await asyncio.gather(*(self._send(client, each) for each in due))
                if time.monotonic() - tidied > _TIDY_EVERY_S:
                    tidied = time.monotonic()
                    await asyncio.to_thread(self._outbox.tidy, time.time())
                if not due:
                    await self._pause()

    async def _pause(self) -> None:
        try:
            await asyncio.wait_for(self.wake.wait(), _LOOK_EVERY_S)
        except TimeoutError:
            return

    async def _send(self, client: httpx2.AsyncClient, delivery: Delivery) -> None:
        row = await asyncio.to_thread(self._outbox.hook_of, delivery)
        try:
            hook = self._hooks.one(row["authority"], row["id"]) if row else None
        except NotFound:
            hook = None
        if hook is None:
            return
        now = time.time()
        headers = signed(delivery.id, int(now), delivery.body, hook.secrets(now))
        status, error = 0, ""
        try:
            async with client.stream(
                "POST", hook.url, content=delivery.body, headers={"Content-Type": "application/json", **headers}
            ) as answer:
                status = answer.status_code
        except (httpx2.HTTPError, httpx2.InvalidURL) as failure:
            error = "webhook.address_refused" if address_refused(failure) else "webhook.no_answer"
        else:
            if answer.is_redirect:
                error = "webhook.redirected"
            elif not answer.is_success:
                error = "webhook.refused"
        if not error:
            await asyncio.to_thread(self._outbox.told, delivery, status, time.time())
            return
        log.info("webhook %s: attempt %d of %s: %s %d", hook.id, delivery.attempts + 1, delivery.kind, error, status)
        gone = status == httpx2.codes.GONE
        await asyncio.to_thread(self._outbox.failed, delivery, status, error, time.time(), gone=gone)
