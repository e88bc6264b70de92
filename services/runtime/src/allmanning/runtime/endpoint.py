"""Answer requests: `Endpoint` with one message, `StreamEndpoint` with several.

nats-py awaits a callback before it takes the next message, so each request is handled in a task of its own; a
semaphore bounds how many run, and what does not fit waits in the subscription.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from nats.aio.client import Client
from nats.aio.msg import Msg
from opentelemetry.trace import SpanKind
from protobuf import Message

from allmanning.runtime import wire
from allmanning.runtime.cancel import cancel
from allmanning.runtime.discovery import EndpointStats
from allmanning.runtime.errors import InvalidInput, PlatformError
from allmanning.runtime.telemetry import span_of

Req = TypeVar("Req", bound=Message)
Res = TypeVar("Res", bound=Message)

ALIVE_EVERY_S = 3.0

log = logging.getLogger(__name__)


class Answering(Protocol):
    """What a server needs to know of an endpoint."""

    @property
    def subject(self) -> str: ...
    @property
    def concurrency(self) -> int: ...
    async def answer(self, nc: Client, message: Msg) -> None:
        """Handle one request and send all its replies; raises what went wrong."""


def _decoded(kind: type[Req], data: bytes) -> Req:
    try:
        return kind.from_binary(data)
    except ValueError as error:
        raise InvalidInput("message.malformed", f"Meddelandet är inte en {kind.__name__}.") from error


@dataclass(frozen=True)
class Endpoint(Generic[Req, Res]):
    """One request type, answered with one message; at most `concurrency` at a time."""

    subject: str
    request_type: type[Req]
    handle: Callable[[Req], Awaitable[Res]]
    concurrency: int = 16

    async def answer(self, nc: Client, message: Msg) -> None:
        result = await self.handle(_decoded(self.request_type, message.data))
        await nc.publish(message.reply, result.to_binary())


@dataclass(frozen=True)
class StreamEndpoint(Generic[Req, Res]):
    """One request type, answered with a stream that ends with an empty message.

    `handle` is an async generator. It is closed when the caller leaves; while it is silent, the caller hears every
    3 s that the work goes on.
    """

    subject: str
    request_type: type[Req]
    handle: Callable[[Req], AsyncIterator[Res]]
    concurrency: int = 64

    async def answer(self, nc: Client, message: Msg) -> None:
        answers = self.handle(_decoded(self.request_type, message.data))
        alive = asyncio.create_task(self._keep_alive(nc, message.reply))
        try:
            async for each in answers:
                await nc.publish(message.reply, each.to_binary())
            await nc.publish(message.reply, headers={wire.STREAM: wire.STREAM_END})
        finally:
            alive.cancel()
            if isinstance(answers, AsyncGenerator):
                await answers.aclose()

    @staticmethod
    async def _keep_alive(nc: Client, reply: str) -> None:
        while True:
            await asyncio.sleep(ALIVE_EVERY_S)
            await nc.publish(reply, headers={wire.STREAM: wire.STREAM_ALIVE})


class Server:
    """Serves the endpoints of one service."""

    def __init__(self, nc: Client, service: str) -> None:
        self._nc = nc
        self._service = service
        self._running: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._stops: list[Callable[[], Awaitable[None]]] = []

    async def start(self, endpoints: list[tuple[Answering, EndpointStats]]) -> None:
        """Subscribe to every endpoint and to the cancellations of this service."""
        for endpoint, stats in endpoints:
            subscription = await self._nc.subscribe(
                endpoint.subject, queue="q", cb=self._accept(endpoint, stats, asyncio.Semaphore(endpoint.concurrency))
            )
            self._stops.append(subscription.unsubscribe)
        cancellations = await self._nc.subscribe(f"cancel.{self._service}.*", cb=self._cancel)
        self._stops.append(cancellations.unsubscribe)

    def _accept(
        self, endpoint: Answering, stats: EndpointStats, slots: asyncio.Semaphore
    ) -> Callable[[Msg], Awaitable[None]]:
        async def accept(message: Msg) -> None:
            await slots.acquire()
            task = asyncio.create_task(self._handle(endpoint, stats, message))
            request_id = (message.headers or {}).get(wire.REQUEST_ID, "")
            self._tasks.add(task)
            if request_id:
                self._running[request_id] = task

            def finished(done: asyncio.Task[None]) -> None:
                slots.release()
                self._tasks.discard(done)
                self._running.pop(request_id, None)

            task.add_done_callback(finished)

        return accept

    async def _handle(self, endpoint: Answering, stats: EndpointStats, message: Msg) -> None:
        started_ns = time.perf_counter_ns()
        code = ""
        with contextlib.suppress(Exception), span_of(endpoint.subject, SpanKind.SERVER, message.headers or {}):
            try:
                await endpoint.answer(self._nc, message)
            except asyncio.CancelledError:
                code = "cancelled"
                raise
            except Exception as error:
                code = error.code if isinstance(error, PlatformError) else "internal"
                if code == "internal":
                    log.exception("%s failed", endpoint.subject)
                if message.reply:
                    await self._nc.publish(message.reply, headers=wire.error_headers(error))
                raise
            finally:
                stats.done(started_ns, code)

    async def _cancel(self, message: Msg) -> None:
        if task := self._running.get(message.subject.rpartition(".")[2]):
            task.cancel()

    async def stop(self, timeout_s: float) -> None:
        """Take no new requests, let the running ones finish for `timeout_s`, then cancel them."""
        for stop in self._stops:
            await stop()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=timeout_s)
            await cancel(late)
