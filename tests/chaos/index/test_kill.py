"""The embedded store is killed at any moment: what it acknowledged is there, whole, and nothing twice."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from allmanning.index.store.edge import EdgeStore
from allmanning.runtime.errors import Unavailable
from tests.chaos.index.writer import DOCUMENTS, size
from tests.contract.index.passages import DIMENSION, asking

ROOT = Path(__file__).resolve().parents[3]


def writer(folder: Path, first: int, *updates: int) -> subprocess.Popen[str]:
    arguments = [str(folder), str(first), *map(str, updates)]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.chaos.index.writer", *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


async def contents(folder: Path) -> dict[str, list[str]]:
    """What is published: the texts of every document, as a search and the digests agree on it."""
    store = EdgeStore(folder, "test", DIMENSION)
    await store.warm_up()
    try:
        digests = (await store.digests()).digests
        assert len({each.document_id for each in digests}) == len(digests)
        found = {}
        for each in digests:
            answer = await store.search(asking("text", documents=[each.document_id], limit=100))
            assert answer.total == each.passages == len(answer.passages)
            found[each.document_id] = sorted(hit.passage.text for hit in answer.passages if hit.passage)
    finally:
        await store.close()
    return found


def version_of(document: str, texts: list[str]) -> int:
    """The one version that the texts are the whole of."""
    version = int(texts[0].split()[1])
    assert texts == sorted(f"{document} {version} {part}" for part in range(size(version)))
    return version


async def test_acknowledged_versions_survive_whole_and_none_is_doubled(tmp_path: Path) -> None:
    chance = random.Random(7)
    acknowledged: dict[str, int] = {}
    first = 0
    for _ in range(6):
        # What each document may have next: the version whose publication was on its way when the process died.
        following: dict[str, int] = {f"d{number}": first for number in range(DOCUMENTS)}
        process = writer(tmp_path / "index", first)
        assert process.stdout
        for _ in range(chance.randrange(1, 14)):
            number, version = process.stdout.readline().split()
            acknowledged[f"d{number}"] = int(version)
            following[f"d{number}"] = int(version) + 1
        # Somewhere within the next write, which takes some tens of milliseconds.
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(chance.random() * 0.15)
        process.kill()
        late, _ = process.communicate()
        for line in late.splitlines():
            number, version = line.split()
            acknowledged[f"d{number}"] = int(version)
            following[f"d{number}"] = int(version) + 1
        versions = {
            document: version_of(document, texts) for document, texts in (await contents(tmp_path / "index")).items()
        }
        assert versions.keys() >= acknowledged.keys()
        assert all(versions[each] in {version, following[each]} for each, version in acknowledged.items())
        first = max(versions.values()) + 1
        acknowledged = versions


@pytest.mark.parametrize("updates", range(2 * DOCUMENTS + 1))
async def test_publications_killed_halfway_are_finished_when_the_store_opens(tmp_path: Path, updates: int) -> None:
    process = writer(tmp_path / "index", 1, 99)
    assert process.stdout
    for _ in range(DOCUMENTS):
        process.stdout.readline()
    process.kill()
    process.wait()
    assert writer(tmp_path / "index", 50, updates).wait(20) == -9
    found = await contents(tmp_path / "index")
    assert {document: version_of(document, texts) for document, texts in found.items()} == {
        "d0": 50,
        "d1": 50,
        "d2": 50,
    }


async def test_a_second_process_is_refused_and_does_no_harm(tmp_path: Path) -> None:
    store = EdgeStore(tmp_path / "index", "test", DIMENSION)
    await store.warm_up()
    process = writer(tmp_path / "index", 1)
    assert process.wait(20) == 1
    with pytest.raises(Unavailable):
        await EdgeStore(tmp_path / "index", "test", DIMENSION).warm_up()
    await store.retire("soltuna", "taxa")
    await store.close()
