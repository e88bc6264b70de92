"""An authority's system card: everything that log and configuration know of its assistant, in one JSON document.

    {"kind": "allmanning.system-card/v1", "authority", "made_at", "log", "use", "configuration", "rules", "model",
     "deployments", "records", "retention", "sources", "changes", "declared", "texts"}

Every register is made of a card, and a publication is recorded with the card's hash.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from importlib.metadata import version
from typing import Final, NamedTuple

from sqlalchemy import select

from allmanning.audit.forgetting.classes import classes_of
from allmanning.audit.gate.schema import steering
from allmanning.audit.gate.steering import (
    DEPLOYMENT_APPROVED,
    DEPLOYMENT_ENDED,
    DEPLOYMENT_PROPOSED,
    Steering,
    scope,
    stands,
)
from allmanning.audit.log.leaf import Leaf, fields_of, kind_of
from allmanning.audit.log.reading import Reading
from allmanning.audit.log.schema import leaves, pins
from allmanning.audit.registers.book import book_of
from allmanning.audit.registers.modification import changes_between
from allmanning.audit.registers.schema import pins_now
from allmanning.audit.registers.use import measured
from allmanning.runtime.record import Json, canonical, digest

KIND: Final = "allmanning.system-card/v1"
# The newest records, from which kinds of content and sources are counted: all of a large log takes too long.
SAMPLED: Final = 5_000
MONTHS: Final = 12
RECENT_CHANGES: Final = 20


class Card(NamedTuple):
    """A card, and the hash of its RFC 8785 form."""

    value: Mapping[str, Json]
    hash: str


class Named(NamedTuple):
    """The authority as its configuration names it."""

    name: str = ""
    contact: str = ""


def card_of(log: Reading, at: str, named: Named) -> Card:
    """The card at a time (RFC 3339), over the last 12 months."""
    month = at[:7]
    book = book_of(log)
    sample = _sample(log)
    value: dict[str, Json] = {
        "kind": KIND,
        "authority": {"id": log.authority, "name": named.name, "contact": named.contact},
        "made_at": at,
        "version": version("allmanning-audit"),
        "log": [{"origin": each.origin, "size": each.size, "signed": each.signed} for each in log.logs()],
        "period": {"first": months_before(month, MONTHS - 1), "last": month},
        "use": measured(log.connection, log.authority, months_before(month, MONTHS - 1), month).as_json(),
        "configuration": _configuration(log),
        "rules": _rules(log),
        "model": _pinned(log, "model"),
        "code": _pinned(log, "code"),
        "records": _records(sample),
        "retention": _retention(log),
        "sources": _sources(sample),
        "deployments": _deployments(log, at),
        "changes": [
            {"at": each.at, "kind": each.kind, "from": each.before, "to": each.after}
            for each in changes_between(log.connection, log.authority, "", at)[:RECENT_CHANGES]
        ],
        "declared": book.declared.band.as_json() if book.declared else None,
        "declared_at": book.declared.at if book.declared else "",
        "alarms": len(book.alarms),
        "texts": dict(sorted(book.texts.items())),
    }
    return Card(value, digest(canonical(value)))


def months_before(month: str, number: int) -> str:
    """The month a number of months before another, both as `2026-11`."""
    count = int(month[:4]) * 12 + int(month[5:7]) - 1 - number
    return f"{count // 12:04d}-{count % 12 + 1:02d}"


def _configuration(log: Reading) -> dict[str, Json]:
    rows = log.connection.execute(select(pins_now).where(pins_now.c.authority == log.authority))
    return {row.kind: {"value": row.value, "since": row.since} for row in rows}


def _pinned(log: Reading, kind: str) -> Json:
    """The pinned JSON of a kind that is in force; None when there is none."""
    query = select(pins.c.content).join(
        pins_now, (pins_now.c.authority == pins.c.authority) & (pins_now.c.value == pins.c.hash)
    )
    content = log.connection.scalar(query.where(pins_now.c.authority == log.authority, pins_now.c.kind == kind))
    if content is None:
        return None
    try:
        value: Json = json.loads(bytes(content))
    except ValueError:
        return None
    return value


def _rules(log: Reading) -> list[Json]:
    """The rows in force, as their lawyers wrote them."""
    table = _pinned(log, "rules")
    return list(_rows(table))


def _rows(value: Json) -> list[Json]:
    """Every list called `regler`, however deep: a national table and the authority's own may stand in one pin."""
    if isinstance(value, dict):
        own = value.get("regler")
        found = list(own) if isinstance(own, list) else []
        return found + [row for key, each in value.items() if key != "regler" for row in _rows(each)]
    return [row for each in value for row in _rows(each)] if isinstance(value, list) else []


