"""What falls due, what has been erased, and the monthly report to the archive authority."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Final

from sqlalchemy import Column, ColumnElement, func, select

from allmanning.audit.forgetting.classes import classes_of
from allmanning.audit.forgetting.holds import holds_of
from allmanning.audit.forgetting.projection import REQUESTED, months_of, records_of
from allmanning.audit.forgetting.retention import Retention, after, last_due, months
from allmanning.audit.forgetting.schema import erasure_units, erasures
from allmanning.audit.forgetting.targets import of_month
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.reading import Reading
from allmanning.audit.log.schema import leaves
from allmanning.audit.sealing.schema import doomed
from allmanning.contracts.audit.v1 import erasure_pb as proto

MOST_RECORDS_TOLD: Final = 200


def due(log: Reading, name: str, today: date) -> list[proto.ListDueResponse.Due]:
    """What falls due on a day, by class and month; without a decision on the class it waits for one."""
    classes = [each for each in classes_of(log).values() if name in ("", each.name)]
    return [line for each in classes for line in _due_of(log, each, today)]


def _due_of(log: Reading, retention: Retention, today: date) -> Iterator[proto.ListDueResponse.Due]:
    for month in due_months(log, retention, last_due(retention.keep_days, today)):
        found = of_month(log.connection, log.authority, retention.name, month, today)
        records = len(found.leaves) + len(found.kept)
        if records:
            yield proto.ListDueResponse.Due(
                retention_class=retention.name,
                month=month,
                records=records,
                held=found.held,
                floored=found.floored,
                plan_item=retention.plan_item,
            )


def due_months(log: Reading, retention: Retention, until: str) -> list[str]:
    """Months up to `until` from which something may be left to erase."""
    oldest = log.connection.scalar(select(func.min(leaves.c.id)).where(leaves.c.authority == log.authority))
    if not oldest or not until:
        return []
    units = log.connection.execute(
        select(erasure_units.c.month, erasure_units.c.kept_back).where(
            erasure_units.c.authority == log.authority, erasure_units.c.retention_class == retention.name
        )
    )
    # A month that was erased whole has nothing left.
    whole = {row.month for row in units if not row.kept_back}
    first = _month_of_id(str(oldest))
    # A day in the far future has no more months than there have been.
    last = min(until, after(datetime.now(UTC).date().isoformat()[:7]))
    return [each for each in months(first, last) if each not in whole]


def _month_of_id(record: str) -> str:
    """The month in which a UUIDv7 was made."""
    seconds = int(record.replace("-", "")[:12], 16) / 1_000
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()[:7]


def erasures_of(log: Reading, erasure: str = "") -> list[proto.Erasure]:
    """Erasures, newest first, each with its receipt; only one when it is named."""
    query = select(erasures).where(erasures.c.authority == log.authority)
    if erasure:
        query = query.where(erasures.c.id == erasure)
    rows = log.connection.execute(query.order_by(erasures.c.requested_at.desc(), erasures.c.id.desc())).all()
    return [_erasure(log, proto.Erasure(
        id=row.id,
        state=row.state,
        retention_class=row.retention_class,
        ground=row.ground,
        decided_on=row.decided_on,
        requested_at=row.requested_at,
        settled_at=row.settled_at,
    )) for row in rows]  # fmt: skip


def _erasure(log: Reading, told: proto.Erasure) -> proto.Erasure:
    units = log.connection.execute(
        select(erasure_units).where(erasure_units.c.erasure == told.id).order_by(erasure_units.c.month)
    ).all()
    request = request_of(log, told.id)
    if request is not None:
        told.months = months_of(request)
        told.record_ids = records_of(request)[:MOST_RECORDS_TOLD]
    told.records = sum(each.records for each in units)
    told.held = sum(each.kept_back for each in units)
    told.log_records = [each.record for each in units]
    # Keys go right after the record that erases; until they have, there is no receipt.
    waits = log.connection.execute(select(doomed.c.record).where(doomed.c.authority == log.authority)).first()
    if units and told.state == "done" and not waits:
        told.keys_destroyed_at = max(each.erased_at for each in units)
        told.backup_horizon = max(each.horizon for each in units)
    return told


def request_of(log: Reading, erasure: str) -> Leaf | None:
    """The leaf that asked for an erasure."""
    return next((each.leaf for each in log.records(erasure) if each.leaf.kind() == REQUESTED), None)


def _within(column: Column[str], month: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return column >= month, column < after(month)


def report(log: Reading, month: str) -> proto.ReportErasuresResponse:
    """What was erased in a month, by class and ground."""
    counted = (
        select(
            erasure_units.c.retention_class,
            erasures.c.ground,
            func.count(func.distinct(erasures.c.id)).label("erasures"),
            func.sum(erasure_units.c.records).label("records"),
            func.sum(erasure_units.c.parts).label("parts"),
        )
        .join(erasures, erasures.c.id == erasure_units.c.erasure)
        .where(erasure_units.c.authority == log.authority, *_within(erasure_units.c.erased_at, month))
        .group_by(erasure_units.c.retention_class, erasures.c.ground)
        .order_by(erasure_units.c.retention_class, erasures.c.ground)
    )
    lines = [
        proto.ReportErasuresResponse.Line(
            retention_class=row.retention_class,
            ground=row.ground,
            erasures=row.erasures,
            records=row.records,
            parts=row.parts,
        )
        for row in log.connection.execute(counted)
    ]
    states = select(func.count()).select_from(erasures).where(erasures.c.authority == log.authority)
    refused = states.where(erasures.c.state == "refused", *_within(erasures.c.settled_at, month))
    return proto.ReportErasuresResponse(
        month=month,
        lines=lines,
        refused=log.connection.scalars(refused).one(),
        waiting=log.connection.scalars(states.where(erasures.c.state == "requested")).one(),
        holds=len(holds_of(log)),
    )
