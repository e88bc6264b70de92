"""A run that is killed goes on where it was: nothing is lost, nothing is done twice."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from allmanning.ingest.registry.database import Database
from allmanning.ingest.registry.schema import versions
from allmanning.ingest.registry.source_items import SourceItems
from allmanning.ingest.sources.runner import LEASE_S
from tests.conftest import Nats
from tests.integration.ingest.running import AUTHORITY, Ingest
from tests.integration.ingest.sources.asking import Asking, figures
from tests.integration.ingest.sources.web import Web, serving

PAGES = 30


@contextmanager
def process(nats: Nats, ingest: Ingest) -> Iterator[subprocess.Popen[bytes]]:
    """The service on the data of `ingest`, until it is killed."""
    settings = ingest.settings
    environment = {
        "NATS_URL": f"nats://127.0.0.1:{nats.port}",
        "NATS_USER": "ingest",
        "NATS_PASSWORD": nats.password,
        "DATA_DIR": str(settings.data_dir),
        "SOURCE_PRIVATE_HOSTS": "127.0.0.1",
        "SOURCE_LOOK_EVERY_S": "0.1",
    }
    started = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.ingest.sources.killable"],
        cwd=Path(__file__).resolve().parents[4],
        env=os.environ | {f"ALLMANNING_{name}": value for name, value in environment.items()},
    )
    try:
        yield started
    finally:
        started.kill()
        started.wait()


async def answering(ingest: Ingest) -> None:
    async with asyncio.timeout(30):
        while not await ingest._answers():
            await asyncio.sleep(0.05)


@pytest.mark.slow
async def test_kill_in_the_middle_of_a_run(nats: Nats, resting: Ingest) -> None:
    asking = Asking(resting.bus, resting)
    with serving() as web:
        names = [f"/sida/{number}" for number in range(PAGES)]
        for name in names:
            web.html(name, f"Sidan {name} om gator.")
        web.sitemap(*names)
        started_at = ""
        for at in (7, 19):
            asked = stop_at(web, names[at])
            with process(nats, resting) as service:
                await answering(resting)
                if not started_at:
                    await asking.put("website", web.url, delay_s="0")
                    await asking.start()
                await asyncio.to_thread(asked.wait, 60)
                service.kill()
            web.before = lambda _: None
            last = await of_database(resting)
            started_at = started_at or last
            assert last == started_at
        # What had been handed in and is gone when the run goes on must be taken back.
        web.sitemap(*names[1:])
        with process(nats, resting):
            await answering(resting)
            run = await asking.ended()
            assert run.started_at == started_at
            assert figures(run) == {"found": PAGES - 1, "added": PAGES - 1, "removed": 1}
            documents = await asking.settled()
            assert sorted(documents) == sorted(f"{web.url}{name}" for name in names[1:])
            assert {each.batch for each in documents.values()} == {f"source:k:{started_at}"}
            assert await times_received(resting) == {1}
            bodies = [path for path, status in web.asked if status == 200 and path in names]
            # Pages that were under way when the process was killed are asked for again, and none of the others.
            assert len(bodies) <= PAGES + 6
            assert figures(await asking.run()) == {"found": PAGES - 1, "unchanged": PAGES - 1}


async def test_stopped_service_hands_its_run_over_at_once(resting: Ingest) -> None:
    asking = Asking(resting.bus, resting)
    with serving() as web:
        for name in ("/a", "/b"):
            web.html(name, f"Sidan {name} om gator.")
        web.sitemap("/a", "/b")
        asked = stop_at(web, "/b")
        async with resting.running():
            await asking.put("website", web.url, delay_s="0")
            await asking.start()
            assert await asyncio.to_thread(asked.wait, 20)
            started_at = (await asking.last()).started_at
        async with resting.running(), asyncio.timeout(LEASE_S / 2):
            run = await asking.ended()
        assert (run.started_at, figures(run)) == (started_at, {"found": 2, "added": 2})


def stop_at(web: Web, path: str) -> threading.Event:
    """Hold the answer to `path` until the process has been killed; set when it is asked for."""
    asked, hold = threading.Event(), threading.Event()

    def before(which: str) -> None:
        if which == path and not asked.is_set():
            asked.set()
            hold.wait(5)

    web.before = before
    return asked


async def times_received(ingest: Ingest) -> set[int]:
    """How often versions were received."""
    database = Database(ingest.settings.database_url)
    await database.warm_up()
    try:
        async with database.transaction() as connection:
            return set((await connection.execute(select(versions.c.attempt))).scalars())
    finally:
        await database.close()


async def of_database(ingest: Ingest) -> str:
    """When the run began that the last items were written in."""
    database = Database(ingest.settings.database_url)
    await database.warm_up()
    try:
        known = await SourceItems(database).known(AUTHORITY, "k")
    finally:
        await database.close()
    assert known
    (seen,) = {each.seen for each in known.values()}
    return seen
