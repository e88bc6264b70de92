"""The index process and the retrieve service as an operator starts them, with the platform's permissions."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from allmanning.contracts.access.v1.access_pb import Principal, Secrecy
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, Passage
from allmanning.contracts.retrieve.v1.retrieve_pb import SearchRequest, SearchResponse
from allmanning.index.encode import encode_passages
from allmanning.index.remote_embedder import RemoteEmbedder
from allmanning.index.store.remote import RemoteStore
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import PlatformError
from tests.conftest import Nats

TEXTS = [
    "Avgiften för bygglov betalas enligt kommunens taxa.",
    "Barn som är två år får plats i förskolan inom fyra månader.",
    "Hushållsavfallet hämtas varannan vecka.",
]

Start = Callable[[str], subprocess.Popen[bytes]]


@pytest.fixture
def start(nats: Nats, tmp_path: Path) -> Iterator[Start]:
    started: list[subprocess.Popen[bytes]] = []

    def start(service: str) -> subprocess.Popen[bytes]:
        environment = {
            "ALLMANNING_NATS_URL": f"nats://127.0.0.1:{nats.port}",
            "ALLMANNING_NATS_USER": service,
            "ALLMANNING_NATS_PASSWORD": nats.password,
            "ALLMANNING_DATA_DIR": str(tmp_path / service),
        }
        process = subprocess.Popen(
            [sys.executable, "-m", f"allmanning.{service}"],
            env=os.environ | environment,
            stderr=(tmp_path / f"{service}.log").open("ab"),
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


async def answer(bus: Bus, query: str) -> SearchResponse:
    """The answer, as soon as the services are up."""
    request = SearchRequest(principal=Principal(authority="soltuna", clearances=[Secrecy.OPEN]), query=query)
    async with asyncio.timeout(60):
        while True:
            try:
                return await bus.call(subjects.RETRIEVE_SEARCH, request, SearchResponse)
            except PlatformError as error:
                if not error.retryable:
                    raise
                await asyncio.sleep(0.1)


async def test_a_question_is_answered_also_after_the_index_was_killed(bus: Bus, nats: Nats, start: Start) -> None:
    # Started before what it needs: it waits.
    start("retrieve")
    index = start("index")
    ingest = await Bus.connect(nats.settings("ingest"), name="ingest")
    embedder, store = RemoteEmbedder(ingest), RemoteStore(ingest)
    await embedder.warm_up()
    of = DocumentVersion(id="webb", version="1", authority="soltuna", secrecy=Secrecy.OPEN)
    passages = [Passage(id=str(at), document=of, text=text, position=at) for at, text in enumerate(TEXTS)]
    await store.stage(await encode_passages(passages, embedder))
    await store.publish("soltuna", "webb", "1")
    for _ in range(2):
        found = await answer(bus, "När kan min dotter börja på dagis?")
        assert found.total == 3
        assert found.passages[0].passage
        assert found.passages[0].passage.text == TEXTS[1]
        index.kill()
        index.wait()
        index = start("index")
    await ingest.close()
