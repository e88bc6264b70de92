"""`python -m tests.benchmark.pages.log`: how quick the pages under /log are with 10,000 and with 100,000 decisions.

A whole platform answers over HTTP. While it is down its log is filled as the audit service takes records in, but
without the stream, through which 400,000 records take half an hour: four records a decision, and every tenth is held,
reviewed and closed by one of twelve reviewers, whose measures are the only content, for no other page opens any. Each
page is opened when the log has the first number and again when it has the next, so that the figures of one run stand
beside each other. All decisions are of today, so that no period leaves any out.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import httpx2
from sqlalchemy import update

from allmanning.audit.log.schema import progress
from allmanning.audit.log.store import Store
from allmanning.runtime.identity import uuid7
from allmanning.runtime.record import Json, now
from tests.benchmark.generate.speed import p50, p95
from tests.platform_node import Platform
from tests.unit.audit.producer import Producer, put

AUTHORITY: Final = "exempelby"
REACH_MS: Final = 200.0
SIZES: Final = (10_000, 100_000)
BATCH: Final = 1_000
DOCUMENTS: Final = 500
REVIEWERS: Final = 12
UNITS: Final = ("BN", "SN", "KS")
OUTCOMES: Final = ("answered", "answered", "answered", "abstained", "refused", "handed_over")


class Filler:
    """Makes the records of decisions as generate and the review service do."""

    def __init__(self) -> None:
        self._producer = Producer(AUTHORITY)
        self._chance = random.Random(4)
        self._time = now()

    def fill(self, store: Store, count: int) -> str:
        """So many more; the last one's number."""
        last, stream = "", store.sequence
        self._time = now()
        for start in range(0, count, BATCH):
            for number in range(start, min(start + BATCH, count)):
                last = self._one(number)
            leaves, parts = self._producer.leaves, self._producer.parts
            self._producer.leaves, self._producer.parts = [], []
            store.keep(parts, ())
            put(store, leaves, store.sequence + len(leaves))
        # None of these came by the stream, which goes on where it was.
        with store.database.transaction() as connection:
            connection.execute(update(progress).values(sequence=stream))
        return last

    def _one(self, number: int) -> str:
        chance, decision = self._chance, uuid7()
        unit, document = chance.choice(UNITS), f"d{int(DOCUMENTS * chance.random() ** 2)}"
        one: dict[str, Json] = {"channel": chance.choice(("citizen", "internal", "api")), "unit": unit}
        one |= {"language": "sv", "role": "citizen", "use_case": "allmän fråga", "appeal_route": "ej_ärende"}
        self._record("question.received", decision, one, {})
        gate: Json = {"rule_id": chance.choice(("F6", "S1", "S6")), "rules": "sha256:r", "stage": "request"}
        self._record("gate.evaluated", decision, {"gate": gate}, {})
        passage: Json = {"document": document, "version": "v1", "passage": f"{document}#1"}
        self._record("retrieval.done", decision, {"passages": [passage]}, {})
        if number % 10:
            outcome = chance.choice(OUTCOMES)
            kind = {"answered": "answer.released", "handed_over": "escalated"}.get(outcome, f"answer.{outcome}")
            self._record(kind, decision, {"outcome": outcome}, {})
        else:
            self._reviewed(decision, unit)
        return decision

    def _reviewed(self, decision: str, unit: str) -> None:
        fields: dict[str, Json] = {"outcome": "review", "gate": {"unit": unit}}
        self._record("review.opened", decision, fields, {})
        measured: Json = {
            "active_seconds": self._chance.randrange(5, 300),
            "sources_opened": self._chance.randrange(3),
            "sources": 3,
            "draft_chars": 400,
            "edited_share": 0.1,
        }
        action, state = self._chance.choice((("approve", "approved"), ("edit", "edited"), ("reject", "rejected")))
        who: Json = {"key_id": f"key-{self._chance.randrange(REVIEWERS)}", "role": "caseworker", "unit": unit}
        parts: dict[str, Json] = {"measured": measured, "reviewer": who, "action": action}
        self._record("review.closed", decision, {"review": {"state": state}}, parts)

    def _record(self, kind: str, decision: str, fields: dict[str, Json], parts: dict[str, Json]) -> None:
        self._producer.record(kind, decision, time=self._time, parts=parts, **fields)


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--count", type=int, default=15, help="how often each page is opened")
    asked = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before", flush=True)
    found: dict[str, list[list[float]]] = {}
    filler, before = Filler(), 0
    with tempfile.TemporaryDirectory() as folder:
        platform = Platform(Path(folder))
        for size in asked.sizes:
            store, began = Store(Path(folder) / "audit"), time.monotonic()
            store.open()
            last = filler.fill(store, size - before)
            store.close()
            print(f"{size} decisions, {time.monotonic() - began:.0f} s to fill in the last {size - before}", flush=True)
            before = size
            platform.start()
            try:
                with httpx2.Client(base_url=platform.url, timeout=120) as client:
                    key = platform.key(AUTHORITY, "admin")
                    client.post("/signin", data={"key": key}, headers={"Sec-Fetch-Site": "same-origin"})
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
