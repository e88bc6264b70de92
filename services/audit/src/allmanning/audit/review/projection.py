"""What each record does to the review queue. What lost a race, or comes too late, changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.engine import Connection

from allmanning.audit.log.database import upserting
from allmanning.audit.log.json_path import at
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.numbered import Numbered
from allmanning.audit.log.schema import decisions, leaves
from allmanning.audit.review.schema import controls, opened_sources, reviews, verdicts
from allmanning.runtime.record import EVALUATION

VERSION: Final = 4
TABLES: Final = (reviews, verdicts, opened_sources, controls)
REVIEW_OPENED: Final = "review.opened"
REVIEW_CLAIMED: Final = "review.claimed"
REVIEW_RETURNED: Final = "review.returned"
SOURCE_OPENED: Final = "review.source_opened"
REVIEW_ASSESSED: Final = "review.assessed"
REVIEW_CLOSED: Final = "review.closed"
CONTROL_ADDED: Final = "control.added"
CORRECTED: Final = "corrected"
CONTESTED: Final = "contested"
CONTACT_REQUESTED: Final = "contact.requested"
# A contact is dealt with, and nobody has judged an answer.
CONTACT_CLOSED: Final = "contact.closed"
# A colleague is asked to look at a caseworker's own draft, and has answered: no asker waits for it.
DRAFT_SENT: Final = "review.asked"
DRAFT_CLOSED: Final = "review.answered"
DECISION_MADE: Final = "decision.made"
# What a caseworker may do, and what the review's state and the decision's outcome then are.
CLOSINGS: Final = {
    "approve": ("approved", "answered"),
    "edit": ("edited", "answered"),
    "reject": ("rejected", "refused"),
}
# The outcome of a known-wrong draft, whatever the reviewer said: nobody is told anything.
CONTROL: Final = "control"
_STATES: Final = frozenset(state for state, _ in CLOSINGS.values())
LET_OUT: Final = ("approved", "edited")


def apply(connection: Connection, new: Sequence[Numbered]) -> None:
    """Take leaves into the queue; their decisions are listed already."""
    for leaf, _ in new:
        _TAKING[leaf.kind()](connection, leaf)


def _changed(connection: Connection, where: ColumnElement[bool], **values: Any) -> bool:
    return bool(connection.execute(update(reviews).where(where).values(**values)).rowcount)


def _review_of(leaf: Leaf) -> str:
    """Which review a record is about: that of a contest, or the decision's own."""
    return leaf.text("review", "contest") or leaf.decision


def _this(leaf: Leaf) -> ColumnElement[bool]:
    return and_(reviews.c.authority == leaf.authority, reviews.c.decision == _review_of(leaf))


def _free(leaf: Leaf, claim: str) -> ColumnElement[bool]:
    """The review is open, and nobody but the holder of `claim` has it when the record is made."""
    nobody = or_(reviews.c.claim == "", reviews.c.claimed_until < leaf.time)
    return and_(_this(leaf), reviews.c.state == "open", or_(nobody, reviews.c.claim == claim))


def _opened(connection: Connection, leaf: Leaf) -> None:
    _open(connection, leaf, {"decision": leaf.decision})


def _contested(connection: Connection, leaf: Leaf) -> None:
    """A contest has a review of its own, for those that the decision's was for; records from before that have none."""
    if isinstance(leaf.fields.get("review"), dict):
        hours = at(leaf.fields, "review", "deadline_hours")
        own = {"deadline_hours": hours if type(hours) is int else None}
        _open(connection, leaf, {"decision": leaf.id, "contests": leaf.decision, **own})


def _contact(connection: Connection, leaf: Leaf) -> None:
    """Anybody's who answers people: the rule that the answer fell under is not about this."""
    hours = at(leaf.fields, "review", "deadline_hours")
    own = {"decision": leaf.id, "contests": leaf.decision, "contact": True, "rule_id": "", "unit": "", "competence": ""}
    own |= {"second": False, "in_case": False, "deadline_hours": hours if type(hours) is int else None}
    _open(connection, leaf, own)


def _sent(connection: Connection, leaf: Leaf) -> None:
    """For those whom the answer's rule or its asker's unit point out: its sources may be theirs alone."""
    own = {"decision": leaf.id, "contests": leaf.decision, "own": True, "second": False, "in_case": False}
    _open(connection, leaf, own)


def _open(connection: Connection, leaf: Leaf, own: dict[str, Any]) -> None:
    until = select(leaves.c.place).where(leaves.c.id == leaf.id).scalar_subquery()
    rows = connection.scalars(
        select(leaves.c.data)
        .where(leaves.c.authority == leaf.authority, leaves.c.decision == leaf.decision, leaves.c.place <= until)
        .order_by(leaves.c.place.desc())
    )
    said = [Leaf.stored(data) for data in rows]
    if any(each.text("channel") == EVALUATION for each in said):
        # Nobody waits for it.
        return

    def newest(*path: str) -> str:
        return next((text for each in said if (text := each.text(*path))), "")

    hours = [found for each in said if type(found := at(each.fields, "gate", "deadline_hours")) is int]
    row = {
        "authority": leaf.authority,
        "opened_at": leaf.time,
        "rule_id": newest("gate", "rule_id") or newest("rule_id"),
        "unit": newest("gate", "unit") or newest("unit"),
        "competence": newest("gate", "competence"),
        "deadline_hours": hours[0] if hours else None,
        "second": any(at(each.fields, "gate", "second_reviewer") is True for each in said),
        "in_case": any(_opens_case(each) for each in said),
        **own,
    }
    connection.execute(upserting(connection, reviews).values(**row).on_conflict_do_nothing())


