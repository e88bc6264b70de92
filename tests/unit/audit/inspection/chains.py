"""Chains of records as an auditor reads them, without a database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from allmanning.audit.gate.gate import Gate
from allmanning.audit.gate.logged import input_of
from allmanning.audit.inspection.chain import Chain, Link
from allmanning.contracts.audit.v1.audit_pb import Circumstances
from allmanning.runtime.identity import uuid7
from allmanning.runtime.record import Json
from tests.unit.audit.producer import RELEASE, REQUEST, Producer

TIME = "2026-11-22T10:00:00.000Z"
PASSAGES: list[Json] = [
    {"passage": "altan#1", "document": "altan", "version": "v1", "score": 0.9},
    {"passage": "plank#1", "document": "plank", "version": "v1", "score": 0.4},
]
RETRIEVED: list[Json] = [
    {
        "passage": each["passage"],
        "document": each["document"],
        "version": "v1",
        "title": f"Om {each['document']}",
        "uri": f"https://exempelby.se/{each['document']}",
        "headings": ["Bygga"],
        "page": 2,
        "start": 0,
        "end": 20,
        "text": f"Så här löd texten om {each['document']}.",
    }
    for each in PASSAGES
]
CITED: list[Json] = [{"number": 1, "passage": "altan#1", "document": "altan", "version": "v1", "support": 0.9}]


AROUND = {"day": "2026-11-22", "deployment": "d1"}


@dataclass
class Made:
    """A decision in the making: each `add` is a record."""

    decision: str = field(default_factory=uuid7)
    producer: Producer = field(default_factory=Producer)
    links: list[Link] = field(default_factory=list)

    def add(self, kind: str, parts: Mapping[str, Json] | None = None, *, time: str = TIME, **fields: Json) -> Made:
        leaf = self.producer.record(kind, self.decision, time=time, parts=parts, **fields)
        self.links.append(Link(leaf, dict(parts or {}), len(self.links)))
        return self

    @property
    def chain(self) -> Chain:
        return Chain(self.decision, tuple(self.links))

    def gated(self, gate: Gate, given: dict[str, Json]) -> Made:
        verdict = gate.decide(input_of(given), Circumstances(**AROUND))
        told: Json = {
            "verdict": verdict.verdict.name.lower(),
            "rule_id": verdict.rule_id,
            "rules": verdict.rules,
            "engine": verdict.engine,
            "legal_basis": verdict.legal_basis,
            "circumstances": dict(AROUND),
        }
        return self.add("gate.evaluated", {"input": given, "reason": verdict.reason}, gate=told, stage=given["stage"])

    def answered(self, gate: Gate, question: str = "Behöver jag bygglov för en altan?", **fields: Json) -> Made:
        """A whole decision, answered by the rules."""
        self.add("question.received", {"question": question}, channel="citizen", **fields)
        self.gated(gate, REQUEST)
        self.add("retrieval.done", {"retrieved": RETRIEVED}, passages=PASSAGES, held_back=3, index_version="i1")
        self.add("draft.generated", {"draft": "Nej."}, model="extract-1")
        self.gated(gate, RELEASE)
        self.add("sentence.released", {"text": "Nej.", "quotes": ["Så här löd"]}, citations=CITED)
        return self.add("answer.released", {"told": "Nej."}, outcome="answered")


def without(chain: Chain, *parts: str) -> Chain:
    """The chain after these parts were erased."""
    return Chain(
        chain.decision,
        tuple(
            Link(each.leaf, {name: value for name, value in each.contents.items() if name not in parts}, each.index)
            for each in chain.links
        ),
    )
