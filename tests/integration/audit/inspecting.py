"""Somebody who inspects a running log, and decisions with content for them to inspect."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from protobuf import Oneof

from allmanning.contracts.access.v1.access_pb import Principal, Role
from allmanning.contracts.audit.v1 import inspection_pb as proto
from allmanning.contracts.audit.v1.audit_pb import Circumstances
from allmanning.runtime import subjects
from allmanning.runtime.identity import uuid7
from tests.integration.audit.asker import AUTHORITY, DAY, GATE, LOGGED, QUESTION, Asker
from tests.unit.audit.inspection.chains import CITED, PASSAGES, RETRIEVED

AUDITOR, ADMIN, CASEWORKER, CITIZEN = Role.AUDITOR, Role.ADMIN, Role.CASEWORKER, Role.CITIZEN
REASON = "Granskning enligt revisionsplan 2026"


async def asked(asker: Asker, name: str, message: Any, role: Role = AUDITOR, key: str = "k1", **more: str):
    principal = Principal(authority=AUTHORITY, role=role, key_id=key, unit="REV")
    request = proto.InspectRequest(principal=principal, ask=Oneof(name, message), **({"reason": REASON} | more))
    return await asker.bus.call(subjects.AUDIT_INSPECT, request, proto.InspectResponse, timeout_s=20)


async def report(asker: Asker, name: str, message: Any, role: Role = AUDITOR, key: str = "k1", **more: str) -> Any:
    return json.loads((await asked(asker, name, message, role, key, **more)).report)


async def answered(asker: Asker, question: str = "Behöver jag bygglov för en altan?", **fields: str) -> str:
    """A decision that is in the log with its content."""
    decision = uuid7()
    rule = GATE.decide(QUESTION, Circumstances(day=DAY, deployment="d1"))
    await asker.recorder.pin(AUTHORITY, "rules", GATE.baseline.pinned)
    gate: Any = {"verdict": "auto", "rule_id": rule.rule_id, "rules": rule.rules, "engine": rule.engine}
    gate |= {"legal_basis": rule.legal_basis, "circumstances": {"day": DAY, "deployment": "d1"}}
    await asker.record("question.received", decision, {"question": question}, channel="citizen", **fields)
    await asker.record("gate.evaluated", decision, {"input": LOGGED, "reason": rule.reason}, gate=gate, stage="request")
    await asker.record("retrieval.done", decision, {"retrieved": RETRIEVED}, passages=PASSAGES, held_back=1)
    await asker.record("draft.generated", decision, {"draft": "Nej."}, model="extract-1")
    await asker.record("sentence.released", decision, {"text": "Nej."}, citations=CITED)
    await asker.record("answer.released", decision, {"told": "Nej, ring 070-123 45 67."}, outcome="answered")
    await asker.seen(decision, records=6)
    return decision


def selection(**criteria: str) -> proto.Selection:
    return proto.Selection(criteria=[proto.Criterion(kind=kind, value=value) for kind, value in criteria.items()])


async def kinds_of(asker: Asker, decision: str) -> list[str]:
    found = await asker.get(decision)
    return [json.loads(each.leaf)["type"].removeprefix("se.audit.").removesuffix(".v1") for each in found.records]


async def until_recorded(asker: Asker, decision: str, kind: str, count: int = 1) -> list[dict[str, Any]]:
    async with asyncio.timeout(10):
        while True:
            found = await asker.get(decision, with_content=True)
            records = [
                {"leaf": json.loads(each.leaf)} | {part.name: json.loads(part.content) for part in each.parts}
                for each in found.records
                if f"se.audit.{kind}.v1" in each.leaf.decode()
            ]
            if len(records) >= count and all(len(each) - 1 == len(each["leaf"]["parts"]) for each in records):
                return records
            await asyncio.sleep(0.02)
