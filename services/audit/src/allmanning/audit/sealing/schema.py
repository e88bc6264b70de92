"""Tables of the keys, in a database of their own, and of the sealed parts, in that of the log."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, MetaData, String, Table

from allmanning.audit.log.schema import metadata

# The commitment is part of the key: content that belongs to no leaf can't stand in the way of content that does.
sealed_parts = Table(
    "sealed_parts",
    metadata,
    Column("record", String(36), primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("commitment", String(44), primary_key=True),
    Column("authority", String(63), nullable=False),
    Column("retention", String(64), nullable=False),
    # `2026-11`: when the record was made. Its keys are wrapped by that month's.
    Column("month", String(7), nullable=False),
    # AES-256-GCM: nonce, salt and content, tag.
    Column("sealed", LargeBinary, nullable=False),
    Index("sealed_parts_by_month", "authority", "retention", "month"),
)

# Content whose keys are still to be destroyed (`doomed.py`).
doomed = Table(
    "doomed",
    metadata,
    Column("authority", String(63), primary_key=True),
    Column("record", String(36), primary_key=True),
    Column("retention", String(64), primary_key=True),
)

keys = MetaData()

# What the root key gives for a text that everybody knows: whether it is the right one. One row.
root = Table(
    "root",
    keys,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("sealed", LargeBinary, nullable=False),
)

# What producers seal with: one pair a day and authority, until the stream can hold nothing sealed with it.
sealing_keys = Table(
    "sealing_keys",
    keys,
    Column("authority", String(63), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("public", LargeBinary, nullable=False),
    Column("private", LargeBinary, nullable=False),
)

# Null: destroyed. The row stays, so that content that comes late is not sealed anew.
month_keys = Table(
    "month_keys",
    keys,
    Column("authority", String(63), primary_key=True),
    Column("retention", String(64), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("wrapped", LargeBinary),
)

# One key for all parts of a record in a retention class, wrapped by its month's. Null: destroyed.
data_keys = Table(
    "data_keys",
    keys,
    Column("record", String(36), primary_key=True),
    Column("retention", String(64), primary_key=True),
    Column("authority", String(63), nullable=False),
    Column("month", String(7), nullable=False),
    Column("wrapped", LargeBinary),
    Index("data_keys_by_month", "authority", "retention", "month"),
)
