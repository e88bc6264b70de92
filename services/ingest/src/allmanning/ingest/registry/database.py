"""The registry's database: SQLite on one machine, PostgreSQL at scale."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from allmanning.ingest.registry.schema import upgrade
from allmanning.runtime.errors import Unavailable


class Database:
    """Transactions on the registry. Everything committed survives a power cut."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._engine: AsyncEngine | None = None

    async def warm_up(self) -> None:
        """Connect, and create the tables and columns that are missing.

        Raises:
            Unavailable: `registry.unavailable`.
        """
        sqlite = self._url.get_backend_name() == "sqlite"
        if sqlite and self._url.database:
            Path(self._url.database).parent.mkdir(parents=True, exist_ok=True)
        self._engine = create_async_engine(self._url, pool_pre_ping=not sqlite)
        if sqlite:
            event.listen(self._engine.sync_engine, "connect", _durable)
            event.listen(self._engine.sync_engine, "begin", _begin)
        async with self.transaction() as connection:
            await connection.run_sync(upgrade)

    async def close(self) -> None:
        if self._engine:
            await self._engine.dispose()
            self._engine = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that commits at the end of the block.

        Raises:
            Unavailable: `registry.unavailable`, when the database does not answer.
        """
        if self._engine is None:
            raise Unavailable("registry.unavailable", "Dokumentregistret är inte öppnat.")
        try:
            async with self._engine.begin() as connection:
                yield connection
        except (DBAPIError, OSError) as error:
            raise Unavailable("registry.unavailable", "Dokumentregistret svarar inte.") from error


def _durable(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    # The driver would otherwise begin transactions itself, too late for `begin immediate`.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    # A transaction that reads and then writes must not find in between that another one wrote.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
