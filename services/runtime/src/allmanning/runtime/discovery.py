"""Make a service findable: NATS micro (ADR-32) `$SRV.PING`, `$SRV.INFO` and `$SRV.STATS`, answered truthfully.

nats-py's own `nats.micro` awaits each handler before it takes the next message. Answering concurrently through it
leaves its statistics counting only the acceptance of a request, so this module keeps them where the work ends.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from allmanning.runtime.identity import uuid7

QUEUE = "q"


@dataclass
class EndpointStats:
    """What one endpoint has done since it started; times in nanoseconds, as ADR-32 has them."""

    name: str
    subject: str
    num_requests: int = 0
    num_errors: int = 0
    last_error: str = ""
    processing_time: int = 0

    def done(self, started_ns: int, error_code: str = "") -> None:
        """Count one finished request that began at `time.perf_counter_ns() == started_ns`."""
        self.num_requests += 1
        self.processing_time += time.perf_counter_ns() - started_ns
        if error_code:
            self.num_errors += 1
            self.last_error = error_code

    def as_dict(self) -> dict[str, str | int]:
        average = self.processing_time // self.num_requests if self.num_requests else 0
        return {
            "name": self.name,
            "subject": self.subject,
            "queue_group": QUEUE,
            "num_requests": self.num_requests,
            "num_errors": self.num_errors,
            "last_error": self.last_error,
            "processing_time": self.processing_time,
            "average_processing_time": average,
        }


@dataclass
class Discovery:
    """Answers who this service is, what it offers and how it has done."""

    name: str
    version: str
    description: str
    endpoints: Sequence[EndpointStats]
    id: str = field(default_factory=uuid7)
    started: str = field(default_factory=lambda: datetime.now(UTC).isoformat().replace("+00:00", "Z"))
    _subscriptions: list[Subscription] = field(default_factory=list)

    async def announce(self, nc: Client) -> None:
        """Start to answer. Call it last, when the service is ready."""
        for verb in ("PING", "INFO", "STATS"):
            for subject in (f"$SRV.{verb}", f"$SRV.{verb}.{self.name}", f"$SRV.{verb}.{self.name}.{self.id}"):
                self._subscriptions.append(await nc.subscribe(subject, cb=self._answer))
        await nc.flush()

    async def withdraw(self) -> None:
        """Stop to answer, first thing when the service stops."""
        for subscription in self._subscriptions:
            await subscription.unsubscribe()
        self._subscriptions.clear()

    async def _answer(self, message: Msg) -> None:
        verb = message.subject.split(".")[1]
        await message.respond(json.dumps(self._facts(verb)).encode())

    def _facts(self, verb: str) -> dict[str, object]:
        facts: dict[str, object] = {
            "type": f"io.nats.micro.v1.{verb.lower()}_response",
            "name": self.name,
            "id": self.id,
            "version": self.version,
            "metadata": {},
        }
        if verb == "INFO":
            facts["description"] = self.description
            facts["endpoints"] = [
                {"name": each.name, "subject": each.subject, "queue_group": QUEUE, "metadata": {}}
                for each in self.endpoints
            ]
        if verb == "STATS":
            facts["started"] = self.started
            facts["endpoints"] = [each.as_dict() for each in self.endpoints]
        return facts
