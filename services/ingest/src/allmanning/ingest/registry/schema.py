"""The registry's tables, the same in SQLite and PostgreSQL."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, String, Table, Text

metadata = MetaData()

# One row a document; its newest version is the one last submitted, its published one what searches see.
documents = Table(
    "documents",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("authority", String(63), nullable=False),
    Column("collection", String(100), nullable=False),
    Column("uri", Text, nullable=False),
    Column("newest", String(64), nullable=False),
    Column("published", String(64)),
    Index("documents_by_authority", "authority", "collection", "id"),
)

versions = Table(
    "versions",
    metadata,
    Column("document_id", String(36), primary_key=True),
    Column("version", String(64), primary_key=True),
    Column("filename", Text, nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("object", String(64), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("title", Text, nullable=False),
    Column("document_type", Text, nullable=False),
    Column("secrecy", Integer, nullable=False),
    Column("default_secrecy", Integer, nullable=False),
    Column("secrecy_provision", Text, nullable=False),
    Column("owner_unit", Text, nullable=False),
    Column("shared", Boolean, nullable=False),
    Column("valid_from", String(10), nullable=False),
    Column("valid_to", String(10), nullable=False),
    # The numbers of ingest.v1.State.
    Column("state", Integer, nullable=False),
    # How many times the version was received: part of the ids of its events.
    Column("attempt", Integer, nullable=False),
    Column("passages", Integer, nullable=False),
    Column("code", String(100), nullable=False),
    Column("reason", Text, nullable=False),
    Column("updated_at", String(30), nullable=False),
    Index("versions_by_state", "state"),
)
