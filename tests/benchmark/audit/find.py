"""`python -m tests.benchmark.audit.find`: find decisions among a million records.

Decisions of seven records each, as the platform leaves them, with Zipf-distributed documents, are put into the tables
that the log's own projection keeps. Questions are of every kind of term, alone and together, with and without a
period, first pages and deep ones. The baseline answers one of them by reading leaves, as without those tables.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Final

from sqlalchemy import Table
from sqlalchemy.engine import Connection

from allmanning.audit.inspection.counting import counted
from allmanning.audit.inspection.find import Wanted, find
from allmanning.audit.inspection.schema import inspected, terms
from allmanning.audit.inspection.terms import Term, terms_of
from allmanning.audit.log.leaf import Leaf, Source
from allmanning.audit.log.schema import decisions
from allmanning.audit.log.store import Store
from allmanning.runtime.record import Json

AUTHORITY: Final = "exempelby"
TARGET_MS: Final = 200.0
RECORDS_A_DECISION: Final = 7
DOCUMENTS: Final = 5_000
BASELINE_LEAVES: Final = 50_000
UNITS: Final = ("BN", "SN", "KS", "UN", "KFN", "MN", "TN", "VON")
OUTCOMES: Final = ("answered", "answered", "answered", "answered", "abstained", "review", "refused", "handed_over")
CHUNK: Final = 5_000
_OVERVIEWS: Final = 9
_A_MONTH: Final = 30 * 240


def leaf(kind: str, number: int, moment: str, fields: dict[str, Json]) -> Leaf:
    return Leaf(
        data=b"",
        id=f"{number}-{kind}",
        authority=AUTHORITY,
        decision=f"d{number}",
        type=f"se.audit.{kind}.v1",
        time=moment,
        source=Source("generate", 1, ""),
        parts=MappingProxyType({}),
        fields=fields,
    )


def made(number: int, chance: random.Random) -> tuple[dict[str, str], list[Term]]:
    """One decision's single values, and its terms."""
    documents = [f"doc{min(DOCUMENTS, int(chance.paretovariate(0.8)))}" for _ in range(8)]
    passages: list[Json] = [
        {"passage": f"{each}#{chance.randrange(40)}", "document": each, "version": f"v{chance.randrange(3)}"}
        for each in documents
    ]
    one = {
        "channel": chance.choice(("citizen", "internal", "api")),
        "unit": chance.choice(UNITS),
        "use_case": chance.choice(("bygg", "skola", "omsorg")),
        "language": chance.choice(("sv", "sv", "sv", "en", "ar")),
        "role": chance.choice(("citizen", "caseworker")),
        "appeal_route": chance.choice(("ej_ärende", "förvaltningsbesvär")),
    }
    outcome = chance.choice(OUTCOMES)
    month = number // 10_000
    pins: Json = {"prompt": f"sha256:p{month % 4}", "index": f"i{month}", "config": "sha256:c", "code": f"g{month % 3}"}
    rule = chance.choice(("S1", "S6", "S7", "S8"))
    moment = moment_of(number)
    steps = [
        leaf("question.received", number, moment, {**one, "pins": pins}),
        leaf("gate.evaluated", number, moment, {"gate": {"rule_id": "F6", "rules": f"sha256:r{month % 5}"}}),
        leaf("retrieval.done", number, moment, {"passages": passages}),
        leaf("draft.generated", number, moment, {"model": f"model-{month % 6}"}),
        leaf("gate.evaluated", number, moment, {"gate": {"rule_id": rule, "rules": f"sha256:r{month % 5}"}}),
        leaf("sentence.released", number, moment, {"citations": passages[:2]}),
        leaf("answer.released", number, moment, {"outcome": outcome}),
    ]
    return {**one, "outcome": outcome, "rule_id": rule, "time": moment}, [
        term for step in steps for term in terms_of(step)
    ]


def moment_of(number: int) -> str:
    """Six minutes between decisions, from the first of January 2025."""
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(1_735_689_600 + number * 360))


def fill(connection: Connection, count: int) -> int:
    """Put decisions into the tables; returns how many terms they have."""
    chance, total = random.Random(4), 0
    for start in range(0, count, CHUNK):
        listed, single, stated, span = [], [], [], {}
        for number in range(start, min(start + CHUNK, count)):
            place = number * RECORDS_A_DECISION + 1
            one, found = made(number, chance)
            key = {"authority": AUTHORITY, "decision": f"d{number}", "place": place}
            told = {"opened_at": one["time"], **{name: one[name] for name in ("outcome", "rule_id", "channel")}}
            listed.append({**key, **told})
            single.append({**key, **{name: one[name] for name in one.keys() & set(inspected.c.keys())}})
            stated += [(AUTHORITY, *term, place) for term in dict.fromkeys(found)]
            first, _ = span.get(one["time"][:10], (place, place))
            span[one["time"][:10]] = (first, place)
        for table, rows in ((decisions, listed), (inspected, single)):
            connection.execute(table.insert(), rows)
        insert(connection, terms, stated)
        for day, (first, last) in span.items():
            connection.exec_driver_sql(
                "INSERT INTO days VALUES (?, ?, ?, ?) ON CONFLICT (authority, day) DO UPDATE SET last = excluded.last",
                (AUTHORITY, day, first, last),
            )
        total += len(stated)
    return total


