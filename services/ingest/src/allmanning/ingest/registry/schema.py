"""The registry's tables, the same in SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, MetaData, String, Table, Text, inspect, text
from sqlalchemy.engine import Connection
from sqlalchemy.schema import CreateColumn
from sqlalchemy.types import TypeEngine

metadata = MetaData()


def _added(name: str, kind: TypeEngine[Any] | type[TypeEngine[Any]], default: str | float) -> Column[Any]:
    """A column that databases of earlier releases lack: `upgrade` adds it there."""
    return Column(name, kind, nullable=False, default=default, server_default=str(default))


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
    _added("record_type", Text, ""),
    _added("retention", Text, ""),
    _added("review_on", String(10), ""),
    _added("language", String(8), ""),
    # The document it came in; empty for one that was handed in itself.
    _added("container", String(36), ""),
    _added("source", String(63), ""),
    _added("batch", Text, ""),
    # The numbers of ingest.v1.Priority.
    _added("priority", Integer, 0),
    # JSON: a list of [code, count, [[page, start, end], …]].
    _added("findings", Text, "[]"),
    _added("pages", Integer, 0),
    _added("members", Integer, 0),
    _added("ocr_quality", Float, 0),
    # How many times it was worked on since it was last received.
    _added("tries", Integer, 0),
    Index("versions_by_state", "state"),
    Index("versions_by_container", "container"),
    Index("versions_by_batch", "batch"),
    Index("versions_by_change", "updated_at"),
    Index("versions_by_object", "object"),
    Index("versions_by_version", "version"),
)

# One row a document whose newest version waits or is worked on; see queue.py.
work = Table(
    "work",
    metadata,
    Column("document_id", String(36), primary_key=True),
    Column("version", String(64), nullable=False),
    Column("authority", String(63), nullable=False),
    # 0 urgent, 1 normal, 2 bulk.
    Column("urgency", Integer, nullable=False),
    # Milliseconds since 1970: nobody takes it before then, because it is to be tried later or somebody works on it.
    Column("due", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    # Who works on it; empty: nobody.
    Column("worker", String(64), nullable=False),
    # The trace that it was handed in with (W3C traceparent).
    Column("trace", String(60), nullable=False),
    Index("work_by_turn", "urgency", "authority", "due"),
    Index("work_by_worker", "worker"),
)

# Authorities whose queue somebody has stopped.
queues = Table(
    "queues",
    metadata,
    Column("authority", String(63), primary_key=True),
    Column("paused", Boolean, nullable=False),
)

# Where documents are fetched from, and how far the last run has come.
sources = Table(
    "sources",
    metadata,
    Column("authority", String(63), primary_key=True),
    Column("id", String(63), primary_key=True),
    Column("kind", String(63), nullable=False),
    Column("collection", String(100), nullable=False),
    Column("location", Text, nullable=False),
    # JSON objects.
    Column("options", Text, nullable=False),
    Column("metadata", Text, nullable=False),
    Column("every_minutes", Integer, nullable=False),
    # Seconds since 1970.
    Column("due_at", Float, nullable=False),
    Column("asked", Boolean, nullable=False),
    # Who runs it now, and until when nobody else may.
    Column("lease_owner", String(32), nullable=False),
    Column("lease_until", Float, nullable=False),
    Column("running", Boolean, nullable=False),
    Column("started_at", String(30), nullable=False),
    Column("ended_at", String(30), nullable=False),
    Column("code", String(100), nullable=False),
    Column("reason", Text, nullable=False),
)

# One row for each thing a source has listed: as it was when it was last fetched, and what the last run did with it.
source_items = Table(
    "source_items",
    metadata,
    Column("authority", String(63), primary_key=True),
    Column("source", String(63), primary_key=True),
    # SHA-256 of the uri, which may be longer than an index allows.
    Column("key", String(64), primary_key=True),
    Column("uri", Text, nullable=False),
    # The source's own words; empty: never fetched.
    Column("fingerprint", Text, nullable=False),
    # SHA-256 of what is said of the document besides its bytes.
    Column("described", String(64), nullable=False),
    # Empty for what is not a document, or no longer.
    Column("document_id", String(36), nullable=False),
    # The start of the run that saw it last, and what that made of it.
    Column("seen", String(30), nullable=False),
    Column("outcome", String(10), nullable=False),
    Column("code", String(100), nullable=False),
    Column("reason", Text, nullable=False),
    Index("source_items_by_document", "authority", "document_id"),
)

# What happens to personal data in a collection; JSON of kind -> number of ingest.v1.Handling.
collections = Table(
    "collections",
    metadata,
    Column("authority", String(63), primary_key=True),
    Column("name", String(100), primary_key=True),
    Column("rules", Text, nullable=False),
)

# Names that no collection lets through, such as those of persons with protected identity. They leave this table only to
# be compared with documents.
protected_names = Table(
    "protected_names",
    metadata,
    Column("authority", String(63), primary_key=True),
    Column("name", String(200), primary_key=True),
)


def upgrade(connection: Connection) -> None:
    """Create the tables and columns that are missing. Columns are only ever added, so older processes still run."""
    metadata.create_all(connection)
    for table in metadata.sorted_tables:
        present = {column["name"] for column in inspect(connection).get_columns(table.name)}
        for column in table.columns:
            if column.name not in present:
                written = CreateColumn(column).compile(dialect=connection.dialect)
                connection.execute(text(f"ALTER TABLE {table.name} ADD COLUMN {written}"))
        for index in table.indexes:
            index.create(connection, checkfirst=True)
