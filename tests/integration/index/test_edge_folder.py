"""What the embedded store keeps on disk, and when it starts anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from allmanning.index.store.edge import EdgeStore
from allmanning.runtime.errors import NotFound, Unavailable
from tests.contract.index.passages import DIMENSION, asking, document, indexed


async def opened(folder: Path, version: str = "one") -> EdgeStore:
    store = EdgeStore(folder, version, DIMENSION)
    await store.warm_up()
    return store


async def test_what_was_published_is_there_after_a_restart(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    await store.stage(indexed(document(), ["Text"]))
    await store.publish("soltuna", "taxa", "v1")
    await store.stage(indexed(document(version="v2"), ["Ny text"]))
    await store.close()
    store = await opened(tmp_path)
    assert (await store.search(asking("text"))).total == 1
    await store.publish("soltuna", "taxa", "v2")
    [found] = (await store.search(asking("text"))).passages
    assert found.passage
    assert found.passage.text == "Ny text"
    await store.close()


async def test_another_index_version_starts_empty_and_drops_the_stale_one(tmp_path: Path) -> None:
    store = await opened(tmp_path, "one")
    await store.stage(indexed(document(), ["Text"]))
    await store.publish("soltuna", "taxa", "v1")
    await store.close()
    store = await opened(tmp_path, "two")
    assert (await store.digests()).digests == []
    await store.close()
    assert [each.name for each in tmp_path.iterdir() if each.is_dir()] == ["two"]


async def test_an_index_whose_making_was_interrupted_is_made_again(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    await store.close()
    (tmp_path / "one" / "MADE").unlink()
    store = await opened(tmp_path)
    assert (await store.search(asking("text"))).total == 0
    await store.close()


async def test_what_was_staged_long_ago_and_never_published_is_swept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await opened(tmp_path)
    monkeypatch.setattr("allmanning.index.store.point.time.time", lambda: 1_000.0)
    await store.stage(indexed(document("old"), ["Gammal rest"]))
    monkeypatch.undo()
    await store.stage(indexed(document("new"), ["Pågående"]))
    await store.close()
    store = await opened(tmp_path)
    await store.publish("soltuna", "new", "v1")
    with pytest.raises(NotFound, match="version_not_staged"):
        await store.publish("soltuna", "old", "v1")
    await store.close()


async def test_a_closed_store_says_so(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    await store.close()
    await store.close()
    with pytest.raises(Unavailable):
        await store.search(asking("text"))
