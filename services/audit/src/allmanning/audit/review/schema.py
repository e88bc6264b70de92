"""Tables of the review queue: a projection."""

from __future__ import annotations

from sqlalchemy import Column, String, Table, Text

from allmanning.audit.log.schema import metadata

reviews = Table(
    "reviews",
    metadata,
    Column("authority", String(63), primary_key=True),
    Column("decision", String(64), primary_key=True),
    Column("opened_at", String(24), nullable=False),
    Column("rule_id", Text, nullable=False),
    Column("state", Text, nullable=False, server_default="open"),
    # Id of the record that closed it.
    Column("closed_by", String(36), nullable=False, server_default=""),
)
