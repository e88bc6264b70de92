"""A database the way a log needs it: a commit is on disk when it returns, and readers don't wait for the writer.

SQLite on one machine, PostgreSQL at scale; the same SQLAlchemy statements on both.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Final

from sqlalchemy import MetaData, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from allmanning.audit.log.upgrade import upgrade
from allmanning.runtime.errors import Unavailable

# As long as a process that is being replaced may take to end.
SEQUENCER_WAIT_S: Final = 30.0
BUSY_S: Final = 10.0
_FULL: Final = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR})
# PostgreSQL class 53: insufficient resources; 53100 is a full disk.
_DISK_FULL: Final = "53100"


def address(url: str, path: Path) -> URL:
    """Where a database is: `url` when the operator gave one, otherwise a SQLite file."""
    return make_url(url) if url else URL.create("sqlite", database=str(path))


def upserting(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An insert that has `on_conflict_do_nothing` and `on_conflict_do_update`, in the database's own dialect."""
    return inserting(connection.dialect.name, table)


@cache
def new_only(dialect: str, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An insert that gives way to a row that is there; built once, which costs ten times as much as running it."""
    return inserting(dialect, table).on_conflict_do_nothing()


def inserting(dialect: str, table: Table) -> postgresql.Insert | sqlite.Insert:
    """The same insert by the dialect's name, for statements that are built once and kept."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


class Database:
    """Transactions of the one writer, and snapshots for everybody else."""

    def __init__(self, name: str, url: URL, metadata: MetaData, *, wait_s: float = SEQUENCER_WAIT_S) -> None:
        self._name = name
        self._url = url
        self._metadata = metadata
        self._wait_s = wait_s
        self._writer: Engine | None = None
        self._reader: Engine | None = None

    @property
    def path(self) -> Path | None:
        """The file, when it is SQLite."""
        return Path(self._url.database or "") if self._url.get_backend_name() == "sqlite" else None

    def open(self) -> None:
        """Connect, and make what is missing; only this user may read a file.

        Raises:
            Unavailable: `audit.sequencer_taken`, `audit.disk_full`, `audit.database_unavailable`.
        """
        if self.path:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.path.touch(mode=0o600)
            self._writer, self._reader = _sqlite_engines(self.path)
        else:
            self._writer, self._reader = _postgres_engines(self._url, self._name)
        deadline = time.monotonic() + self._wait_s
        while True:
            try:
                with self.transaction() as connection:
                    upgrade(connection, self._metadata)
            except _SequencerTaken:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
            else:
                return

    def close(self) -> None:
        # The writer last: who closes a SQLite database last moves the WAL into it, and a reader may not.
        for engine in (self._reader, self._writer):
            if engine:
                engine.dispose()
        self._writer = self._reader = None

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """All or nothing; on disk when it ends.

        Raises:
            Unavailable: `audit.disk_full`, `audit.database_unavailable`, `audit.sequencer_taken`.
        """
        with _translated(), _opened(self._writer).begin() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A read-only connection that sees one moment of the database throughout. Raises as `transaction`."""
        with _translated(), _opened(self._reader).connect() as connection:
            yield connection

    def maintain(self, *statements: str) -> list[int]:
        """Run statements that may stand in no transaction, such as VACUUM; the first number that each answers, or 0.

        Raises as `transaction`.
        """
        engine = _opened(self._writer)
        with _translated():
            if self.path:
                with closing(engine.raw_connection()) as connection:
                    cursor = connection.cursor()
                    return [_number(cursor.execute(statement).fetchone()) for statement in statements]
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connected:
                for statement in statements:
                    connected.exec_driver_sql(statement)
        return [0] * len(statements)


def _number(row: tuple[int, ...] | None) -> int:
    return row[0] if row else 0


class _SequencerTaken(Unavailable):
    def __init__(self) -> None:
        super().__init__("audit.sequencer_taken", "En annan process skriver redan i beslutsloggen.")


def _opened(engine: Engine | None) -> Engine:
    if engine is None:
        raise Unavailable("audit.unavailable", "Beslutsloggen är inte öppnad.")
    return engine


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except IntegrityError:
        raise
    except (DBAPIError, sqlite3.Error) as error:
        if _disk_is_full(error.orig if isinstance(error, DBAPIError) else error):
            raise Unavailable(
                "audit.disk_full",
                "Beslutsloggens disk är full eller går inte att skriva till, och utan logg lämnas inget svar. "
                "Gör plats på disken.",
            ) from error
        raise Unavailable("audit.database_unavailable", "Beslutsloggens databas svarar inte.") from error


def _disk_is_full(error: BaseException | None) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    # The low byte is the kind of error; the rest says more closely which.
    return (isinstance(code, int) and code & 0xFF in _FULL) or getattr(error, "sqlstate", None) == _DISK_FULL


def _sqlite_engines(path: Path) -> tuple[Engine, Engine]:
    def connect() -> sqlite3.Connection:
        # Used by one thread at a time, though not always the same one.
        return sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=BUSY_S)

    def connect_reader() -> sqlite3.Connection:
        where = f"{path.absolute().as_uri()}?mode=ro"
        return sqlite3.connect(where, uri=True, isolation_level=None, check_same_thread=False, timeout=BUSY_S)

    writer = create_engine("sqlite://", creator=connect, poolclass=QueuePool, pool_size=1, max_overflow=0)
    reader = create_engine("sqlite://", creator=connect_reader, poolclass=QueuePool, pool_size=8, max_overflow=-1)
    event.listen(writer, "connect", _durable)
    event.listen(writer, "begin", _begin_writing)
    event.listen(reader, "begin", _begin_reading)
    return writer, reader


def _durable(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    # Erased content is overwritten, not only unlinked.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_writing(connection: Connection) -> None:
    # A transaction that reads and then writes must not find in between that another one wrote.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_reading(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _postgres_engines(url: URL, name: str) -> tuple[Engine, Engine]:
    writer = create_engine(url, pool_size=1, max_overflow=0, pool_pre_ping=True)

    def take_sequencer_lock(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        # Held as long as the connection: who loses it, and connects again, must take it again.
        cursor = connection.cursor()
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(current_schema()), hashtext(%s))", (name,))
        row = cursor.fetchone()
        cursor.close()
        connection.commit()
        if not row or row[0] is not True:
            connection.close()
            raise _SequencerTaken

    event.listen(writer, "connect", take_sequencer_lock)
    reader = create_engine(
        url,
        isolation_level="REPEATABLE READ",
        execution_options={"postgresql_readonly": True},
        pool_size=8,
        max_overflow=-1,
        pool_pre_ping=True,
    )
    return writer, reader
