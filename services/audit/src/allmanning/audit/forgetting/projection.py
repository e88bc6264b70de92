"""What records do to what is kept. The record `erased` is itself what erases, when the log takes it in.

So an erasure is whole or not at all, a process that was killed goes on where it was, and a log that is restored from a
backup and reads its stream again forgets again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.engine import Connection

from allmanning.audit.forgetting.retention import CLASS, is_month
from allmanning.audit.forgetting.schema import (
    erased_records,
    erasure_units,
    erasures,
    held_decisions,
    holds,
    kept_records,
    retention_decisions,
)
from allmanning.audit.forgetting.targets import Targets, of_month, of_records
from allmanning.audit.log.database import upserting
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.numbered import Numbered
from allmanning.audit.log.schema import leaves
from allmanning.audit.review.projection import CONTESTED, REVIEW_CLOSED
from allmanning.audit.review.schema import reviews
from allmanning.audit.sealing.doomed import doom
from allmanning.runtime.record import Json

VERSION: Final = 1
TABLES: Final = (retention_decisions, holds, held_decisions, erasures, erasure_units, kept_records, erased_records)
PROPOSED: Final = "retention.proposed"
DECIDED: Final = "retention.decided"
PLACED: Final = "hold.placed"
LIFTED: Final = "hold.lifted"
REQUESTED: Final = "erasure.requested"
APPROVED: Final = "erasure.approved"
REFUSED: Final = "erasure.refused"
ERASED: Final = "erased"
# The hold that a contest places by itself.
CONTEST: Final = "contest"
SEARCHED: Final = "erasure.searched"


def apply(connection: Connection, new: Sequence[Numbered]) -> None:
    """Take leaves in; `erased` destroys what it names, unless nobody has approved that."""
    for leaf, _ in new:
        _TAKING[leaf.kind()](connection, leaf)


def _object(leaf: Leaf, name: str) -> dict[str, Json]:
    value = leaf.fields.get(name)
    return value if isinstance(value, dict) else {}


def texts(value: Json) -> list[str]:
    """The texts of a list; nothing when it is none."""
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def months_of(leaf: Leaf) -> list[str]:
    """The months that a request is about; none when it is about records."""
    return [each for each in texts(_object(leaf, "erasure").get("months")) if is_month(each)]


def records_of(leaf: Leaf) -> list[str]:
    """The records that a request, or an `erased`, names."""
    return texts(_object(leaf, "erasure").get("records"))


def _proposed(connection: Connection, leaf: Leaf) -> None:
    days = _object(leaf, "retention").get("keep_days")
    row = {
        "id": leaf.decision,
        "authority": leaf.authority,
        "retention_class": leaf.text("retention", "class"),
        "meaning": leaf.text("retention", "meaning"),
        "keep_days": days if type(days) is int else None,
        "plan_item": leaf.text("retention", "plan_item"),
        "plan_version": leaf.text("retention", "plan_version"),
        "decision_dnr": leaf.text("retention", "decision_dnr"),
    }
    connection.execute(upserting(connection, retention_decisions).values(**row).on_conflict_do_nothing())


def _decided(connection: Connection, leaf: Leaf) -> None:
    table = retention_decisions
    this = (table.c.id == leaf.decision, table.c.authority == leaf.authority, table.c.decided_at == "")
    connection.execute(update(table).where(*this).values(decided_at=leaf.time))


def _placed(connection: Connection, leaf: Leaf) -> None:
    row = {"id": leaf.decision, "authority": leaf.authority, "placed_at": leaf.time, "kind": leaf.text("hold", "kind")}
    connection.execute(upserting(connection, holds).values(**row).on_conflict_do_nothing())
    for decision in texts(_object(leaf, "hold").get("decisions")):
        held = {"hold": leaf.decision, "decision": decision, "authority": leaf.authority}
        connection.execute(upserting(connection, held_decisions).values(**held).on_conflict_do_nothing())


def _lifted(connection: Connection, leaf: Leaf) -> None:
    this = (holds.c.id == leaf.decision, holds.c.authority == leaf.authority, holds.c.lifted_at == "")
    connection.execute(update(holds).where(*this).values(lifted_at=leaf.time))


def _contested(connection: Connection, leaf: Leaf) -> None:
    """A decision that somebody contests is kept until that is settled (GDPR 17.3 e); what is appealed, until lifted."""
    if not isinstance(leaf.fields.get("review"), dict):
        return
    kind = "appeal" if leaf.text("contest") == "appeal" else CONTEST
    row = {"id": leaf.id, "authority": leaf.authority, "placed_at": leaf.time, "kind": kind}
    connection.execute(upserting(connection, holds).values(**row).on_conflict_do_nothing())
    held = {"hold": leaf.id, "decision": leaf.decision, "authority": leaf.authority}
    connection.execute(upserting(connection, held_decisions).values(**held).on_conflict_do_nothing())


def _review_closed(connection: Connection, leaf: Leaf) -> None:
    contest = leaf.text("review", "contest")
    mine = (reviews.c.authority == leaf.authority, reviews.c.decision == contest, reviews.c.closed_by == leaf.id)
    if contest and connection.execute(select(reviews.c.decision).where(*mine)).first():
        this = (holds.c.id == contest, holds.c.authority == leaf.authority, holds.c.kind == CONTEST)
        connection.execute(update(holds).where(*this, holds.c.lifted_at == "").values(lifted_at=leaf.time))


def _requested(connection: Connection, leaf: Leaf) -> None:
    row = {
        "id": leaf.decision,
        "authority": leaf.authority,
        "retention_class": leaf.text("erasure", "class"),
        "ground": leaf.text("erasure", "ground"),
        "decided_on": leaf.text("erasure", "decided_on"),
        "requested_at": leaf.time,
        "units": len(set(months_of(leaf))) or 1,
    }
    connection.execute(upserting(connection, erasures).values(**row).on_conflict_do_nothing())


def _settled(connection: Connection, leaf: Leaf) -> None:
    state = "approved" if leaf.kind() == APPROVED else "refused"
    this = (erasures.c.id == leaf.decision, erasures.c.authority == leaf.authority, erasures.c.state == "requested")
    connection.execute(update(erasures).where(*this).values(state=state, settled_at=leaf.time))


def _erased(connection: Connection, leaf: Leaf) -> None:
    this = (erasures.c.id == leaf.decision, erasures.c.authority == leaf.authority)
    erasure = connection.execute(select(erasures).where(*this, erasures.c.state == "approved")).one_or_none()
    if erasure is None:
        return
    month, name = leaf.text("erasure", "month"), leaf.text("erasure", "class")
    known = (erasure_units.c.erasure == leaf.decision, erasure_units.c.month == month)
    if name != erasure.retention_class or connection.execute(select(erasure_units).where(*known)).first():
        return
    if name:
        if not (is_month(month) and CLASS.fullmatch(name)):
            return
        place = connection.scalars(select(leaves.c.place).where(leaves.c.id == leaf.id)).one()
        day = date.fromisoformat(leaf.time[:10])
        targets = of_month(connection, leaf.authority, name, month, day, before=place)
        _keep_back(connection, leaf.authority, name, month, targets.kept)
    else:
        targets = of_records(connection, leaf.authority, records_of(leaf))
        if targets.held:
            # All or nothing: a hold that came after the approval keeps everything until it is lifted.
            return
        rows = [{"record": each.id, "authority": leaf.authority, "erasure": leaf.decision} for each in targets.leaves]
        if rows:
            connection.execute(upserting(connection, erased_records).on_conflict_do_nothing(), rows)
    _destroy(connection, leaf.authority, targets.leaves, name)
    connection.execute(
        erasure_units.insert().values(
            erasure=leaf.decision,
            month=month,
            authority=leaf.authority,
            retention_class=name,
            record=leaf.id,
            erased_at=leaf.time,
            horizon=leaf.text("erasure", "horizon"),
            records=len(targets.leaves),
            parts=_parts(targets, name),
            kept_back=len(targets.kept),
        )
    )
    done = connection.scalars(
        select(func.count()).select_from(erasure_units).where(erasure_units.c.erasure == leaf.decision)
    ).one()
    if done >= erasure.units:
        connection.execute(update(erasures).where(*this).values(state="done"))


def _keep_back(connection: Connection, authority: str, name: str, month: str, records: Sequence[str]) -> None:
    table = kept_records
    this = (table.c.authority == authority, table.c.retention_class == name, table.c.month == month)
    connection.execute(delete(table).where(*this))
    rows = [{"record": each, "retention_class": name, "authority": authority, "month": month} for each in records]
    if rows:
        connection.execute(table.insert(), rows)


def _parts(targets: Targets, name: str) -> int:
    """How many parts go; the leaves say it also when the log is read again and the parts are gone already."""
    return sum(name in ("", part.retention) for leaf in targets.leaves for part in leaf.parts.values())


def _destroy(connection: Connection, authority: str, gone: Sequence[Leaf], name: str) -> None:
    """Destroy the content of these records, all of it or that of one class."""
    classes = ((each.id, part.retention) for each in gone for part in each.parts.values())
    doom(connection, authority, (pair for pair in classes if name in ("", pair[1])))


_TAKING: Final[dict[str, Callable[[Connection, Leaf], None]]] = {
    PROPOSED: _proposed,
    DECIDED: _decided,
    PLACED: _placed,
    LIFTED: _lifted,
    REQUESTED: _requested,
    APPROVED: _settled,
    REFUSED: _settled,
    ERASED: _erased,
    CONTESTED: _contested,
    REVIEW_CLOSED: _review_closed,
}
KINDS: Final = frozenset(_TAKING)
