"""A transaction that is cancelled, at whatever moment, keeps nobody else from writing."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

from sqlalchemy import func, select, update

from allmanning.ingest.registry.database import Database
from allmanning.ingest.registry.schema import work


async def _busy(database: Database, *, writing: bool) -> None:
    while True:
        async with database.transaction() if writing else database.reading() as connection:
            # A row is there, so that the statement is not at its end before somebody fetches.
            await connection.execute(select(func.count()).select_from(work))
            if writing:
                await connection.execute(update(work).values(tries=1))


async def test_cancelled_transactions_let_go_of_their_lock(tmp_path: Path) -> None:
    moments = random.Random(3)
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/registry.sqlite3")
    await database.warm_up()
    for _ in range(30):
        tasks = [asyncio.create_task(_busy(database, writing=number < 2)) for number in range(4)]
        await asyncio.sleep(moments.random() * 0.01)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        # One that finds the lock taken waits 10 s for it.
        async with asyncio.timeout(8), database.transaction() as connection:
            await connection.execute(update(work).values(tries=0))
    await database.close()
