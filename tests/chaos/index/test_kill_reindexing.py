"""A process that builds, optimises and switches its index is killed at any moment: nothing is lost, nothing is half."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from allmanning.index.store.edge import EdgeStore
from allmanning.index.store.protocol import PassageStore
from tests.chaos.index.successor import PHASES, opened, write_once
from tests.chaos.index.test_kill import ROOT, version_of
from tests.chaos.index.writer import DOCUMENTS
from tests.contract.index.passages import DIMENSION, asking, document, indexed


@contextmanager
def successor(folder: Path, index_version: str, first: int, *phase: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.chaos.index.successor", str(folder), index_version, str(first), *phase]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    yield process
    process.kill()
    process.wait()


async def found(store: PassageStore) -> dict[str, int]:
    """The version of every document that searches see, each whole."""
    versions = {}
    for name in ("once", *(f"d{number}" for number in range(DOCUMENTS))):
        answer = await store.search(asking("text", documents=[name], limit=100))
        texts = sorted(hit.passage.text for hit in answer.passages if hit.passage)
        assert answer.total == len(texts)
        if name == "once":
            assert texts == ["once"]
        elif texts:
            versions[name] = version_of(name, texts)
    return versions


async def rebuild(store: PassageStore, versions: dict[str, int], texts: dict[str, list[str]]) -> None:
    """What ingest does with a document that the next index lacks."""
    await write_once(store)
    for name, version in versions.items():
        of = document(name, f"{version}")
        await store.stage(indexed(of, texts[name]))
        await store.publish(of.authority, of.id, of.version)


async def check(folder: Path, index_version: str, acknowledged: dict[str, int], most: dict[str, int]) -> dict[str, int]:
    """Start after the kill: what was acknowledged is found, then the index is built to its end and finds the same."""
    store = await opened(folder, index_version)
    try:
        versions = await found(store)
        assert versions.keys() >= acknowledged.keys()
        assert all(version <= versions[name] <= most[name] for name, version in acknowledged.items())
        texts = {}
        for name in versions:
            answer = await store.search(asking("text", documents=[name], limit=100))
            in_order = sorted((hit.passage for hit in answer.passages if hit.passage), key=lambda each: each.position)
            texts[name] = [passage.text for passage in in_order]
        await rebuild(store, versions, texts)
        assert await found(store) == versions
        assert await store.switch() == index_version
        assert await found(store) == versions
    finally:
        await store.close()
        store._root.close()
    assert [each.name.rpartition("-")[0] for each in folder.iterdir() if each.is_dir()] == [index_version]
    return versions


def acknowledgements(lines: str) -> dict[str, int]:
    said = [line.split() for line in lines.splitlines() if line != "switched"]
    return {f"d{number}": int(version) for number, version in said}


async def begin(folder: Path) -> dict[str, int]:
    """An index of the release before, with the first version of every document."""
    store = EdgeStore(folder, "before", DIMENSION)
    await store.warm_up()
    await write_once(store)
    for number in range(DOCUMENTS):
        of = document(f"d{number}", "0")
        await store.stage(indexed(of, [f"d{number} 0 0"]))
        await store.publish(of.authority, of.id, of.version)
    await store.close()
    return {f"d{number}": 0 for number in range(DOCUMENTS)}


@pytest.mark.parametrize("phase", PHASES)
async def test_killed_in_any_phase_it_goes_on_and_nothing_is_lost(tmp_path: Path, phase: str) -> None:
    folder = tmp_path / "index"
    acknowledged = await begin(folder)
    with successor(folder, "after", 1, phase) as process:
        lines, _ = process.communicate(timeout=60)
        assert process.returncode == -9
    acknowledged |= acknowledgements(lines)
    most = {name: version + 1 for name, version in acknowledged.items()}
    await check(folder, "after", acknowledged, most)


@pytest.mark.slow
async def test_killed_at_random_again_and_again_nothing_is_lost(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    chance = random.Random(11)
    acknowledged = await begin(folder)
    for round_ in range(6):
        first = max(acknowledged.values()) + 1
        with successor(folder, f"r{round_}", first) as process, pytest.raises(subprocess.TimeoutExpired):
            process.communicate(timeout=2 + 3 * chance.random())
        lines, _ = process.communicate()
        acknowledged |= acknowledgements(lines)
        most = {name: max(version + 1, first) for name, version in acknowledged.items()}
        acknowledged = await check(folder, f"r{round_}", acknowledged, most)
