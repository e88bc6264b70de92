"""What failed uploads leave behind is removed, and nothing else."""

from __future__ import annotations

import hashlib

from allmanning.ingest.orphans import Orphans
from allmanning.ingest.registry.database import Database
from allmanning.ingest.registry.references import References
from allmanning.runtime.objects import Objects
from tests.integration.ingest.running import Ingest


async def sweeper(ingest: Ingest) -> Orphans:
    database = Database(ingest.settings.database_url)
    await database.warm_up()
    return Orphans(Objects(ingest.service_bus, "originals"), References(database), every_s=3600)


async def test_files_that_no_version_refers_to_go_at_the_second_sweep(ingest: Ingest) -> None:
    document = await ingest.ingest("altan.txt", b"Altaner kr\xc3\xa4ver ibland bygglov.")
    assert document.version is not None
    originals = Objects(ingest.bus, "originals")
    lost = hashlib.sha256(b"lost").hexdigest()
    await originals.put(lost, b"lost")
    await originals.put(f"{lost}.txt", b"lost")
    await originals.put(f"{document.version.version}.places", b"kept")
    await ingest.bus.js.publish("$O.originals.C.torn", b"the first piece")
    orphans = await sweeper(ingest)

    assert await orphans.sweep() == 0
    assert await originals.exists(lost)
    assert await orphans.sweep() == 3
    assert not await originals.exists(lost)
    assert not await originals.exists(f"{lost}.txt")
    assert await originals.torn() == set()
    assert await originals.exists(document.object)
    assert await originals.exists(f"{document.version.version}.txt")
    assert await originals.exists(f"{document.version.version}.places")
    await orphans._references._database.close()


async def test_a_file_that_is_submitted_between_two_sweeps_stays(ingest: Ingest) -> None:
    data = b"Altaner kr\xc3\xa4ver ibland bygglov."
    name = hashlib.sha256(data).hexdigest()
    await Objects(ingest.bus, "originals").put(name, data)
    orphans = await sweeper(ingest)
    await orphans.sweep()
    document = await ingest.ingest("altan.txt", data)
    assert await orphans.sweep() == 0
    assert document.object == name
    assert await Objects(ingest.bus, "originals").exists(name)
    await orphans._references._database.close()
