from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allmanning.audit.log.store import Store
from allmanning.audit.publication import folder as folder_module
from tests.unit.audit.producer import Producer, put
from tests.unit.audit.published import follower, grow, publisher, shown


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "tiles"


async def test_a_client_of_the_specification_follows_a_log_as_it_grows(store, producer, root):
    public, client = publisher(store, root), None
    for count, size in ((1, 1), (254, 255), (1, 256), (1, 257), (300, 557)):
        grow(store, producer, count)
        await public.round()
        client = client or follower(store, root)
        assert client.follow() == size
        assert client.entries == [leaf.data for leaf in producer.leaves]
    assert follower(store, root).follow() == 557


@given(st.lists(st.integers(1, 300), min_size=1, max_size=4))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_growth_can_be_followed_from_any_size(tmp_path_factory, counts):
    folder = tmp_path_factory.mktemp("log")
    store, producer = Store(folder / "audit"), Producer()
    store.open()
    public = publisher(store, folder / "tiles")
    for count in counts:
        grow(store, producer, count)
        asyncio.run(public.round())
        assert follower(store, folder / "tiles").follow() == len(producer.leaves)
    store.close()


async def test_the_checkpoint_is_shown_after_everything_it_covers(store, producer, root, monkeypatch):
    written: list[str] = []
    write = folder_module._write

    def noting(path: Path, data: bytes) -> None:
        written.append(path.name)
        write(path, data)

    monkeypatch.setattr(folder_module, "_write", noting)
    grow(store, producer, 300)
    await publisher(store, root).round()
    assert written[-1] == "checkpoint"
    assert written.count("checkpoint") == 1


@pytest.mark.parametrize("at", range(7))
async def test_what_a_crash_leaves_half_done_is_finished_by_the_next_process(store, producer, root, monkeypatch, at):
    class Killed(BaseException):
        pass

    grow(store, producer, 255)
    await publisher(store, root).round()
    grow(store, producer, 300)
    write, left = folder_module._write, iter(range(at))

    def dying(path: Path, data: bytes) -> None:
        if next(left, None) is None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.with_name(f".{path.name}.new").write_bytes(data[: len(data) // 2])
            raise Killed
        write(path, data)

    monkeypatch.setattr(folder_module, "_write", dying)
    try:
        await publisher(store, root).round()
    except Killed:
        assert follower(store, root).follow() == 255
    monkeypatch.setattr(folder_module, "_write", write)
    await publisher(store, root).round()
    assert follower(store, root).follow() == 555


async def test_nothing_is_written_when_nothing_has_happened(store, producer, root, monkeypatch):
    grow(store, producer, 3)
    public = publisher(store, root)
    await public.round()
    monkeypatch.setattr(folder_module, "_write", lambda *_: pytest.fail("written"))
    await public.round()
    await publisher(store, root).round()


async def test_a_log_that_is_not_the_one_that_was_shown_is_not_published(tmp_path, store, producer, root, caplog):
    grow(store, producer, 3)
    await publisher(store, root).round()
    before = shown(root)
    other = Store(tmp_path / "other")
    other.open()
    grow(other, Producer(), 5)
    await publisher(other, root).round()
    await publisher(other, root).round()
    other.close()
    assert shown(root) == before
    assert "is not published" in caplog.text


async def test_a_log_that_has_forgotten_is_not_published(tmp_path, store, producer, root, caplog):
    grow(store, producer, 3)
    await publisher(store, root).round()
    shorter = Store(tmp_path / "other")
    shorter.open()
    put(shorter, producer.leaves[:2], 2)
    before = shown(root)
    await publisher(shorter, root).round()
    shorter.close()
    assert shown(root) == before
    assert "3 poster är visade" in caplog.text


async def test_a_full_disk_stops_nothing_but_the_publishing(store, producer, root, monkeypatch, caplog):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    grow(store, producer, 3)
    monkeypatch.setattr(folder_module, "_write", full)
    public = publisher(store, root)
    await public.round()
    assert "No space left" in caplog.text
    monkeypatch.undo()
    await public.round()
    assert follower(store, root).follow() == 3
