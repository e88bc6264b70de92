"""Kill the audit service while it erases: it goes on at the next start, and no record is ever half gone."""

from __future__ import annotations

import asyncio
import random
import signal

import pytest

from allmanning.audit.verify import verify
from allmanning.contracts.audit.v1.audit_pb import ExportRequest, ExportResponse, GetResponse
from allmanning.runtime import subjects
from allmanning.runtime.errors import PlatformError
from allmanning.runtime.objects import Objects
from allmanning.runtime.record import Recorder
from tests.chaos.audit.test_kill import AuditProcess
from tests.integration.audit.archive import Archivist, at
from tests.integration.audit.asker import AUTHORITY, Asker

MONTHS = [f"2024-{number:02d}" for number in range(1, 13)]
PER_MONTH = 4


async def answered(asker: Asker, decision: str) -> GetResponse:
    async with asyncio.timeout(30):
        while True:
            try:
                return await asker.get(decision, with_content=True)
            except PlatformError:
                await asyncio.sleep(0.02)


def whole_or_gone(found: GetResponse) -> bool:
    """Whether each record has all of its parts in the class, or none and says why."""
    return all(bool(each.parts) != bool(each.erased) for each in found.records if b'"parts":{}' not in each.leaf)


@pytest.mark.slow
async def test_an_erasure_that_is_killed_again_and_again_is_carried_out_whole(nats, bus, tmp_path):
    process = AuditProcess(nats, tmp_path / "data")
    asker = Asker(bus, Recorder(bus, "generate"))
    anna, bo = Archivist(asker, "anna"), Archivist(asker, "bo")
    await process.start(bus)
    old: list[str] = []
    for month in MONTHS:
        with at(f"{month}-15T10:00:00.000Z"):
            old += [await asker.decide() for _ in range(PER_MONTH)]
    kept = await asker.decide()
    for decision in (*old, kept):
        await asker.seen(decision)
    await bo.decide((await anna.propose()).id)
    asked = await anna.request(retention_class="G1", until_month=MONTHS[-1])
    assert asked.state == "requested"
    await bo.settle(asked.id)

    for _ in range(6):
        await asyncio.sleep(random.uniform(0.0, 0.15))
        await process.stop()
        await process.start(bus)
        for decision in random.sample(old, 8):
            assert whole_or_gone(await answered(asker, decision))
    done = await bo.done(asked.id)
    assert (done.records, len(done.log_records)) == (len(old) * 3, len(MONTHS))
    for decision in old:
        found = await answered(asker, decision)
        assert not any(each.parts for each in found.records)
        assert all(each.erased for each in found.records)
    assert sum(len(each.parts) for each in (await answered(asker, kept)).records) == 5
    assert await anna.due() == []
    answer = await bus.call(
        subjects.AUDIT_EXPORT, ExportRequest(authority=AUTHORITY, with_content=True), ExportResponse
    )
    report = verify(await Objects(bus, "exports").get(answer.object))
    assert report.ok, [each for each in report.checks if not each.ok]
    await process.stop(signal.SIGTERM)
