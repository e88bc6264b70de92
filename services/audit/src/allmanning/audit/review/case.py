"""A review as the log has it now, and what its records say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final

from sqlalchemy import ColumnElement, and_, select

from allmanning.audit.log.actor import key_in
from allmanning.audit.log.json_path import objects
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.reading import Reading
from allmanning.audit.review.deadline import due_at, is_past
from allmanning.audit.review.projection import LET_OUT, REVIEW_CLOSED, REVIEW_OPENED
from allmanning.audit.review.schema import reviews
from allmanning.contracts.access.v1.access_pb import Principal, Role
from allmanning.contracts.audit.v1.audit_pb import Review
from allmanning.runtime.record import Json

OPEN: Final = "open"
# Competences, as the rules name them, that come with a role.
_BY_ROLE: Final = {Role.CASEWORKER: "handläggare", Role.ADMIN: "administratör"}
# Records whose parts are about the reviewing, not about the question and its answer.
_REVIEWING: Final = ("review.", "contact.")


@dataclass(frozen=True)
class Case:
    """A row of the queue; see `schema.reviews`."""

    authority: str
    decision: str
    contests: str
    contact: bool
    own: bool
    opened_at: str
    rule_id: str
    state: str
    closed_by: str
    claim: str
    assessed: str
    returned: str
    claimed_until: str
    unit: str
    competence: str
    deadline_hours: int | None
    second: bool
    control: bool
    in_case: bool
    made: str
    reversed: bool

    @property
    def to_be_made(self) -> bool:
        """What was let out is a decision, and no record says so yet; a contested one that stands was made before."""
        stands = bool(self.contests) and self.state == "approved"
        return self.in_case and self.state in LET_OUT and not (self.made or self.control or stands)

    @property
    def chain(self) -> str:
        """The decision whose records tell of it."""
        return self.contests or self.decision

    @property
    def held(self) -> bool:
        """Somebody has it now; a claim ends by itself."""
        return bool(self.claim) and not is_past(self.claimed_until)

    def for_whom(self, principal: Principal) -> bool:
        """Whether this person's unit and competences fit."""
        return self.unit in ("", principal.unit) and self.competence in _competences(principal)

    def due(self, default_hours: int) -> str:
        return due_at(self.opened_at, self.deadline_hours, default_hours)


def _competences(principal: Principal) -> set[str]:
    return {"", _BY_ROLE.get(principal.role, ""), *principal.competences}


def for_whom(principal: Principal) -> ColumnElement[bool]:
    """The reviews that this person may take (`Case.for_whom`)."""
    return and_(reviews.c.unit.in_(["", principal.unit]), reviews.c.competence.in_(_competences(principal)))


_COLUMNS: Final = [reviews.c[each.name] for each in fields(Case)]


def cases(log: Reading, *where: ColumnElement[bool], limit: int | None = None) -> list[Case]:
    """The reviews that meet every condition, oldest first."""
    query = select(*_COLUMNS).where(reviews.c.authority == log.authority, *where)
    rows = log.connection.execute(query.order_by(reviews.c.opened_at, reviews.c.decision).limit(limit))
    return [Case(*row) for row in rows]


def case_of(log: Reading, decision: str) -> Case | None:
    return next(iter(cases(log, reviews.c.decision == decision)), None)


def contents(log: Reading, leaf: Leaf) -> dict[str, Json]:
    """The parts of a record that are there, by name."""
    return {part.name: json.loads(part.content) for part in log.parts(leaf).values()}


