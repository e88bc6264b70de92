"""A producer of records without a bus."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from allmanning.audit.gate.gate import Gate
from allmanning.audit.gate.logged import input_of
from allmanning.audit.log.arrivals import Arrival
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.part import StoredPart
from allmanning.audit.log.protocol import Log
from allmanning.contracts.audit.v1.audit_pb import Circumstances
from allmanning.runtime.identity import uuid7
from allmanning.runtime.record import Json, canonical, commitment, digest

AUTHORITY = "exempelby"


@dataclass
class Producer:
    """Makes leaves and parts as `Recorder` does."""

    authority: str = AUTHORITY
    name: str = field(default_factory=lambda: f"generate-{uuid7()}")
    number: int = 0
    previous: str = ""
    leaves: list[Leaf] = field(default_factory=list)
    parts: list[StoredPart] = field(default_factory=list)

    def record(
        self,
        kind: str,
        decision: str,
        *,
        time: str = "2026-11-22T10:00:00.000Z",
        parts: Mapping[str, Json] | None = None,
        **fields: Json,
    ) -> Leaf:
        record = uuid7()
        made = []
        for name, value in (parts or {}).items():
            salt, content = os.urandom(32), canonical(value)
            made.append(
                StoredPart(record, name, commitment(salt, content), self.authority, salt, content, "G1", time[:7])
            )
        self.number += 1
        data = canonical(
            {
                **fields,
                "v": 1,
                "type": f"se.audit.{kind}.v1",
                "id": record,
                "decision": decision,
                "time": time,
                "tenant": self.authority,
                "src": {"producer": self.name, "pseq": self.number, "pprev": self.previous},
                "parts": {part.name: {"c": part.commitment, "ret": "G1"} for part in made},
            }
        )
        self.previous = digest(data)
        leaf = Leaf.parse(data)
        self.leaves.append(leaf)
        self.parts += made
        return leaf

    def decide(self, gate: Gate, question: str = "Får jag elda?", time: str = "2026-11-22T10:00:00.000Z") -> str:
        """A whole decision, released by the rules."""
        decision = uuid7()
        self.record("question.received", decision, time=time, channel="citizen", parts={"question": {"text": question}})
        self._gated(gate, decision, time, REQUEST)
        self.record("draft.generated", decision, time=time, parts={"draft": "Nej, inte i april."})
        self._gated(gate, decision, time, RELEASE)
        self.record("answer.released", decision, time=time, outcome="answered", parts={"answer": "Nej, inte i april."})
        return decision

    def _gated(self, gate: Gate, decision: str, time: str, given: dict[str, Json]) -> None:
        verdict = gate.decide(input_of(given), Circumstances(day="2026-11-22", deployment="d1"))
        told: Json = {
            "verdict": verdict.verdict.name.lower(),
            "rule_id": verdict.rule_id,
            "rules": verdict.rules,
            "engine": verdict.engine,
            "circumstances": {"day": "2026-11-22", "deployment": "d1"},
        }
        self.record("gate.evaluated", decision, time=time, gate=told, parts={"input": given})


REQUEST: dict[str, Json] = {"stage": "request", "role": "citizen", "channel": "citizen"} | dict.fromkeys(
    ("acute", "wants_human", "individual_decision", "manipulation"), False
)
RELEASE: dict[str, Json] = {
    "stage": "release",
    "role": "citizen",
    "channel": "citizen",
    "weakest_support": 0.9,
    "citation_coverage": 1,
    "highest_secrecy": "open",
    "retrieved_secrecy": "open",
    "verbatim": True,
    "is_decision": False,
    "appeal_route": "ej_ärende",
}


def put(store: Log, leaves: Sequence[Leaf], last: int) -> None:
    """Take leaves in as the last messages of a stream of `last` messages."""
    first = last - len(leaves) + 1
    store.append([Arrival(first + place, [leaf]) for place, leaf in enumerate(leaves)])
