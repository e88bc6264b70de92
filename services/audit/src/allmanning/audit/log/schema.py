"""Tables of the log, the same in SQLite and PostgreSQL. Leaves and nodes are only ever inserted.

Other areas declare their own tables on the same `metadata`, in a `schema.py` of theirs.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, String, Table, Text

metadata = MetaData()

logs = Table(
    "logs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("origin", Text, nullable=False, unique=True),
    Column("authority", String(63), nullable=False, index=True),
    Column("period", String(8), nullable=False),
    Column("size", BigInteger, nullable=False, server_default="0"),
    Column("signed", BigInteger, nullable=False, server_default="0"),
    Column("note", Text, nullable=False, server_default=""),
    # Origin of the log that follows; empty while this one is not sealed.
    Column("next", Text, nullable=False, server_default=""),
)

leaves = Table(
    "leaves",
    metadata,
    Column("log", Integer, primary_key=True, autoincrement=False),
    Column("idx", BigInteger, primary_key=True, autoincrement=False),
    Column("id", String(36), nullable=False, unique=True),
    Column("authority", String(63), nullable=False),
    Column("decision", String(64), nullable=False),
    Column("data", LargeBinary, nullable=False),
    # Counts an authority's leaves from 1 in the order they came, over all its logs.
    Column("place", BigInteger, nullable=False, server_default="0"),
    Index("leaves_of_decision", "authority", "decision"),
    Index("leaves_by_place", "authority", "place"),
    # Ids begin with their time: a month of an authority, and its oldest record.
    Index("leaves_by_id", "authority", "id"),
)

nodes = Table(
    "nodes",
    metadata,
    Column("log", Integer, primary_key=True, autoincrement=False),
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("idx", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

# Content that an earlier release left in the clear; empty once it is sealed (`sealing/earlier.py`).
parts = Table(
    "parts",
    metadata,
    Column("record", String(36), primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("commitment", String(44), primary_key=True),
    Column("authority", String(63), nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("retention", String(64), nullable=False),
)

pins = Table(
    "pins",
    metadata,
    Column("authority", String(63), primary_key=True),
    Column("hash", String(71), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

# Last message of the leaf stream up to which every message is taken in; one row.
progress = Table(
    "progress",
    metadata,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("sequence", BigInteger, nullable=False),
)

# Leaves of messages that came before one that precedes them in the stream. Empty data: a message without leaves.
early = Table(
    "early",
    metadata,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    # Place in the message.
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("id", String(36), index=True),
    Column("data", LargeBinary, nullable=False),
)

# The same of an earlier release, whose messages held one leaf each; empty once it is moved (`arrivals.py`).
waiting = Table(
    "waiting",
    metadata,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("id", String(36), index=True),
    Column("data", LargeBinary, nullable=False),
)

# Which versions of the projections the projected tables were made by; one row.
projected = Table(
    "projected",
    metadata,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("versions", Text, nullable=False),
)

# A projection: the list of decisions. `place` is that of the decision's first leaf.
decisions = Table(
    "decisions",
    metadata,
    Column("authority", String(63), primary_key=True),
    Column("decision", String(64), primary_key=True),
    Column("place", BigInteger, nullable=False),
    Column("opened_at", String(24), nullable=False),
    Column("outcome", Text, nullable=False, server_default=""),
    Column("rule_id", Text, nullable=False, server_default=""),
    Column("channel", Text, nullable=False, server_default=""),
    Index("decisions_by_place", "authority", "place"),
)
