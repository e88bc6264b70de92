"""What a new version of a document costs, and what becomes of the one before it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import update

from allmanning.contracts.ingest.v1.ingest_pb import State
from allmanning.ingest.registry.database import Database
from allmanning.ingest.registry.schema import work
from tests.integration.ingest.running import Ingest


def guideline(changed: int = -1, title: str = "Riktlinje", paragraphs: int = 50) -> bytes:
    """A page whose paragraphs are passages of their own, one of them changed."""
    said = [
        f"## Punkt {number}\n\n"
        + f"Nämnden prövar ärende {number}{' på nytt' * (number == changed)} varje vecka. " * 12
        for number in range(paragraphs)
    ]
    return f"# {title}\n\n{chr(10).join(said)}\n".encode()


async def test_a_document_that_is_handed_in_again_is_not_worked_on(ingest: Ingest) -> None:
    done = await ingest.ingest("riktlinje.md", guideline())
    assert (done.state, done.passages) == (State.INDEXED, 50)
    ingest.embedder.given.clear()
    again = await ingest.submit("riktlinje.md", guideline())
    assert again.unchanged
    assert ingest.embedder.given == []


async def test_only_the_paragraphs_that_changed_are_embedded(ingest: Ingest) -> None:
    await ingest.ingest("riktlinje.md", guideline())
    assert len(ingest.embedder.given) == 50
    ingest.embedder.given.clear()
    changed = await ingest.ingest("riktlinje.md", guideline(changed=7))
    assert changed.passages == 50
    assert len(ingest.embedder.given) == 1
    assert "på nytt" in ingest.embedder.given[0]
    assert any("på nytt" in text for text in await ingest.found("ärende 7 på nytt"))


async def test_a_change_of_metadata_alone_embeds_nothing(ingest: Ingest) -> None:
    await ingest.ingest("riktlinje.md", guideline())
    ingest.embedder.given.clear()
    changed = await ingest.ingest("riktlinje.md", guideline(), valid_to="2030-12-31", owner_unit="nämnden")
    assert changed.version
    assert (changed.passages, changed.version.valid_to) == (50, "2030-12-31")
    closed = await ingest.ingest("riktlinje.md", guideline(), secrecy="internal")
    assert closed.passages == 50
    assert ingest.embedder.given == []
    # It is the new version's class that decides.
    assert await ingest.found("ärende") == []


async def test_another_title_embeds_everything_again(ingest: Ingest) -> None:
    await ingest.ingest("riktlinje.md", guideline())
    ingest.embedder.given.clear()
    await ingest.ingest("riktlinje.md", guideline(title="Regler"))
    assert len(ingest.embedder.given) == 50


async def test_a_document_that_was_retired_is_embedded_again(ingest: Ingest) -> None:
    done = await ingest.ingest("riktlinje.md", guideline())
    assert done.version
    await ingest.retire(done.version.id)
    ingest.embedder.given.clear()
    await ingest.ingest("riktlinje.md", guideline())
    assert len(ingest.embedder.given) == 50


async def test_a_version_of_a_later_day_leaves_the_one_in_force_until_then(
    ingest: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await ingest.ingest("taxa.md", b"# Taxa\n\nBadet kostar 40 kr.")
    later = await ingest.ingest("taxa.md", b"# Taxa\n\nBadet kostar 55 kr.", valid_from="2099-01-01")
    assert later.version
    assert first.version
    assert (later.state, later.code, later.passages) == (State.SCHEDULED, "document.scheduled", 1)
    assert "2099-01-01" in later.reason
    assert await ingest.found("vad kostar badet") == ["Badet kostar 40 kr."]
    assert (await ingest.get(first.version.id, first.version.version)).state is State.INDEXED
    # Handed in again, it is the same.
    assert (await ingest.submit("taxa.md", b"# Taxa\n\nBadet kostar 55 kr.", valid_from="2099-01-01")).unchanged
    monkeypatch.setattr("allmanning.ingest.worker.today", lambda: date(2099, 1, 1))
    database = Database(ingest.settings.database_url)
    await database.warm_up()
    async with database.transaction() as connection:
        await connection.execute(update(work).values(due=0))
    await database.close()
    done = await ingest.after(later.version, State.SCHEDULED, State.RECEIVED)
    assert (done.state, done.code) == (State.INDEXED, "")
    # On a day before it, nothing of the version that has been replaced is left either.
    assert await ingest.found("vad kostar badet") == []
    assert (await ingest.get(first.version.id, first.version.version)).state is State.RETIRED


async def test_the_first_version_of_a_document_is_not_waited_for_with(ingest: Ingest) -> None:
    done = await ingest.ingest("taxa.md", b"---\nvalid_from: 2099-01-01\n---\n# Taxa\n\nBadet kostar 40 kr.")
    assert done.state is State.INDEXED
    assert await ingest.found("vad kostar badet") == []


async def test_a_version_that_waits_is_overtaken_by_a_newer_one_and_says_so(ingest: Ingest) -> None:
    await ingest.ingest("taxa.md", b"# Taxa\n\nBadet kostar 40 kr.")
    # What stands in the file counts too.
    later = await ingest.ingest("taxa.md", b"---\nvalid_from: 2099-01-01\n---\n# Taxa\n\nBadet kostar 55 kr.")
    assert later.state is State.SCHEDULED
    await ingest.ingest("taxa.md", b"# Taxa\n\nBadet kostar 45 kr.")
    assert later.version
    overtaken = await ingest.get(later.version.id, later.version.version)
    assert (overtaken.state, overtaken.code) == (State.RETIRED, "document.overtaken")
    assert await ingest.found("vad kostar badet") == ["Badet kostar 45 kr."]


async def test_a_version_that_waits_can_be_cancelled_and_its_document_retired(ingest: Ingest) -> None:
    await ingest.ingest("taxa.md", b"# Taxa\n\nBadet kostar 40 kr.")
    later = await ingest.ingest("taxa.md", b"# Taxa\n\nBadet kostar 55 kr.", valid_from="2099-01-01")
    assert later.version
    assert await ingest.cancel(document_id=later.version.id) == 1
    assert await ingest.found("vad kostar badet") == ["Badet kostar 40 kr."]
    again = await ingest.ingest("taxa.md", b"# Taxa\n\nBadet kostar 55 kr.", valid_from="2099-01-01")
    assert again.state is State.SCHEDULED
    await ingest.retire(later.version.id)
    assert (await ingest.get(later.version.id)).state is State.RETIRED
    assert await ingest.found("vad kostar badet") == []
