"""The index process starts with another model than its index was made with: it refuses, or builds a new index."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from allmanning.contracts.index.v1.index_pb import EmbedRequest, TextKind
from allmanning.index.embed.local import LocalEmbedder
from allmanning.index.encode import encode_passages
from allmanning.index.handlers import IndexHandlers
from allmanning.index.opening import Opened, opened
from allmanning.index.settings import IndexSettings
from allmanning.runtime.errors import Refused
from allmanning.runtime.run import REFUSED
from tests.conftest import Nats
from tests.contract.index.passages import asking, document, indexed
from tests.integration.index.models import tei_server


@pytest.fixture
def small() -> Iterator[str]:
    with tei_server("small", 8) as url:
        yield url


@pytest.fixture
def large() -> Iterator[str]:
    with tei_server("large", 16) as url:
        yield url


def settings(folder: Path, tei_url: str, **values: str) -> IndexSettings:
    return IndexSettings.model_validate({"data_dir": folder, "tei_url": tei_url, **values})


async def write(index: Opened, name: str) -> None:
    of = document(name)
    passages = [each.passage for each in indexed(of, [name]) if each.passage]
    await index.store.stage(await encode_passages(passages, index.embedder))
    await index.store.publish(of.authority, of.id, of.version)


async def found(index: Opened, question: str) -> list[str]:
    """What a question finds, embedded and searched as the index process does it."""
    handlers = IndexHandlers(index.store, index.embedder, index.previous)
    [dense] = (await handlers.embed(EmbedRequest(texts=[question], kind=TextKind.QUERY))).vectors
    request = asking(question)
    request.dense = dense
    return [each.passage.text for each in (await handlers.search(request)).passages if each.passage]


async def test_another_model_is_refused_with_a_text_that_names_both_and_says_how_to_re_index(
    memory: Path, small: str, large: str
) -> None:
    async with opened(settings(memory, small)) as index:
        await write(index, "a")
    with pytest.raises(Refused) as refusal:
        async with opened(settings(memory, large)):
            pass
    assert refusal.value.code == "index.model_differs"
    for said in ("small@1 (8 värden)", "large@1 (16 värden)", "--reindex", "ALLMANNING_REINDEX=true", "(The index was"):
        assert said in refusal.value.message
    async with opened(settings(memory, small)) as index:
        assert await found(index, "a") == ["a"]


async def test_re_indexing_answers_with_the_old_model_until_the_switch(memory: Path, small: str, large: str) -> None:
    async with opened(settings(memory, small)) as index:
        await write(index, "a")
    with_both = settings(memory, large, reindex="true", previous_tei_url=small)
    async with opened(with_both) as index:
        assert await found(index, "a") == ["a"]
        await write(index, "b")
        assert sorted(await found(index, "b")) == ["a", "b"]
    # What has begun goes on without being asked for again.
    async with opened(settings(memory, large, previous_tei_url=small)) as index:
        await write(index, "a")
        await index.store.switch()
        assert sorted(await found(index, "a")) == ["a", "b"]
    async with opened(settings(memory, large)) as index:
        assert index.previous is None
        assert sorted(await found(index, "a")) == ["a", "b"]


@pytest.mark.parametrize("previous", ["http://127.0.0.1:9", "other"])
async def test_an_old_model_that_cannot_be_opened_is_said_with_both_ways_out(
    memory: Path, small: str, large: str, previous: str
) -> None:
    async with opened(settings(memory, small)):
        pass
    with tei_server("other", 8) as other:
        address = other if previous == "other" else previous
        with pytest.raises(Refused) as refusal:
            async with opened(settings(memory, large, reindex="true", previous_tei_url=address)):
                pass
    assert refusal.value.code == "index.previous_model_missing"
    for said in ("small@1", "8 värden", "ALLMANNING_PREVIOUS_TEI_URL", "ALLMANNING_REINDEX=empty"):
        assert said in refusal.value.message


async def test_an_empty_start_drops_the_old_index(memory: Path, small: str, large: str) -> None:
    async with opened(settings(memory, small)) as index:
        await write(index, "a")
    async with opened(settings(memory, large, reindex="empty")) as index:
        assert (await index.store.digests()).digests == []
        await write(index, "b")
    # The setting may stay: the model is the index's own now.
    async with opened(settings(memory, large, reindex="empty")) as index:
        assert await found(index, "b") == ["b"]


async def test_the_local_model_is_found_again_when_a_server_takes_over(memory: Path, large: str) -> None:
    local = settings(memory, "")
    async with opened(local) as index:
        await write(index, "a")
        assert isinstance(index.embedder, LocalEmbedder)
    async with opened(settings(memory, large, reindex="true")) as index:
        assert await found(index, "a") == ["a"]


@pytest.mark.usefixtures("bus")
async def test_the_process_ends_with_the_code_that_says_not_to_start_it_again(
    memory: Path, nats: Nats, small: str, large: str
) -> None:
    async with opened(settings(memory, small)):
        pass
    environment = os.environ | {
        "ALLMANNING_NATS_URL": f"nats://127.0.0.1:{nats.port}",
        "ALLMANNING_NATS_USER": "index",
        "ALLMANNING_NATS_PASSWORD": nats.password,
        "ALLMANNING_DATA_DIR": str(memory),
        "ALLMANNING_TEI_URL": large,
    }
    process = subprocess.run(
        [sys.executable, "-m", "allmanning.index"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert process.returncode == REFUSED
    assert "index.model_differs" in process.stderr
