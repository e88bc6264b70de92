"""Tables of the review queue: projections."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text, and_, false

from allmanning.audit.log.schema import metadata

reviews = Table(
    "reviews",
    metadata,
    Column("authority", String(63), primary_key=True),
    # The held decision; of a contest, the record in which somebody contests a decision.
    Column("decision", String(64), primary_key=True),
    # The decision that is contested; empty where an answer is held.
    Column("contests", String(64), nullable=False, server_default="", index=True),
    # An asker wants a person: nothing is held or contested, `contests` only says among whose records it stands.
    Column("contact", Boolean, nullable=False, server_default=false()),
    # A caseworker asks a colleague to look: `contests` is the decision that the draft was made from.
    Column("own", Boolean, nullable=False, server_default=false()),
    Column("opened_at", String(24), nullable=False),
    Column("rule_id", Text, nullable=False),
    Column("state", Text, nullable=False, server_default="open"),
    # Ids of the records that count, empty where there is none.
    Column("closed_by", String(36), nullable=False, server_default=""),
    Column("claim", String(36), nullable=False, server_default=""),
    Column("assessed", String(36), nullable=False, server_default=""),
    Column("returned", String(36), nullable=False, server_default=""),
    Column("claimed_until", String(24), nullable=False, server_default=""),
    # Whose it is; empty: anybody's.
    Column("unit", Text, nullable=False, server_default=""),
    Column("competence", Text, nullable=False, server_default=""),
    # Hours from opening; none: the platform's default.
    Column("deadline_hours", Integer),
    # The rule demands a second reviewer.
    Column("second", Boolean, nullable=False, server_default=false()),
    # It was a known-wrong draft; not known before it is closed.
    Column("control", Boolean, nullable=False, server_default=false()),
    # What is let out here is a decision in a case, by the one who lets it out.
    Column("in_case", Boolean, nullable=False, server_default=false()),
    # The record that it was made.
    Column("made", String(36), nullable=False, server_default=""),
    # The answer was let out, and does not stand.
    Column("reversed", Boolean, nullable=False, server_default=false()),
    Index("reviews_by_state", "authority", "state", "opened_at"),
)

# Somebody does not accept a decision, and a person tries it again.
IS_CONTEST: Final = and_(reviews.c.contests != "", reviews.c.contact.is_(False), reviews.c.own.is_(False))

# One row for each verdict that counts: a first reviewer's assessment, or a closing.
verdicts = Table(
    "verdicts",
    metadata,
    Column("record", String(36), primary_key=True),
    Column("authority", String(63), nullable=False),
    Column("decision", String(64), nullable=False),
    Column("time", String(24), nullable=False),
    # A second reviewer did not let out what this one had approved.
    Column("overturned", Boolean, nullable=False, server_default=false()),
    Index("verdicts_by_time", "authority", "time"),
)

opened_sources = Table(
    "opened_sources",
    metadata,
    Column("claim", String(36), primary_key=True),
    Column("document", String(128), primary_key=True),
)

# Known-wrong drafts, by the record that added each; which decision it is, is sealed.
controls = Table(
    "controls",
    metadata,
    Column("record", String(36), primary_key=True),
    Column("authority", String(63), nullable=False, index=True),
    Column("added", String(64), nullable=False),
)
