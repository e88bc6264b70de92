"""What the embedded store keeps on disk, and when it starts anew."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from allmanning.index.store.edge import EdgeStore
from allmanning.index.store.publication import Publication
from allmanning.index.store.root import IndexRoot
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


async def test_another_index_version_is_made_beside_the_one_that_is_there(tmp_path: Path) -> None:
    store = await opened(tmp_path, "one")
    await store.stage(indexed(document(), ["Text"]))
    await store.publish("soltuna", "taxa", "v1")
    await store.close()
    store = await opened(tmp_path, "two")
    assert (await store.digests()).digests == []
    await store.close()
    store = await opened(tmp_path, "one")
    assert [each.document_id for each in (await store.digests()).digests] == ["taxa"]
    await store.close()


async def test_an_index_tells_what_it_was_made_with(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    await store.close()
    live = IndexRoot(tmp_path).live
    assert live
    assert (tmp_path / "CURRENT").read_text() == live.path.name
    assert (live.about.index_version, live.about.dimension) == ("one", DIMENSION)
    assert datetime.fromisoformat(live.about.made_at).tzinfo


async def test_what_nothing_refers_to_is_deleted_at_the_start_and_the_live_index_never(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    await store.stage(indexed(document(), ["Text"]))
    await store.publish("soltuna", "taxa", "v1")
    await store.close()
    # As a crash leaves them: made in part, optimised and not swapped in, swapped out and not deleted.
    (tmp_path / "half-made" / "shard").mkdir(parents=True)
    live = IndexRoot(tmp_path).live
    assert live
    shutil.copytree(live.path, tmp_path / "copy")
    store = await opened(tmp_path)
    assert (await store.search(asking("text"))).total == 1
    await store.close()
    assert [each for each in tmp_path.iterdir() if each.is_dir()] == [live.path]


@pytest.mark.parametrize("missing", ["CURRENT", "about.json", "shard"])
async def test_an_index_of_which_a_part_is_missing_is_made_again(tmp_path: Path, missing: str) -> None:
    store = await opened(tmp_path)
    await store.stage(indexed(document(), ["Text"]))
    await store.publish("soltuna", "taxa", "v1")
    await store.close()
    [part] = tmp_path.rglob(missing)
    part.rename(tmp_path / "away")
    store = await opened(tmp_path)
    assert (await store.search(asking("text"))).total == 0
    await store.close()


async def test_an_index_of_a_release_that_knew_fewer_fields_takes_what_this_one_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr("allmanning.index.store.edge_schema.declare", lambda _: None)
        store = EdgeStore(tmp_path, "one", DIMENSION)
        store.root.open()
        await store.edge.warm_up()
        await store.close()
    store = await opened(tmp_path)
    await store.stage(indexed(document(), ["Text"]))
    await store.publish("soltuna", "taxa", "v1")
    [found] = (await store.search(asking("text"))).passages
    assert found.sparse > 0
    await store.close()


async def test_a_publication_whose_passages_a_power_cut_took_leaves_the_version_before_it(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    await store.stage(indexed(document(), ["Text"]))
    await store.publish("soltuna", "taxa", "v1")
    await store.stage(indexed(document(version="v2"), ["Ny text"]))
    await store.close()
    live = IndexRoot(tmp_path).live
    assert live
    live.begin([Publication("soltuna", "taxa", "v2", generation=1, passages=2)])
    store = await opened(tmp_path)
    assert live.unfinished() == []
    [found] = (await store.search(asking("text"))).passages
    assert found.passage
    assert found.passage.text == "Text"
    await store.close()


async def test_a_publication_that_an_earlier_release_left_unfinished_is_finished(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    await store.stage(indexed(document(), ["Text"]))
    await store.close()
    live = IndexRoot(tmp_path).live
    assert live
    noted = {"authority": "soltuna", "document": "taxa", "version": "v1", "generation": 1, "passages": 1}
    (live.path / "PUBLISHING").write_text(json.dumps(noted))
    store = await opened(tmp_path)
    assert (await store.search(asking("text"))).total == 1
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
