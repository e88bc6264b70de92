"""Tables of forgetting: projections. What erases is the record `erased` itself, when the log takes it in."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text

from allmanning.audit.log.schema import metadata

# What an authority has proposed and decided of its retention classes.
retention_decisions = Table(
    "retention_decisions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("authority", String(63), nullable=False, index=True),
    Column("retention_class", String(64), nullable=False),
    Column("meaning", Text, nullable=False),
    # Days after the record's month; none: preserved.
    Column("keep_days", Integer),
    Column("plan_item", Text, nullable=False),
    Column("plan_version", Text, nullable=False),
    Column("decision_dnr", Text, nullable=False),
    # Empty until a second person has decided.
    Column("decided_at", String(24), nullable=False, server_default=""),
)

holds = Table(
    "holds",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("authority", String(63), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("placed_at", String(24), nullable=False),
    Column("lifted_at", String(24), nullable=False, server_default=""),
)

held_decisions = Table(
    "held_decisions",
    metadata,
    Column("hold", String(64), primary_key=True),
    Column("decision", String(64), primary_key=True),
    Column("authority", String(63), nullable=False),
    Index("held_decisions_by_decision", "authority", "decision"),
)

erasures = Table(
    "erasures",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("authority", String(63), nullable=False, index=True),
    # Empty: for a person.
    Column("retention_class", String(64), nullable=False),
    Column("ground", Text, nullable=False),
    Column("decided_on", String(10), nullable=False),
    Column("requested_at", String(24), nullable=False),
    # "requested", "approved", "refused" or "done".
    Column("state", String(16), nullable=False, server_default="requested", index=True),
    Column("settled_at", String(24), nullable=False, server_default=""),
    # How many `erased` records it takes: one a month, or one.
    Column("units", Integer, nullable=False),
)

# One row for each `erased` record. `month` is empty for the one of an erasure for a person.
erasure_units = Table(
    "erasure_units",
    metadata,
    Column("erasure", String(64), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("authority", String(63), nullable=False),
    Column("retention_class", String(64), nullable=False),
    # The `erased` record.
    Column("record", String(36), nullable=False),
    Column("erased_at", String(24), nullable=False),
    Column("horizon", String(10), nullable=False),
    Column("records", Integer, nullable=False),
    Column("parts", Integer, nullable=False),
    # Records that a hold or the floor kept back.
    Column("kept_back", Integer, nullable=False),
    Index("erasure_units_by_month", "authority", "retention_class", "month"),
)

# Records whose month went in a class, and which a hold or the floor kept back.
kept_records = Table(
    "kept_records",
    metadata,
    Column("record", String(36), primary_key=True),
    Column("retention_class", String(64), primary_key=True),
    Column("authority", String(63), nullable=False),
    Column("month", String(7), nullable=False),
    Index("kept_records_by_month", "authority", "retention_class", "month"),
)

# Records erased for a person. Content of theirs that arrives late is not kept.
erased_records = Table(
    "erased_records",
    metadata,
    Column("record", String(36), primary_key=True),
    Column("authority", String(63), nullable=False),
    Column("erasure", String(64), nullable=False),
)
