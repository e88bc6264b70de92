"""What a new version of a document costs, and what becomes of the one before it."""

from __future__ import annotations

from allmanning.contracts.ingest.v1.ingest_pb import State
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
