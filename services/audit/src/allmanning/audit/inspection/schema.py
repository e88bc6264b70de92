"""Tables that decisions are found by: projections, made from the leaves alone."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, String, Table, Text

from allmanning.audit.log.schema import metadata

# A decision has a term: an inverted list for each, newest first when read backwards.
terms = Table(
    "terms",
    metadata,
    Column("authority", String(63), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("value", Text, primary_key=True),
    Column("place", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

# What a decision has at most one of, beside what the list of decisions says.
inspected = Table(
    "inspected",
    metadata,
    Column("authority", String(63), primary_key=True),
    Column("decision", String(64), primary_key=True),
    Column("place", BigInteger, nullable=False),
    Column("unit", Text, nullable=False),
    Column("use_case", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("appeal_route", Text, nullable=False),
)

# Between which places a day's decisions lie (UTC): a period of time becomes one of places.
days = Table(
    "days",
    metadata,
    Column("authority", String(63), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
)

# Readings of content.
reads = Table(
    "reads",
    metadata,
    Column("record", String(36), primary_key=True),
    Column("authority", String(63), nullable=False),
    Column("decision", String(64), nullable=False),
    Column("time", String(24), nullable=False),
    Index("reads_of_decision", "authority", "decision"),
    Index("reads_by_time", "authority", "time"),
)

# What auditors have begun: recalls, samples, controls, disclosures, and the plan of controls.
tasks = Table(
    "tasks",
    metadata,
    Column("authority", String(63), primary_key=True),
    Column("task", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("opened_at", String(24), nullable=False),
    Index("tasks_by_time", "authority", "opened_at"),
)

# How far a recall has come with each decision; one that is not here is open.
recalled = Table(
    "recalled",
    metadata,
    Column("authority", String(63), primary_key=True),
    Column("recall", String(64), primary_key=True),
    Column("decision", String(64), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("time", String(24), nullable=False),
)