class _Sampled(NamedTuple):
    """As much of a record as a card tells of, read without the checks that it passed when it came."""

    kind: str
    parts: Mapping[str, Mapping[str, str]]
    fields: Mapping[str, Json]


def _sample(log: Reading) -> list[_Sampled]:
    query = select(leaves.c.data).where(leaves.c.authority == log.authority)
    rows = log.connection.scalars(query.order_by(leaves.c.place.desc()).limit(SAMPLED))
    return [_Sampled(kind_of(fields["type"]), fields["parts"], fields) for fields in map(fields_of, rows)]


def _records(sample: list[_Sampled]) -> dict[str, Json]:
    """How many records of each kind, and in which classes their content is kept."""
    kinds = Counter(record.kind for record in sample)
    kept = Counter((name, part["ret"]) for record in sample for name, part in record.parts.items())
    return {
        "sampled": len(sample),
        "kinds": dict(sorted(kinds.items())),
        "content": [
            {"part": part, "class": kept_as, "records": count} for (part, kept_as), count in sorted(kept.items())
        ],
    }


def _retention(log: Reading) -> list[Json]:
    """What each class means, and by which decision; without one nothing is erased."""
    return [
        {
            "class": each.name,
            "meaning": each.meaning,
            "keep_days": each.keep_days,
            "plan_item": each.plan_item,
            "decision": each.decision_dnr if each.decided else "",
        }
        for _, each in sorted(classes_of(log).items())
    ]


def _sources(sample: list[_Sampled]) -> dict[str, Json]:
    """How many documents answers were looked for in, and how many records that held something back."""
    documents: set[str] = set()
    searches = held_back = 0
    for record in sample:
        if record.kind != "retrieval.done":
            continue
        searches += 1
        found, held = record.fields.get("passages"), record.fields.get("held_back")
        held_back += isinstance(held, int) and held > 0
        for each in found if isinstance(found, list) else ():
            if isinstance(each, dict) and isinstance(document := each.get("document"), str):
                documents.add(document)
    return {"searches": searches, "documents": len(documents), "held_back": held_back}


def _deployments(log: Reading, at: str) -> list[Json]:
    """Decisions on where the assistant may answer by itself, newest first; who decided is sealed."""
    known = Steering()
    for data in log.connection.scalars(select(steering.c.data).where(steering.c.authority == log.authority)):
        known.take(Leaf.stored(data))
    found: list[Json] = []
    for matter in known.deployments():
        kind = DEPLOYMENT_APPROVED if DEPLOYMENT_APPROVED in matter.records else DEPLOYMENT_PROPOSED
        found.append(
            {
                "in_force": stands(matter, at[:10]),
                "approved_at": matter.at(DEPLOYMENT_APPROVED),
                "ended_at": matter.at(DEPLOYMENT_ENDED),
                "use_cases": list[Json](scope(matter, kind, "deployment", "use_cases")),
                "channels": list[Json](scope(matter, kind, "deployment", "channels")),
                **{name: matter.text(kind, "deployment", name) for name in ("rules", "valid_from", "valid_to", "dnr")},
            }
        )
    return found
