"""Table of the records that steer the gate: a projection."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary, String, Table

from allmanning.audit.log.schema import metadata

steering = Table(
    "steering",
    metadata,
    Column("record", String(36), primary_key=True),
    Column("authority", String(63), nullable=False, index=True),
    Column("data", LargeBinary, nullable=False),
)
