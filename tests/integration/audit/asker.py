"""Somebody who asks, leaves records as `generate` does, and reads the log."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from allmanning.audit.gate.gate import Gate
from allmanning.contracts.access.v1.access_pb import Principal, Role, Secrecy
from allmanning.contracts.audit.v1.audit_pb import (
    Circumstances,
    CloseReviewRequest,
    CloseReviewResponse,
    GateInput,
    GateRequest,
    GateResponse,
    GetRequest,
    GetResponse,
    Review,
    Stage,
)
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import PlatformError
from allmanning.runtime.identity import uuid7
from allmanning.runtime.permissions import RECORD_TYPES
from allmanning.runtime.record import Content, Json, Recorder

AUTHORITY = "exempelby"
GATE = Gate.from_file(None)
DAY = "2026-11-22"
QUESTION = GateInput(
    stage=Stage.REQUEST,
    use_case="allmän fråga",
    role=Role.CITIZEN,
    channel="citizen",
    acute=False,
    wants_human=False,
    individual_decision=False,
    manipulation=False,
)
LOGGED: dict[str, Json] = {
    "stage": "request",
    "use_case": "allmän fråga",
    "role": "citizen",
    "channel": "citizen",
    "acute": False,
    "wants_human": False,
    "individual_decision": False,
    "manipulation": False,
}


@dataclass
class Asker:
    bus: Bus
    recorder: Recorder

    def __post_init__(self) -> None:
        self._own = Recorder(self.bus, "audit")

    async def gate(self, given: GateInput = QUESTION) -> GateResponse:
        request = GateRequest(authority=AUTHORITY, decision_id="d", input=given)
        return await self.bus.call(subjects.AUDIT_GATE, request, GateResponse)

    async def record(self, kind: str, decision: str, parts: dict[str, Json] | None = None, **fields: Json) -> str:
        contents = {name: Content(value) for name, value in (parts or {}).items()}
        recorder = self.recorder if any(kind in each for each in RECORD_TYPES.values()) else self._own
        return await recorder.record(kind, authority=AUTHORITY, decision_id=decision, fields=fields, parts=contents)

    async def decide(self, end: str = "answer.released", outcome: str = "answered") -> str:
        """A decision from question to end."""
        decision = uuid7()
        rule = GATE.decide(QUESTION, Circumstances(day=DAY, deployment="d1"))
        await self.recorder.pin(AUTHORITY, "rules", GATE.baseline.pinned)
        told: Json = {
            "verdict": "auto", "rule_id": rule.rule_id, "rules": rule.rules, "engine": rule.engine,
            "circumstances": {"day": DAY, "deployment": "d1"},
        }  # fmt: skip
        await self.record("question.received", decision, {"question": "Får jag elda?"}, channel="citizen")
        await self.record("gate.evaluated", decision, {"input": LOGGED}, gate=told)
        parts: dict[str, Json] = {"draft": "Nej, inte i april.", "question": "Får jag elda?", "reason": "Svagt stöd."}
        await self.record(end, decision, parts, outcome=outcome)
        return decision

    async def get(self, decision: str, *, with_content: bool = False) -> GetResponse:
        request = GetRequest(authority=AUTHORITY, decision_id=decision, with_content=with_content)
        return await self.bus.call(subjects.AUDIT_GET, request, GetResponse)

    async def seen(self, decision: str, *, records: int = 3) -> GetResponse:
        """The decision once all its records, with content, are in a checkpoint."""
        async with asyncio.timeout(10):
            while True:
                try:
                    found = await self.get(decision, with_content=True)
                except PlatformError:
                    found = GetResponse()
                contents = all(each.parts or b'"parts":{}' in each.leaf for each in found.records)
                if len(found.records) >= records and found.complete and contents:
                    return found
                await asyncio.sleep(0.01)

    async def close(self, decision: str, action: str, key: str = "k1", **fields: str) -> Review:
        principal = Principal(
            authority=AUTHORITY,
            role=Role.CASEWORKER,
            channel="internal",
            clearances=[Secrecy.OPEN],
            key_id=key,
        )
        request = CloseReviewRequest(principal=principal, decision_id=decision, action=action, **fields)
        answer = await self.bus.call(subjects.AUDIT_CLOSE_REVIEW, request, CloseReviewResponse, timeout_s=15)
        assert answer.review is not None
        return answer.review
