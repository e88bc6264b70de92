"""Table of what askers thought of answers: a projection."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, String, Table, Text

from allmanning.audit.log.schema import metadata

# The newest rating of each decision counts.
ratings = Table(
    "ratings",
    metadata,
    Column("authority", String(63), primary_key=True),
    Column("decision", String(64), primary_key=True),
    Column("record", String(36), nullable=False),
    Column("helped", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("time", String(24), nullable=False),
    Index("ratings_by_time", "authority", "time"),
)
