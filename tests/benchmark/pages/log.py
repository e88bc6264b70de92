"""`python -m tests.benchmark.pages.log`: how quick the pages under /log are with 10,000 and with 100,000 decisions.

A whole platform answers over HTTP. Its log is filled through the stream, as services fill it: four records a decision,
and every tenth is held, reviewed and closed by one of twelve reviewers. Each page is opened when the log has the first
number and again when it has the next, so that the figures of one run stand beside each other. All decisions are of
today, so that no period leaves any out. Takes some twenty minutes on two quiet cores.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import httpx2

from allmanning.runtime.bus import Bus
from allmanning.runtime.identity import uuid7
from allmanning.runtime.record import Content, Json, Recorder
from allmanning.runtime.settings import Settings
from tests.benchmark.generate.speed import p50, p95
from tests.platform_node import Platform

AUTHORITY: Final = "exempelby"
REACH_MS: Final = 200.0
SIZES: Final = (10_000, 100_000)
AT_ONCE: Final = 128
DOCUMENTS: Final = 500
REVIEWERS: Final = 12
UNITS: Final = ("BN", "SN", "KS")
OUTCOMES: Final = ("answered", "answered", "answered", "abstained", "refused", "handed_over")


class Filler:
    """Writes decisions as generate and the review service do."""

    def __init__(self, generate: Recorder, audit: Recorder) -> None:
        self._generate = generate
        self._audit = audit
        self._chance = random.Random(4)
        self.last = ""

    async def fill(self, count: int) -> None:
        """So many more."""
        for start in range(0, count, AT_ONCE):
            await asyncio.gather(*(self._one(number) for number in range(start, min(start + AT_ONCE, count))))

    async def _one(self, number: int) -> None:
        chance, decision = self._chance, uuid7()
        unit, document = chance.choice(UNITS), f"d{int(DOCUMENTS * chance.random() ** 2)}"
        one: dict[str, Json] = {"channel": chance.choice(("citizen", "internal", "api")), "unit": unit}
        one |= {"language": "sv", "role": "citizen", "use_case": "allmän fråga", "appeal_route": "ej_ärende"}
        question = f"Får jag bygga en altan på {number} kvadratmeter utan bygglov?"
        await self._record("question.received", decision, one, {"question": Content(question)})
        gate: Json = {"rule_id": chance.choice(("F6", "S1", "S6")), "rules": "sha256:r", "stage": "request"}
        await self._record("gate.evaluated", decision, {"gate": gate}, {})
        passage: Json = {"document": document, "version": "v1", "passage": f"{document}#1"}
        await self._record("retrieval.done", decision, {"passages": [passage]}, {})
        if number % 10:
            outcome = chance.choice(OUTCOMES)
            kind = {"answered": "answer.released", "handed_over": "escalated"}.get(outcome, f"answer.{outcome}")
            await self._record(kind, decision, {"outcome": outcome}, {"told": Content("Ja, om den är låg. [1]")})
        else:
            await self._reviewed(decision, unit)
        self.last = decision

    async def _reviewed(self, decision: str, unit: str) -> None:
        fields: dict[str, Json] = {"outcome": "review", "gate": {"unit": unit}}
        await self._record("review.opened", decision, fields, {"draft": Content("Ja, om den är låg. [1]")})
        measured: Json = {
            "active_seconds": self._chance.randrange(5, 300),
            "sources_opened": self._chance.randrange(3),
            "sources": 3,
            "draft_chars": 400,
            "edited_share": 0.1,
        }
        action, state = self._chance.choice((("approve", "approved"), ("edit", "edited"), ("reject", "rejected")))
        who: Json = {"key_id": f"key-{self._chance.randrange(REVIEWERS)}", "role": "caseworker", "unit": unit}
        parts = {"measured": Content(measured), "reviewer": Content(who), "action": Content(action)}
        await self._audit.record(
            "review.closed", authority=AUTHORITY, decision_id=decision, fields={"review": {"state": state}}, parts=parts
        )

    async def _record(self, kind: str, decision: str, fields: dict[str, Json], parts: dict[str, Content]) -> None:
        await self._generate.record(kind, authority=AUTHORITY, decision_id=decision, fields=fields, parts=parts)


def pages(decision: str) -> Sequence[tuple[str, str]]:
    """What is opened: a name, and a path."""
    return (
        ("overview", "/log"),
        ("find, newest", "/log/decisions"),
        ("find, outcome and channel", "/log/decisions?outcome=answered&channel=citizen"),
        ("find, cited rarely", "/log/decisions?document=d499"),
        ("find, a later page", "/log/decisions?before=20000"),
        ("one decision", f"/log/{decision}"),
        ("lint", "/log/lint"),
        ("oversight by unit", "/log/oversight"),
        ("oversight by hour", "/log/oversight?by=hour"),
        ("use", "/log/use"),
        ("contests", "/log/contests?all=true"),
        ("recalls", "/log/recalls"),
        ("samples", "/log/samples"),
        ("controls", "/log/controls"),
        ("disclosures", "/log/disclosures"),
        ("retention", "/log/retention"),
        ("certificates", "/log/certificates"),
        ("registers", "/log/registers"),
    )


def measure(client: httpx2.Client, path: str, count: int) -> list[float]:
    client.get(path).raise_for_status()
    times = []
    for _ in range(count):
        began = time.perf_counter()
        client.get(path).raise_for_status()
        times.append(1000 * (time.perf_counter() - began))
    return times


def until_taken_in(client: httpx2.Client, key: str, wanted: int) -> None:
    """Wait until the log has as many records: it takes them in behind the stream."""
    while True:
        logs = client.get("/v1/log", headers={"Authorization": f"Bearer {key}"}).json()["logs"]
        if sum(each["size"] for each in logs) >= wanted:
            return
        time.sleep(1)


async def _connected(platform: Platform, name: str) -> Bus:
    running = json.loads((platform.data / "node" / "running.json").read_text())
    passwords = json.loads((platform.data / "node" / "passwords.json").read_text())
    address = next(value for value in running.values() if str(value).startswith("nats://"))
    return await Bus.connect(Settings(nats_url=address, nats_user=name, nats_password=passwords[name]), name=name)


async def fill(platform: Platform, count: int) -> str:
    """Fill in so many decisions; the last one's number."""
    generate, audit = await _connected(platform, "generate"), await _connected(platform, "audit")
    try:
        filler = Filler(Recorder(generate, "generate"), Recorder(audit, "audit"))
        await filler.fill(count)
        return filler.last
    finally:
        await generate.close()
        await audit.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--count", type=int, default=15, help="how often each page is opened")
    asked = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before", flush=True)
    found: dict[str, list[list[float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        platform = Platform(Path(folder)).start()
        try:
            key, before = platform.key(AUTHORITY, "admin"), 0
            with httpx2.Client(base_url=platform.url, timeout=120) as client:
                client.post("/signin", data={"key": key}, headers={"Sec-Fetch-Site": "same-origin"})
                for size in asked.sizes:
                    began = time.monotonic()
                    last = asyncio.run(fill(platform, size - before))
                    until_taken_in(client, key, size * 4)
                    took = time.monotonic() - began
                    print(f"{size} decisions, {took:.0f} s to fill in the last {size - before}", flush=True)
                    before = size
                    for name, path in pages(last):
                        found.setdefault(name, []).append(measure(client, path, asked.count))
        finally:
            platform.stop()
    heads = [f"{size} p50, ms" for size in asked.sizes] + ["p95, ms", "times", "reach"]
    print(f"{'page':<28}" + "".join(f"{each:>17}" for each in heads))
    for name, times in found.items():
        medians = [p50(each) for each in times]
        figures = [f"{each:.0f}" for each in medians]
        figures += [f"{p95(times[-1]):.0f}", f"{medians[-1] / medians[0]:.1f}", f"< {REACH_MS:.0f}"]
        print(f"{name:<28}" + "".join(f"{each:>17}" for each in figures))


if __name__ == "__main__":
    main()
