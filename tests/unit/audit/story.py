"""A decision with everything that an answer leaves behind, and its parts."""

from __future__ import annotations

import json

from allmanning.runtime.identity import uuid7
from allmanning.runtime.record import Json, digest
from tests.unit.audit.producer import Producer

TIME = "2026-11-22T10:00:00.000Z"
PINS = {kind: digest(kind.encode()) for kind in ("prompt", "model", "config", "code", "signals", "notices")}
RULES = digest(b"rules")
SECRET = "Får jag elda på Storgatan 1?"


def tell(
    producer: Producer,
    *,
    time: str = TIME,
    pins: dict[str, str] | None = None,
    rules: str = RULES,
    index: str = "index-1",
    outcome: str = "answered",
    review: str = "",
    question: dict[str, Json] | None = None,
) -> str:
    """One question from beginning to end; returns the decision's id."""
    decision = uuid7()
    said: dict[str, Json] = {
        "channel": "citizen",
        "role": "citizen",
        "language": "sv",
        "unit": "Bygg",
        "use_case": "bygglov",
        "pins": pins if pins is not None else PINS,
        **(question or {}),
    }
    producer.record(
        "question.received", decision, time=time, parts={"question": SECRET, "actor": {"key_id": "k1"}}, **said
    )
    gate: Json = {"verdict": "auto", "rule_id": "S6", "rules": rules, "legal_basis": "SFS 2017:900, 6 §"}
    producer.record("gate.evaluated", decision, time=time, stage="request", gate=gate, parts={"input": {"a": 1}})
    passages: list[Json] = [{"passage": f"p{n}", "document": f"d{n}", "version": "1", "score": 0.5} for n in (1, 2)]
    producer.record(
        "retrieval.done",
        decision,
        time=time,
        index_version=index,
        passages=passages,
        held_back=1,
        parts={"query": SECRET, "retrieved": [{"passage": "p1", "text": "Elda inte i april."}]},
    )
    producer.record("draft.generated", decision, time=time, model="extract", parts={"draft": "Nej."})
    producer.record("gate.evaluated", decision, time=time, stage="release", gate=gate, parts={"input": {"a": 1}})
    cited: list[Json] = [{"number": 1, "passage": "p1", "document": "d1", "version": "1", "support": 1.0}]
    producer.record("sentence.released", decision, time=time, citations=cited, parts={"text": "Nej."})
    kind = "review.opened" if outcome == "review" else "answer.released"
    producer.record(kind, decision, time=time, outcome=outcome, parts={"told": "Nej."})
    if review:
        closing: Json = {"state": review}
        producer.record(
            "review.closed",
            decision,
            time=time,
            outcome="answered",
            review=closing,
            role="caseworker",
            unit="Bygg",
            parts={"text": "Nej, tyvärr.", "reviewer": {"key_id": "k2"}},
        )
    return decision


def opened(producer: Producer) -> dict[str, dict[str, Json]]:
    """Every part by record and name."""
    found: dict[str, dict[str, Json]] = {}
    for part in producer.parts:
        found.setdefault(part.record, {})[part.name] = json.loads(part.content)
    return found