def insert(connection: Connection, table: Table, rows: list[tuple[str, str, str, int]]) -> None:
    marks = ", ".join("?" * len(table.c))
    connection.exec_driver_sql(f"INSERT INTO {table.name} VALUES ({marks})", sorted(rows))


def questions(count: int, chance: random.Random) -> Iterator[tuple[str, Wanted, int]]:
    """What is asked: a name for the kind of question, what is wanted, and before which place."""

    def term(kind: str) -> Term:
        values: dict[str, Callable[[], str]] = {
            "unit": lambda: chance.choice(UNITS),
            "outcome": lambda: chance.choice(OUTCOMES),
            "use_case": lambda: chance.choice(("bygg", "skola", "omsorg")),
            "channel": lambda: chance.choice(("citizen", "internal", "api")),
            "rule": lambda: chance.choice(("F6", "S1", "S6")),
            "model": lambda: f"model-{chance.randrange(6)}",
            "document": lambda: f"doc{min(DOCUMENTS, int(chance.paretovariate(0.8)))}",
            "cited_document": lambda: f"doc{min(DOCUMENTS, int(chance.paretovariate(0.8)))}",
            "prompt": lambda: f"sha256:p{chance.randrange(4)}",
        }
        return Term(kind, values[kind]())

    single = ("unit", "outcome", "use_case", "channel", "rule", "model", "document", "cited_document", "prompt")
    end = count * RECORDS_A_DECISION
    while True:
        before = chance.choice((0, chance.randrange(end) + 1))
        yield "one term", Wanted((term(chance.choice(single)),)), before
        yield "three terms", Wanted(tuple(term(kind) for kind in chance.sample(single, 3))), before
        yield "terms that rarely meet", Wanted((term("prompt"), term("model"), Term("rule", "S1"))), before
        start = chance.randrange(count)
        period = {"opened_from": moment_of(start), "opened_to": moment_of(start + count // 12)}
        yield "a month", Wanted((), **period), 0
        yield "a month and two terms", Wanted((term("unit"), term("document")), **period), 0
        yield "all", Wanted(), before


def baseline(folder: Path) -> float:
    """Milliseconds to find one document's decisions by reading leaves, for a million records; measured on a part."""
    chance = random.Random(5)
    db = sqlite3.connect(folder / "baseline.db")
    db.execute("CREATE TABLE leaves (data TEXT)")
    rows = []
    for number in range(BASELINE_LEAVES // RECORDS_A_DECISION):
        _, found = made(number, chance)
        used: Json = [{"document": each.value} for each in found if each.kind == "document"]
        padding: Json = {"pprev": "sha256:" + "0" * 64, "parts": {"retrieved": {"c": "A" * 44, "ret": "G1"}}}
        rows += [
            (json.dumps({"passages": used if step == 2 else [], **padding}),) for step in range(RECORDS_A_DECISION)
        ]
    db.executemany("INSERT INTO leaves VALUES (?)", rows)
    started = time.perf_counter()
    db.execute(
        "SELECT count(*) FROM leaves, json_each(data, '$.passages') WHERE json_extract(value, '$.document') = 'doc7'"
    ).fetchall()
    return (time.perf_counter() - started) * 1000 * 1_000_000 / len(rows)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--records", type=int, default=1_000_000)
    arguments.add_argument("--questions", type=int, default=600)
    chosen = arguments.parse_args()
    count = chosen.records // RECORDS_A_DECISION
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        store.open()
        started = time.perf_counter()
        with store.database.transaction() as connection:
            total = fill(connection, count)
        filled = time.perf_counter() - started
        size = (Path(folder) / "log.db").stat().st_size / 1e6
        records = count * RECORDS_A_DECISION
        print(f"{records:,} records, {count:,} decisions, {total:,} terms; {size:.0f} MB in {filled:.0f} s")
        took: dict[str, list[float]] = {}
        asked = questions(count, random.Random(6))
        with store.database.snapshot() as connection:
            for _ in range(chosen.questions):
                name, wanted, before = next(asked)
                started = time.perf_counter()
                find(connection, AUTHORITY, wanted, 50, before)
                took.setdefault(name, []).append((time.perf_counter() - started) * 1000)
            for _ in range(_OVERVIEWS):
                for name, since in (("overview of a month", moment_of(count - _A_MONTH)), ("overview of it all", "")):
                    started = time.perf_counter()
                    counted(connection, AUTHORITY, since, "")
                    took.setdefault(name, []).append((time.perf_counter() - started) * 1000)
        every = [each for times in took.values() for each in times]
        for name, times in [*took.items(), ("every question", every)]:
            ordered = statistics.quantiles(times, n=20)
            middle = statistics.median(times)
            print(f"{name:<24} p50 {middle:7.1f} ms   p95 {ordered[18]:7.1f} ms   max {max(times):7.1f} ms")
        print(f"target                   p95 {TARGET_MS:.0f} ms")
        print(f"baseline, reading leaves {baseline(Path(folder)):.0f} ms (scaled to a million)")
        store.close()


if __name__ == "__main__":
    main()
