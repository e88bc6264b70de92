"""Tell, wherever a record is read, which of its content is gone and why."""

from __future__ import annotations

from sqlalchemy import select

from allmanning.audit.forgetting.retention import month_of
from allmanning.audit.forgetting.schema import erased_records, erasure_units, erasures
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.reading import Reading
from allmanning.contracts.audit.v1.audit_pb import ErasedPart


def erased_of(log: Reading, leaf: Leaf) -> list[ErasedPart]:
    """The parts of a record that have been erased, by name. What is missing for another reason is not among them."""
    if not leaf.parts:
        return []
    by_person = select(erased_records.c.erasure).where(
        erased_records.c.record == leaf.id, erased_records.c.authority == log.authority
    )
    units = (
        select(erasure_units, erasures.c.ground, erasures.c.decided_on)
        .join(erasures, erasures.c.id == erasure_units.c.erasure)
        .where(erasure_units.c.authority == log.authority)
        .order_by(erasure_units.c.erased_at)
    )
    whole = log.connection.execute(units.where(erasure_units.c.erasure.in_(by_person))).first()
    classes = {part.retention for part in leaf.parts.values()}
    by_class = log.connection.execute(
        units.where(erasure_units.c.month == month_of(leaf.time), erasure_units.c.retention_class.in_(classes))
    ).all()
    if whole is None and not by_class:
        return []
    # A hold may have kept the record back when its month went.
    present = set(log.parts(leaf))
    rows = {row.retention_class: row for row in by_class}
    found = {
        name: row
        for name, part in leaf.parts.items()
        if name not in present and (row := whole or rows.get(part.retention)) is not None
    }
    return [
        ErasedPart(
            name=name,
            erasure_id=row.erasure,
            ground=row.ground,
            decided_on=row.decided_on,
            erased_at=row.erased_at,
        )
        for name, row in sorted(found.items())
    ]
