"""`python -m tests.benchmark.audit.gate`: how long the gate takes over NATS, beside an empty request in the same run.

The audit service runs as its own process on a real server, with a deployment decision and an authority's own table;
questions and answers are asked in turn, one at a time, and each after an empty request to a process that only answers.
Every other answer has a support that was not asked of before, as few have: one that is verbatim has 1.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from nats.aio.msg import Msg

from allmanning.contracts.access.v1.access_pb import Role, Secrecy
from allmanning.contracts.audit.v1.audit_pb import GateInput, GateRequest, GateResponse, Stage, Verdict
from allmanning.runtime import streams, subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import PlatformError
from allmanning.runtime.settings import Settings
from tests.conftest import free_port, start_nats
from tests.deployment import deployed

AUTHORITY: Final = "exempelby"
TARGET_MS: Final = 1.0
WARM_UP: Final = 300
EMPTY: Final = "index.v1.empty"
QUESTION: Final = GateInput(
    stage=Stage.REQUEST, use_case="allmän fråga", role=Role.CITIZEN, channel="citizen", language="sv", acute=False,
    wants_human=False, individual_decision=False, manipulation=False, personal_data=False, appeal_route="ej_ärende",
)  # fmt: skip
ANSWER: Final = GateInput(
    stage=Stage.RELEASE, use_case="allmän fråga", role=Role.CITIZEN, channel="citizen", language="sv",
    weakest_support=0.9, citation_coverage=1.0, highest_secrecy=Secrecy.OPEN, retrieved_secrecy=Secrecy.OPEN,
    verbatim=True, is_decision=False, appeal_route="ej_ärende",
)  # fmt: skip


def settings(port: int, password: str, user: str) -> Settings:
    return Settings.model_validate(
        {"nats_url": f"nats://127.0.0.1:{port}", "nats_user": user, "nats_password": password}
    )


async def answer_nothing(port: int, password: str) -> None:
    """The process that an empty request goes to."""
    bus = await Bus.connect(settings(port, password, "index"), name="index")

    async def answer(message: Msg) -> None:
        await bus.nc.publish(message.reply, b"")

    await bus.nc.subscribe(EMPTY, cb=answer)
    await asyncio.Event().wait()


async def timed(ask: Callable[[], Awaitable[object]]) -> float:
    started = time.perf_counter()
    await ask()
    return (time.perf_counter() - started) * 1000


async def measure(bus: Bus, count: int) -> tuple[list[float], list[float], list[float]]:
    """Milliseconds of each empty request, of evaluations of known facts, and of facts never asked of before."""
    requests = [GateRequest(authority=AUTHORITY, decision_id="d", input=each) for each in (QUESTION, ANSWER)]
    empty: list[float] = []
    known: list[float] = []
    new: list[float] = []
    for number in range(WARM_UP + count):
        request = requests[number % 2]
        if number % 4 == 3:
            request = GateRequest.from_binary(request.to_binary())
            assert request.input is not None
            request.input.weakest_support = 0.8 + number / 1_000_000
        empty.append(await timed(lambda: bus.nc.request(EMPTY, b"", timeout=2)))
        taken = await timed(lambda request=request: bus.call(subjects.AUDIT_GATE, request, GateResponse))
        if number >= WARM_UP:
            (new if number % 4 == 3 else known).append(taken)
    return empty[WARM_UP:], known, new


def line(name: str, taken: list[float]) -> str:
    cut = statistics.quantiles(taken, n=100)
    return f"{name:<24} {statistics.median(taken):7.3f} {cut[94]:7.3f} {cut[98]:7.3f}"


async def ready(bus: Bus) -> None:
    for _ in range(200):
        try:
            verdict = await bus.call(
                subjects.AUDIT_GATE, GateRequest(authority=AUTHORITY, input=QUESTION), GateResponse
            )
        except PlatformError:
            await asyncio.sleep(0.1)
        else:
            assert verdict.verdict == Verdict.REVIEW
            return
    raise RuntimeError("the audit service did not start")


async def run(port: int, password: str, count: int) -> None:
    bus = await Bus.connect(settings(port, password, "node"), name="node")
    try:
        await ready(bus)
        await deployed(bus, AUTHORITY)
        for given in (QUESTION, ANSWER):
            request = GateRequest(authority=AUTHORITY, decision_id="d", input=given)
            verdict = await bus.call(subjects.AUDIT_GATE, request, GateResponse)
            assert verdict.verdict == Verdict.AUTO, verdict
        empty, known, new = await measure(bus, count)
    finally:
        await bus.close()
    print(f"{'milliseconds':<24} {'p50':>7} {'p95':>7} {'p99':>7}   ({count} requests of each kind, one at a time)")
    print(line("empty NATS request", empty))
    print(line("gate, known facts", known))
    print(line("gate, new facts", new))
    p95 = statistics.quantiles([*known, *new], n=100)[94]
    print(f"target: p95 under {TARGET_MS:.0f} ms: {'reached' if p95 < TARGET_MS else 'missed'}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2_000)
    parser.add_argument("--answer-nothing", nargs=2, metavar=("PORT", "PASSWORD"))
    arguments = parser.parse_args()
    if arguments.answer_nothing:
        asyncio.run(answer_nothing(int(arguments.answer_nothing[0]), arguments.answer_nothing[1]))
        return
    with tempfile.TemporaryDirectory() as name:
        folder, port, password = Path(name), free_port(), f"p{secrets.token_hex(8)}"
        server = start_nats(folder, port, password)
        asyncio.run(_declare(port, password))
        environment = os.environ | {
            "ALLMANNING_NATS_URL": f"nats://127.0.0.1:{port}",
            "ALLMANNING_NATS_USER": "audit",
            "ALLMANNING_NATS_PASSWORD": password,
            "ALLMANNING_DATA_DIR": str(folder / "data"),
        }
        silent = [sys.executable, "-m", "tests.benchmark.audit.gate", "--answer-nothing", str(port), password]
        processes = [
            subprocess.Popen([sys.executable, "-m", "allmanning.audit"], env=environment, stderr=subprocess.DEVNULL),
            subprocess.Popen(silent),
        ]
        try:
            asyncio.run(run(port, password, arguments.count))
        finally:
            for process in (*processes, server):
                process.terminate()
                process.wait()


async def _declare(port: int, password: str) -> None:
    bus = await Bus.connect(settings(port, password, "node"), name="node")
    await streams.apply(bus.js)
    await bus.close()


if __name__ == "__main__":
    main()
