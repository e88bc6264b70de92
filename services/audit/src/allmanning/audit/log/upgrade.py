"""Bring a database of an earlier release to today's tables. Columns and tables are only ever added."""

from __future__ import annotations

from sqlalchemy import MetaData, inspect, text
from sqlalchemy.engine import Connection
from sqlalchemy.schema import CreateColumn


def upgrade(connection: Connection, metadata: MetaData) -> None:
    """Create the tables, columns and indexes that are missing."""
    metadata.create_all(connection)
    for table in metadata.sorted_tables:
        present = {column["name"] for column in inspect(connection).get_columns(table.name)}
        for column in table.columns:
            if column.name not in present:
                written = CreateColumn(column).compile(dialect=connection.dialect)
                connection.execute(text(f"ALTER TABLE {table.name} ADD COLUMN {written}"))
                if (table.name, column.name) == ("leaves", "place"):
                    _number_leaves(connection)
        for index in table.indexes:
            index.create(connection, checkfirst=True)


def _number_leaves(connection: Connection) -> None:
    """Give leaves of a SQLite log that had no places theirs: rows were inserted in the order of the stream."""
    connection.execute(
        text(
            "UPDATE leaves SET place = numbered.place FROM (SELECT rowid AS row, row_number() OVER "
            "(PARTITION BY authority ORDER BY rowid) AS place FROM leaves) AS numbered "
            "WHERE numbered.row = leaves.rowid"
        )
    )
