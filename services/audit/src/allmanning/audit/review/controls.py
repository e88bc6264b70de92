"""Known-wrong drafts: they look like others in the queue, reach nobody, and tell whether reviewers catch them.

Which decision is one stands in a sealed part until its review is closed; then its outcome is `control`.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from allmanning.audit.log.actor import actor
from allmanning.audit.review.case import contents
from allmanning.audit.review.desk import Desk, Key
from allmanning.audit.review.draft import GROUNDS, told_of
from allmanning.audit.review.projection import CONTROL_ADDED, REVIEW_OPENED
from allmanning.audit.review.schema import controls
from allmanning.contracts.access.v1.access_pb import Role
from allmanning.contracts.audit.v1.review_pb import AddControlRequest
from allmanning.runtime.errors import Forbidden, InvalidInput
from allmanning.runtime.identity import checked_authority, uuid7
from allmanning.runtime.record import Content, Json, Recorder

MAX_TEXT_CHARS: Final = 20_000


class Controls:
    """Adds control cases, and knows them."""

    def __init__(self, desk: Desk, asker: Recorder) -> None:
        """`asker` leaves the records that a real question would have left; its name must not give them away."""
        self._desk = desk
        self._asker = asker
        # Sealed content is opened once: record that added it -> its decision.
        self._known: dict[str, str] = {}

    async def add(self, request: AddControlRequest) -> str:
        """Put a known-wrong draft in the queue; returns its decision.

        Raises:
            Forbidden: `control.forbidden`. InvalidInput: `control.incomplete`.
        """
        principal = request.principal
        if principal is None or principal.role is not Role.ADMIN:
            raise Forbidden(
                "control.forbidden", "Bara administratörer får lägga in kontrollfall. (Only administrators may.)"
            )
        checked_authority(principal.authority)
        wanted = {"question": request.question, "draft": request.draft, "fault": request.fault}
        if any(not text.strip() or len(text) > MAX_TEXT_CHARS for text in wanted.values()):
            raise InvalidInput(
                "control.incomplete",
                "Ange fråga, utkast och vad som är fel i utkastet. (Give question, draft and its fault.)",
            )
        decision = uuid7()
        # First, so that a crash in between never leaves a draft in the queue that nobody knows is wrong.
        await self._desk.ledger.leave(
            CONTROL_ADDED,
            authority=principal.authority,
            decision=uuid7(),
            parts={
                "control": Content({"decision": decision, "fault": request.fault}, retention="B"),
                "actor": actor(principal),
            },
        )
        await self._ask(principal.authority, decision, request)
        return decision

    async def _ask(self, authority: str, decision: str, request: AddControlRequest) -> None:
        gate: dict[str, Json] = {"verdict": "review", "rule_id": request.rule_id}
        gate |= {"unit": request.unit} if request.unit else {}
        gate |= {"competence": request.competence} if request.competence else {}
        passages: list[Json] = [{"document": each} for each in request.documents]
        question, draft = Content(request.question), Content(request.draft)
        grounds = {GROUNDS: Content(told_of(request.sentences))} if request.sentences else {}
        records: list[tuple[str, dict[str, Json], dict[str, Content]]] = [
            ("question.received", {"channel": "citizen", "role": "citizen", "language": "sv"}, {"question": question}),
            ("retrieval.done", {"passages": passages}, {"query": question}),
            ("draft.generated", {}, {"draft": draft}),
            ("gate.evaluated", {"gate": gate, "stage": "release"}, {"reason": Content(request.reason)}),
            (
                REVIEW_OPENED,
                {"outcome": "review", "gate": gate},
                {"question": question, "draft": draft, "reason": Content(request.reason), **grounds},
            ),
        ]
        for kind, fields, parts in records:
            await self._asker.record(kind, authority=authority, decision_id=decision, fields=fields, parts=parts)

    def has(self, key: Key) -> bool:
        """Whether a decision is a control case."""
        return key.decision in self.all(key.authority)

    def all(self, authority: str) -> set[str]:
        """The decisions that are control cases."""
        with self._desk.ledger.records.reading(authority) as log:
            rows = log.connection.execute(
                select(controls.c.record, controls.c.added).where(controls.c.authority == authority)
            ).all()
            for row in rows:
                if row.record not in self._known:
                    for placed in log.records(row.added):
                        self._learn(placed.leaf.id, contents(log, placed.leaf))
        return {self._known[row.record] for row in rows if row.record in self._known}

    def _learn(self, record: str, parts: dict[str, Json]) -> None:
        control = parts.get("control")
        decision = control.get("decision") if isinstance(control, dict) else None
        if isinstance(decision, str):
            self._known[record] = decision
