"""Send Protobuf messages over NATS: ask a service, follow a streamed answer, publish an event."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Mapping
from typing import TypeVar

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError
from nats.errors import NoRespondersError
from nats.errors import TimeoutError as NatsTimeout
from nats.js import JetStreamContext
from nats.js.api import Header
from nats.js.errors import Error as JetStreamError
from opentelemetry.trace import SpanKind
from protobuf import Message

from allmanning.runtime import subjects, wire
from allmanning.runtime.errors import TimedOut, TooLarge, Unavailable
from allmanning.runtime.settings import Settings
from allmanning.runtime.telemetry import span_of, trace_headers

Answer = TypeVar("Answer", bound=Message)

PUBLISH_TIMEOUT_S = 5.0
# Room for the headers that go with a message.
HEADERS_BYTES = 8_192

log = logging.getLogger(__name__)


def _service_of(subject: str) -> str:
    return subject.partition(".")[0]


def _not_running(subject: str) -> Unavailable:
    service = _service_of(subject)
    return Unavailable(f"{service}.unavailable", f"Tjänsten {service} svarar inte just nu. Försök igen om en stund.")


class Bus:
    """A connection to NATS, and another for events. Thread-bound to the event loop that opened it.

    The server writes an event to the disk before it reads on from the connection that it came by: what is asked
    meanwhile would wait for the disk too.
    """

    def __init__(self, nc: Client, events: Client | None = None) -> None:
        self.nc = nc
        self.js: JetStreamContext = nc.jetstream(timeout=PUBLISH_TIMEOUT_S)
        self._events = events or nc
        self._publishing = self._events.jetstream(timeout=PUBLISH_TIMEOUT_S)

    @classmethod
    async def connect(cls, settings: Settings, *, name: str, timeout_s: float = 5.0) -> Bus:
        """Connect, waiting for a server that is still starting, and keep reconnecting while the process lives.

        Raises:
            Unavailable: `nats.unavailable`, when no server answers within `timeout_s`.
        """
        try:
            # With endless reconnects the client tries the first connection for ever too.
            async with asyncio.timeout(timeout_s):
                nc = await _connected(settings, name)
                try:
                    return cls(nc, await _connected(settings, name))
                except BaseException:
                    await nc.close()
                    raise
        except (NatsError, OSError, TimeoutError) as error:
            raise Unavailable("nats.unavailable", f"Ingen NATS-server svarar på {settings.nats_url}.") from error

    async def call(self, subject: str, request: Message, answer: type[Answer], *, timeout_s: float = 10.0) -> Answer:
        """Ask a service and wait for its answer.

        Raises:
            PlatformError: what the service answered, `<service>.unavailable` when none is running,
                `<service>.timeout` when it took longer than `timeout_s`, `message.too_large`.
        """
        with span_of(subject, SpanKind.CLIENT):
            try:
                reply = await self.nc.request(
                    subject, self._encoded(request), timeout=timeout_s, headers=trace_headers()
                )
            except NatsTimeout as error:
                raise TimedOut(f"{_service_of(subject)}.timeout", "Svaret dröjde för länge. Försök igen.") from error
            except NatsError as error:
                raise _not_running(subject) from error
            wire.raise_error(reply.headers or {})
            return answer.from_binary(reply.data)

    async def stream(
        self, subject: str, request: Message, answer: type[Answer], *, idle_timeout_s: float = 15.0
    ) -> AsyncGenerator[Answer]:
        """Ask a service and follow its answers until it ends the stream.

        Closing the iterator early tells the service to stop working. Raises like `call`; `idle_timeout_s` is the
        longest silence, and a living service is never silent for more than a third of it.
        """
        inbox = self.nc.new_inbox()
        # Nobody else has it.
        request_id = inbox.rpartition(".")[2]
        replies = await self.nc.subscribe(inbox)
        ended = False
        try:
            with span_of(subject, SpanKind.CLIENT):
                headers = trace_headers() | {wire.REQUEST_ID: request_id}
                await self.nc.publish(subject, self._encoded(request), reply=inbox, headers=headers)
            while True:
                reply = await self._next(subject, replies, idle_timeout_s)
                reply_headers = reply.headers or {}
                if reply_headers.get("Status") == "503":
                    ended = True
                    raise _not_running(subject)
                ended = wire.ERROR_STATUS in reply_headers
                wire.raise_error(reply_headers)
                marker = reply_headers.get(wire.STREAM)
                if marker == wire.STREAM_END:
                    ended = True
                    return
                if marker != wire.STREAM_ALIVE:
                    yield answer.from_binary(reply.data)
        finally:
            with contextlib.suppress(NatsError):
                await replies.unsubscribe()
                if not ended:
                    await self.nc.publish(subjects.cancel(_service_of(subject), request_id))

    @staticmethod
    async def _next(subject: str, replies: Subscription, timeout_s: float) -> Msg:
        try:
            return await replies.next_msg(timeout=timeout_s)
        except NatsTimeout as error:
            raise TimedOut(f"{_service_of(subject)}.timeout", "Svaret dröjde för länge. Försök igen.") from error
        except NoRespondersError as error:
            raise _not_running(subject) from error

    async def publish(
        self, subject: str, event: Message, *, message_id: str, headers: Mapping[str, str] | None = None
    ) -> None:
        """Publish an event; returns when JetStream has it on disk. A second one with the same id is dropped there.

        Raises:
            Unavailable: `events.unavailable`, when the stream does not confirm.
        """
        with span_of(subject, SpanKind.PRODUCER):
            try:
                said = trace_headers() | dict(headers or {}) | {wire.MESSAGE_ID: message_id}
                await self._publishing.publish(subject, self._encoded(event), headers=said)
            except (NatsError, JetStreamError, TimeoutError) as error:
                raise Unavailable(
                    "events.unavailable", "Händelsen kunde inte sparas. Försök igen om en stund."
                ) from error

    async def count(self, subject: str, by: int) -> int:
        """Add to a counter (NATS ADR-49); returns its total once that is on disk.

        Raises:
            Unavailable: `events.unavailable`, when the stream does not confirm.
        """
        try:
            counted = await self._publishing.publish(subject, headers={Header.INCR.value: f"+{by}"})
        except (NatsError, JetStreamError, TimeoutError) as error:
            raise Unavailable("events.unavailable", "Räknaren kunde inte sparas. Försök igen om en stund.") from error
        return int(counted.val or 0)

    def _encoded(self, message: Message) -> bytes:
        """The bytes of a message. Raises `TooLarge`: `message.too_large`, for what NATS would not carry."""
        data = message.to_binary()
        if len(data) > self.nc.max_payload - HEADERS_BYTES:
            raise TooLarge("message.too_large", f"Meddelandet är för stort ({len(data) // 1024} kB).")
        return data

    async def close(self) -> None:
        """Send what is buffered and disconnect."""
        for each in {self.nc, self._events}:
            with contextlib.suppress(NatsError, TimeoutError):
                await each.flush(timeout=2)
            await each.close()


async def _connected(settings: Settings, name: str) -> Client:
    nc: Client | None = None

    async def report(error: Exception) -> None:
        if nc is not None:
            log.warning("nats: %s", type(error).__name__)

    nc = await nats.connect(
        servers=settings.nats_url.split(","),
        name=name,
        user=settings.nats_user or None,
        password=settings.nats_password or None,
        # Each service may subscribe to its own inboxes only (see permissions.py).
        inbox_prefix=f"_INBOX.{name}",
        allow_reconnect=True,
        max_reconnect_attempts=-1,
        reconnect_time_wait=0.1,
        connect_timeout=5,
        drain_timeout=int(settings.drain_timeout_s),
        error_cb=report,
    )
    return nc
