"""People at an authority: caseworkers who review, administrators who decide over what is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from protobuf import Message

from allmanning.contracts.access.v1.access_pb import Principal, Role
from allmanning.contracts.audit.v1 import audit_pb as audit
from allmanning.contracts.audit.v1 import review_pb as proto
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.record import Json
from tests.integration.audit.asker import AUTHORITY, Asker

Answer = TypeVar("Answer", bound=Message)


@dataclass
class Person:
    """Somebody with a key."""

    bus: Bus
    key: str
    role: Role = Role.CASEWORKER
    unit: str = ""
    competences: list[str] = field(default_factory=list)

    @property
    def principal(self) -> Principal:
        return Principal(
            authority=AUTHORITY,
            role=self.role,
            channel="api",
            unit=self.unit,
            key_id=self.key,
            competences=self.competences,
        )

    async def call(self, subject: str, request: Message, answer: type[Answer]) -> Answer:
        return await self.bus.call(subject, request, answer, timeout_s=15)

    async def claim(self, decision: str) -> audit.Review:
        request = proto.ClaimReviewRequest(principal=self.principal, decision_id=decision)
        found = (await self.call(subjects.AUDIT_CLAIM_REVIEW, request, proto.ClaimReviewResponse)).review
        assert found is not None
        return found

    async def give_back(self, decision: str, note: str = "Kan inte bygglov.") -> audit.Review:
        request = proto.ReturnReviewRequest(principal=self.principal, decision_id=decision, note=note)
        found = (await self.call(subjects.AUDIT_RETURN_REVIEW, request, proto.ReturnReviewResponse)).review
        assert found is not None
        return found

    async def see(self, decision: str, document: str = "") -> audit.Work:
        request = proto.ObserveReviewRequest(principal=self.principal, decision_id=decision, document=document)
        found = (await self.call(subjects.AUDIT_OBSERVE_REVIEW, request, proto.ObserveReviewResponse)).work
        return found or audit.Work()

    async def review(self, decision: str) -> audit.Review | None:
        request = audit.ListReviewsRequest(authority=AUTHORITY, principal=self.principal, decision_id=decision)
        found = (await self.call(subjects.AUDIT_LIST_REVIEWS, request, audit.ListReviewsResponse)).reviews
        return found[0] if found else None

    async def own_verdicts(self) -> list[proto.ListOwnVerdictsResponse.Verdict]:
        return list((await self.own_page()).verdicts)

    async def own_page(self, limit: int = 0, before: str = "") -> proto.ListOwnVerdictsResponse:
        request = proto.ListOwnVerdictsRequest(principal=self.principal, limit=limit, before=before)
        return await self.call(subjects.AUDIT_LIST_OWN_VERDICTS, request, proto.ListOwnVerdictsResponse)

    async def close(self, decision: str, action: str, **fields: str) -> audit.Review:
        request = audit.CloseReviewRequest(principal=self.principal, decision_id=decision, action=action, **fields)
        found = (await self.call(subjects.AUDIT_CLOSE_REVIEW, request, audit.CloseReviewResponse)).review
        assert found is not None
        return found

    async def queue(self, state: str = "") -> audit.ListReviewsResponse:
        request = audit.ListReviewsRequest(authority=AUTHORITY, principal=self.principal, state=state)
        return await self.call(subjects.AUDIT_LIST_REVIEWS, request, audit.ListReviewsResponse)


async def held(asker: Asker, grounds: list[Json] | None = None, **gate: object) -> str:
    """A decision that waits for a reviewer, as the row of the rules wants it; `grounds` is what its draft rests on."""
    from allmanning.runtime.identity import uuid7

    decision = uuid7()
    rule = {"verdict": "review", "rule_id": "S4", **gate}
    await asker.record("question.received", decision, {"question": "Får jag elda?"}, channel="citizen")
    passages = [{"document": "eldning"}, {"document": "brandskydd"}]
    await asker.record("retrieval.done", decision, {"query": "elda"}, passages=passages)  # type: ignore[arg-type]
    parts: dict[str, Json] = {"draft": "Nej, inte i april.", "question": "Får jag elda?", "reason": "Svagt stöd."}
    parts |= {"grounds": grounds} if grounds is not None else {}
    await asker.record("review.opened", decision, parts, outcome="review", gate=rule)  # type: ignore[arg-type]
    await asker.seen(decision)
    return decision


async def until(look: Callable[[], Awaitable[bool]], within_s: float = 10.0) -> None:
    async with asyncio.timeout(within_s):
        while not await look():
            await asyncio.sleep(0.02)
