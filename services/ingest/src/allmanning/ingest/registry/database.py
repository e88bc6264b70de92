"""The registry's database: SQLite on one machine, PostgreSQL at scale."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Final

from sqlalchemy import event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from allmanning.ingest.registry.schema import upgrade
from allmanning.runtime.errors import Unavailable

# Execution options of transactions that write nothing, and of those whose writes a power cut may take back.
_READING: Final = "allmanning_reading"
_LIGHT: Final = "allmanning_light"


class Database:
    """Transactions on the registry. What is committed survives a power cut, save that of `light_transaction`."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._engine: AsyncEngine | None = None
        self._reader: AsyncEngine | None = None
        self._light: AsyncEngine | None = None
        self._writing = asyncio.Lock()

    async def warm_up(self) -> None:
        """Connect, and create the tables and columns that are missing.

        Raises:
            Unavailable: `registry.unavailable`.
        """
        sqlite = self.dialect == "sqlite"
        if sqlite and self._url.database:
            Path(self._url.database).parent.mkdir(parents=True, exist_ok=True)
        self._engine = create_async_engine(
            self._url, pool_pre_ping=not sqlite, connect_args={"factory": _Connection} if sqlite else {}
        )
        if sqlite:
            event.listen(self._engine.sync_engine, "connect", _durable)
            event.listen(self._engine.sync_engine, "begin", _begin)
        self._reader = self._engine.execution_options(**{_READING: True})
        self._light = self._engine.execution_options(**{_LIGHT: True})
        async with self.transaction() as connection:
            await connection.run_sync(upgrade)

    @property
    def dialect(self) -> str:
        """Its SQLAlchemy name: `sqlite` or `postgresql`."""
        return self._url.get_backend_name()

    async def close(self) -> None:
        if self._engine:
            await self._engine.dispose()
            self._engine = self._reader = self._light = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that commits at the end of the block.

        Raises:
            Unavailable: `registry.unavailable`, when the database does not answer.
        """
        async with self._turn(), self._begun(self._engine) as connection:
            yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that only reads, and waits for nobody who writes. Raises as `transaction`."""
        async with self._begun(self._reader) as connection:
            yield connection

    @asynccontextmanager
    async def light_transaction(self) -> AsyncIterator[AsyncConnection]:
        """A transaction whose loss in a power cut only makes work be done again. Raises as `transaction`."""
        async with self._turn(), self._begun(self._light) as connection:
            yield connection

    def _turn(self) -> AbstractAsyncContextManager[None]:
        # SQLite has one writer, and one that finds it taken sleeps for up to 100 ms before it looks again.
        return self._writing if self.dialect == "sqlite" else nullcontext()

    @staticmethod
    @asynccontextmanager
    async def _begun(engine: AsyncEngine | None) -> AsyncIterator[AsyncConnection]:
        if engine is None:
            raise Unavailable("registry.unavailable", "Dokumentregistret är inte öppnat.")
        try:
            async with engine.begin() as connection:
                yield connection
        except (DBAPIError, OSError) as error:
            raise Unavailable("registry.unavailable", "Dokumentregistret svarar inte.") from error


class _Connection(sqlite3.Connection):
    """One that lets go of its lock when it is closed.

    Python closes with `sqlite3_close_v2`: while a cursor of a cancelled task still has a statement, the connection
    lives on as a zombie, with its transaction, and nobody else can write (https://sqlite.org/c3ref/close.html).
    """

    def close(self) -> None:
        if self.in_transaction:
            self.rollback()
        super().close()


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _durable(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    # SQLite's own knows only a to z, and a search for "översikt" should find "Översiktsplan".
    connection.create_function("lower", 1, _lower, deterministic=True)
    # The driver would otherwise begin transactions itself, too late for `begin immediate`.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get(_READING):
        connection.exec_driver_sql("BEGIN")
        return
    # In WAL mode a commit survives the end of the process either way, and a power cut only with FULL.
    level = "NORMAL" if options.get(_LIGHT) else "FULL"
    connection.exec_driver_sql(f"PRAGMA synchronous={level}")
    # A transaction that reads and then writes must not find in between that another one wrote.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
