"""A log that is published, and witnesses of it that are reached without a network."""

from __future__ import annotations

from pathlib import Path

import httpx2
from fastapi import FastAPI

from allmanning.audit.log.origin import origin_of
from allmanning.audit.log.policy import Policy
from allmanning.audit.log.store import Store
from allmanning.audit.publication.publisher import Publisher
from allmanning.audit.publication.witnesses import Witnesses
from allmanning.audit.witness.app import create_app
from allmanning.audit.witness.keys import make_keys, read_keys
from allmanning.audit.witness.state import State
from allmanning.audit.witness.witness import Witness
from tests.unit.audit.follower import Follower
from tests.unit.audit.producer import AUTHORITY, Producer, put

ORIGIN = origin_of(AUTHORITY, "2026h2")


def grow(store: Store, producer: Producer, count: int) -> None:
    leaves = [producer.record("answer.released", "d") for _ in range(count)]
    put(store, leaves, len(producer.leaves))


def publisher(store: Store, root: Path, witnesses: Witnesses | None = None) -> Publisher:
    return Publisher(store, root, witnesses, every_s=0.01, alarm_after_s=0.0)


def follower(store: Store, root: Path) -> Follower:
    log = root / AUTHORITY / "2026h2"

    def fetch(name: str) -> bytes | None:
        return (log / name).read_bytes() if (log / name).exists() else None

    return Follower(str(store.keys.of(ORIGIN).verifier), fetch)


def shown(root: Path) -> str:
    path = root / AUTHORITY / "2026h2" / "checkpoint"
    return path.read_text() if path.exists() else ""


class Neighbours:
    """Witnesses that are reached without a network. One that is away answers nothing."""

    def __init__(self, root: Path, *names: str) -> None:
        self.root = root
        self.names = names
        self.away: set[str] = set()
        self._apps: dict[str, FastAPI] = {}
        for name in names:
            keys = make_keys(root / name / "witness.key", f"{name}.example")
            self._apps[f"{name}.example"] = create_app(Witness(keys, self.state(name)))

    def state(self, name: str) -> State:
        return State(self.root / name / "witness.db")

    def policy(self, quorum: str = "all") -> Policy:
        lines = [
            f"witness {name} {read_keys(self.root / name / 'witness.key')[0].verifier} http://{name}.example/"
            for name in self.names
        ]
        return Policy.parse(
            ("\n".join([*lines, f"group g {quorum} {' '.join(self.names)}", "quorum g"]) + "\n").encode()
        )

    def witnesses(self, quorum: str = "all") -> Witnesses:
        return Witnesses(self.policy(quorum), self.client())

    def client(self) -> httpx2.AsyncClient:
        async def handle(request: httpx2.Request) -> httpx2.Response:
            if request.url.host.removesuffix(".example") in self.away:
                raise httpx2.ConnectError("away")
            return await httpx2.ASGITransport(self._apps[request.url.host]).handle_async_request(request)

        return httpx2.AsyncClient(transport=httpx2.MockTransport(handle))
