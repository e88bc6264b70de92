"""Inserts that give way to a row that is there: the same words in SQLite and PostgreSQL, in each one's own dialect."""

from __future__ import annotations

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


def upserting(connection: AsyncConnection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An insert that has `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
