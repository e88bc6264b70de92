"""How far the work on a document has come can be seen while it lasts, and is gone afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from nats.js.errors import NotFoundError

from allmanning.contracts.ingest.v1.ingest_pb import Progress, State
from allmanning.index.embed.protocol import Vectors
from allmanning.ingest import progress
from tests.integration.ingest.running import Ingest, LetterEmbedder

LONG = "\n\n".join(f"Paragraf {number}. " + "Gatorna plogas när det snöar. " * 20 for number in range(300)).encode()


class Slow(LetterEmbedder):
    """Takes a while for each part."""

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        await asyncio.sleep(0.3)
        return await super().embed_passages(texts)


async def test_progress_is_told_while_the_work_lasts_and_gone_afterwards(
    stopped: Ingest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "TELL_EVERY_S", 0.05)
    stopped.embedder = Slow()
    async with stopped.running():
        submitted = await stopped.submit("lång.txt", LONG)
        assert submitted.document
        assert submitted.document.version
        document_id = submitted.document.version.id
        seen: list[tuple[int, int]] = []
        worked_on: set[str] = set()
        async with asyncio.timeout(60):
            while (found := await stopped.get(document_id)).state is State.RECEIVED:
                if found.progress and found.progress.stage is Progress.Stage.EMBEDDING:
                    seen.append((found.progress.done, found.progress.total))
                worked_on |= {each.version.id for each in (await stopped.queue()).working if each.version}
                await asyncio.sleep(0.05)
        assert len(set(seen)) > 2
        assert seen == sorted(seen)
        assert {total for _, total in seen} == {found.passages}
        assert worked_on == {document_id}
        assert found.progress is None
        keys = await stopped.bus.js.key_value(progress.BUCKET)
        await asyncio.sleep(0.3)
        with pytest.raises(NotFoundError):
            await keys.get(progress.key_of("uddby", document_id))