@dataclass(frozen=True)
class File:
    """A review with everything its records say. A record that is not there, or erased, says nothing."""

    case: Case
    said: Mapping[str, tuple[Leaf, Mapping[str, Json]]]

    @classmethod
    def read(cls, log: Reading, case: Case) -> File:
        records = {each.leaf.id: (each.leaf, contents(log, each.leaf)) for each in log.records(case.chain)}
        return cls(case, records)

    def part(self, record: str, name: str) -> Json:
        _, parts = self.said.get(record, (None, {}))
        return parts.get(name)

    def who(self, record: str) -> str:
        """Key of whoever left a record of the review; empty when that is not known."""
        return key_in(self.part(record, "reviewer"))

    def newest(self, name: str) -> str:
        """The text of the newest part of that name that is not about the reviewing."""
        found = ""
        for leaf, parts in self.said.values():
            if leaf.kind() == REVIEW_OPENED or not leaf.kind().startswith(_REVIEWING):
                found = _text(parts.get(name)) or found
        return found

    @property
    def sender(self) -> str:
        """Key of whoever sent an own draft; empty of anything else, and when that is not known."""
        return key_in(self.part(self.case.decision, "sender")) if self.case.own else ""

    @property
    def draft(self) -> str:
        """The text that is reviewed: what was drafted, what the one who contests it was told, or the conversation."""
        if self.case.contact:
            return _text(self.part(self.case.decision, "talk"))
        if self.case.own:
            return _text(self.part(self.case.decision, "draft"))
        return self._told() if self.case.contests else self.newest("draft")

    def _told(self) -> str:
        told = self.newest("draft")
        for leaf, parts in self.said.values():
            if leaf.text("review", "contest") == self.case.decision:
                continue
            if leaf.kind() == REVIEW_CLOSED and leaf.text("review", "state") == "edited":
                told = _text(parts.get("text"))
            elif leaf.kind() != REVIEW_OPENED and leaf.text("outcome"):
                told = _text(parts.get("told")) or told
        return told

    @property
    def shown(self) -> str:
        """The text that a reviewer says yes or no to: the draft, or what a first reviewer made of it."""
        return _text(self.part(self.case.assessed, "text")) or self.draft

    @property
    def documents(self) -> set[str]:
        """Documents that the answer was made from."""
        return {
            document
            for leaf, _ in self.said.values()
            for each in objects(leaf.fields.get("passages"))
            if isinstance(document := each.get("document"), str)
        }

    def review(self, principal: Principal | None, default_hours: int) -> Review:
        """What a reviewer needs. `text` is what the asker is told, or what a first reviewer proposes."""
        case = self.case
        told = _text(self.part(case.closed_by, "text")) if case.state == "edited" else ""
        if case.state == "approved":
            told = self.draft
        if case.control or case.contact:
            # What a caseworker notes of a contact is the authority's own.
            told = ""
        waits = bool(case.assessed) and case.state == OPEN
        due = case.due(default_hours)
        return Review(
            decision_id=case.decision,
            opened_at=case.opened_at,
            rule_id=case.rule_id,
            reason=self._reason(),
            question=self.newest("question"),
            draft=self.draft,
            state=case.state,
            text=self.shown if waits else told,
            unit=case.unit,
            competence=case.competence,
            due_at=due,
            overdue=case.state == OPEN and is_past(due),
            claimed_until=case.claimed_until if case.held else "",
            mine=case.held and principal is not None and self.who(case.claim) == principal.key_id,
            awaits_second=waits,
            note=_text(self.part(case.returned, "note")),
            contests=case.contests,
            kind=self._kind,
            legal_basis=self._legal_basis(),
            second_reviewer=case.second,
            contact_name=_text(self.part(case.decision, "name")) if case.contact else "",
            contact_reach=_text(self.part(case.decision, "reach")) if case.contact else "",
            sender=self.sender,
            sent_by_you=principal is not None and self.sender == principal.key_id != "",
            verdict_reason=_text(self.part(case.closed_by, "reason")) if case.own else "",
            closed_at=self.said[case.closed_by][0].time if case.own and case.closed_by in self.said else "",
        )

    @property
    def _kind(self) -> str:
        if self.case.contact:
            return "contact"
        if self.case.own:
            return "own_draft"
        return "contest" if self.case.contests else "draft"

    def _legal_basis(self) -> str:
        """Of the row that holds the answer, as its newest record names it."""
        bases = [
            leaf.text("gate", "legal_basis")
            for leaf, _ in self.said.values()
            if leaf.text("gate", "verdict") == "review"
        ]
        return bases[-1] if bases else ""

    def _reason(self) -> str:
        if self.case.contests:
            return _text(self.part(self.case.decision, "message" if self.case.contact or self.case.own else "text"))
        found = ""
        for leaf, parts in self.said.values():
            if leaf.kind() == REVIEW_OPENED or not leaf.kind().startswith(_REVIEWING):
                found = _text(parts.get("reason")) or leaf.text("gate", "reason") or found
        return found


def _text(value: Json) -> str:
    """A part's text: the part itself, or its `text` field."""
    if isinstance(value, dict):
        value = value.get("text")
    return value if isinstance(value, str) else ""
