"""Tables of how the assistant is used and what it ran with, made from the leaves alone."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, String, Table, Text

from allmanning.audit.log.schema import metadata

# One row a question. `outcome` is the first one, before any person.
use = Table(
    "register_use",
    metadata,
    Column("authority", String(63), primary_key=True),
    Column("decision", String(64), primary_key=True),
    Column("month", String(7), nullable=False),
    Column("role", Text, nullable=False, server_default=""),
    Column("channel", Text, nullable=False, server_default=""),
    Column("language", Text, nullable=False, server_default=""),
    Column("unit", Text, nullable=False, server_default=""),
    Column("use_case", Text, nullable=False, server_default=""),
    Column("outcome", Text, nullable=False, server_default=""),
    Index("register_use_by_month", "authority", "month"),
)

# How many questions there are of each kind, so that the registers need not go through them all.
counts = Table(
    "register_use_counts",
    metadata,
    Column("authority", String(63), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("role", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("language", Text, primary_key=True),
    Column("unit", Text, primary_key=True),
    Column("use_case", Text, primary_key=True),
    Column("outcome", Text, primary_key=True),
    Column("number", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# What is in force by kind: a pin's hash, or the index version.
pins_now = Table(
    "register_pins_now",
    metadata,
    Column("authority", String(63), primary_key=True),
    Column("kind", String(64), primary_key=True),
    Column("value", Text, nullable=False),
    Column("since", String(24), nullable=False),
)

# What each process last worked with, as JSON by kind: two processes that differ don't take turns at changing it.
pins_of_process = Table(
    "register_pins_of_process",
    metadata,
    Column("authority", String(63), primary_key=True),
    Column("producer", String(64), primary_key=True),
    Column("source", String(32), primary_key=True),
    Column("pins", Text, nullable=False),
)

# `record` is the first that was made with the new one; `told` the config.changed record, empty until it is written.
changes = Table(
    "register_changes",
    metadata,
    Column("authority", String(63), primary_key=True),
    Column("record", String(36), primary_key=True),
    Column("kind", String(64), primary_key=True),
    Column("at", String(24), nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("told", String(36), nullable=False, server_default=""),
    Index("register_changes_by_time", "authority", "at"),
)

TABLES = (use, counts, pins_now, pins_of_process, changes)