def _opens_case(leaf: Leaf) -> bool:
    """Somebody asks in a matter that is decided, and is told the decision (FL 28 §)."""
    asked = leaf.kind() == "question.received" and leaf.text("role") == "citizen"
    return asked and leaf.text("appeal_route") not in ("", "ej_ärende")


def _made(connection: Connection, leaf: Leaf) -> None:
    """A decision that a caseworker has written down stands for whatever is let out of the same review."""
    closing = leaf.text("review", "closing")
    which = reviews.c.closed_by == closing if closing else reviews.c.decision == leaf.decision
    _changed(connection, and_(reviews.c.authority == leaf.authority, which, reviews.c.made == ""), made=leaf.id)


def _claimed(connection: Connection, leaf: Leaf) -> None:
    until, renewed = leaf.text("review", "until"), leaf.text("review", "renews")
    if renewed:
        _changed(connection, and_(_free(leaf, renewed), reviews.c.claim == renewed), claimed_until=until)
    else:
        _changed(connection, _free(leaf, leaf.id), claim=leaf.id, claimed_until=until)


def _returned(connection: Connection, leaf: Leaf) -> None:
    claim = leaf.text("review", "claim")
    if claim:
        held = and_(_this(leaf), reviews.c.state == "open", reviews.c.claim == claim)
        _changed(connection, held, claim="", claimed_until="", returned=leaf.id)


def _source_opened(connection: Connection, leaf: Leaf) -> None:
    row = {"claim": leaf.text("review", "claim"), "document": leaf.text("review", "document")}
    connection.execute(upserting(connection, opened_sources).values(**row).on_conflict_do_nothing())


def _counts(leaf: Leaf) -> ColumnElement[bool]:
    """The verdict was given on what was known: nobody else has it, and no assessment has come in between."""
    return and_(_free(leaf, leaf.text("review", "claim")), reviews.c.assessed == leaf.text("review", "after"))


def _assessed(connection: Connection, leaf: Leaf) -> None:
    if _changed(connection, _counts(leaf), assessed=leaf.id, claim="", claimed_until=""):
        _verdict(connection, leaf, overturns=bool(leaf.text("review", "after")))


def _closed(connection: Connection, leaf: Leaf) -> None:
    state, outcome = leaf.text("review", "state"), leaf.text("outcome")
    state = state if state in _STATES else "rejected"
    control = outcome == CONTROL
    closing = {"state": state, "closed_by": leaf.id, "claim": "", "claimed_until": "", "control": control}
    # The first closing counts; a second one, written in the same instant, changes nothing.
    if not _changed(connection, _counts(leaf), **closing):
        return
    _verdict(connection, leaf, overturns=state == "rejected")
    if leaf.text("review", "contest") and state != "approved":
        held = and_(reviews.c.authority == leaf.authority, reviews.c.decision == leaf.decision)
        _changed(connection, and_(held, reviews.c.state.in_(LET_OUT)), reversed=True)
    if outcome:
        this = and_(decisions.c.authority == leaf.authority, decisions.c.decision == leaf.decision)
        connection.execute(update(decisions).where(this).values(outcome=outcome))


def _contact_closed(connection: Connection, leaf: Leaf) -> None:
    state = leaf.text("review", "state")
    closing = {"state": state if state in _STATES else "rejected", "closed_by": leaf.id, "claim": ""}
    _changed(connection, _counts(leaf), **closing, claimed_until="")


def _draft_closed(connection: Connection, leaf: Leaf) -> None:
    state = leaf.text("review", "state")
    closing = {"state": state if state in _STATES else "rejected", "closed_by": leaf.id, "claim": ""}
    if _changed(connection, _counts(leaf), **closing, claimed_until=""):
        _verdict(connection, leaf, overturns=False)


def _verdict(connection: Connection, leaf: Leaf, *, overturns: bool) -> None:
    if overturns and (before := leaf.text("review", "after")):
        connection.execute(update(verdicts).where(verdicts.c.record == before).values(overturned=True))
    row = {"record": leaf.id, "authority": leaf.authority, "decision": _review_of(leaf), "time": leaf.time}
    connection.execute(upserting(connection, verdicts).values(**row).on_conflict_do_nothing())


def _control_added(connection: Connection, leaf: Leaf) -> None:
    row = {"record": leaf.id, "authority": leaf.authority, "added": leaf.decision}
    connection.execute(upserting(connection, controls).values(**row).on_conflict_do_nothing())


def _corrected(connection: Connection, leaf: Leaf) -> None:
    if at(leaf.fields, "correction", "reversed") is True:
        _changed(connection, and_(_this(leaf), reviews.c.state.in_(LET_OUT)), reversed=True)


_TAKING: Final[dict[str, Callable[[Connection, Leaf], None]]] = {
    REVIEW_OPENED: _opened,
    REVIEW_CLAIMED: _claimed,
    REVIEW_RETURNED: _returned,
    SOURCE_OPENED: _source_opened,
    REVIEW_ASSESSED: _assessed,
    REVIEW_CLOSED: _closed,
    CONTROL_ADDED: _control_added,
    CORRECTED: _corrected,
    CONTESTED: _contested,
    CONTACT_REQUESTED: _contact,
    CONTACT_CLOSED: _contact_closed,
    DRAFT_SENT: _sent,
    DRAFT_CLOSED: _draft_closed,
    DECISION_MADE: _made,
}
KINDS: Final = frozenset(_TAKING)
