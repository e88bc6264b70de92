"""Files in the object store, whole and in part."""

from __future__ import annotations

import io
import random

import pytest
from nats.js.api import StreamConfig

from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import NotFound, Unavailable
from allmanning.runtime.objects import Objects
from tests.conftest import Nats

PIECE = 128 * 1024
DATA = random.Random(1).randbytes(5 * PIECE + 1234)


async def part(objects: Objects, start: int = 0, end: int | None = None, name: str = "a") -> bytes:
    return b"".join([piece async for piece in objects.read(name, start, end)])


@pytest.fixture
async def objects(bus: Bus) -> Objects:
    """A store with a file whose pieces lie between those of another."""
    made = Objects(bus, "originals")
    for name in ("before", "a"):
        await made.put(name, io.BytesIO(DATA))
    return made


@pytest.mark.usefixtures("objects")
@pytest.mark.parametrize("service", ["gateway", "ingest"])
async def test_a_service_may_read_a_part(nats: Nats, service: str) -> None:
    own = await Bus.connect(nats.settings(service), name=service)
    assert await part(Objects(own, "originals"), 3 * PIECE + 5, 4 * PIECE + 7) == DATA[3 * PIECE + 5 : 4 * PIECE + 7]
    assert [name async for name in Objects(own, "originals").names()] == ["before", "a"]
    await own.close()


async def test_any_part_is_what_lies_there(objects: Objects) -> None:
    places = [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, len(DATA) - 1, len(DATA), len(DATA) + 9]
    for start in places:
        for end in [*places, None]:
            assert await part(objects, start, end) == DATA[start:end]


async def test_pieces_are_found_where_others_lie_between_them(bus: Bus, objects: Objects) -> None:
    """As when two uploads arrive at once."""
    info = await (await bus.js.object_store("originals")).get_info("a")
    await bus.js.purge_stream("OBJ_originals", subject=f"$O.originals.C.{info.nuid}")
    for at in range(0, len(DATA), PIECE):
        for _ in range(at // PIECE):
            await bus.js.publish("$O.originals.C.another", b"between")
        await bus.js.publish(f"$O.originals.C.{info.nuid}", DATA[at : at + PIECE])
    for start in range(0, len(DATA), PIECE - 7):
        assert await part(objects, start, start + 99) == DATA[start : start + 99]


async def test_what_is_not_there_is_not_found(objects: Objects) -> None:
    with pytest.raises(NotFound, match=r"object\.not_found"):
        await part(objects, name="b")


async def test_a_file_that_goes_while_it_is_read_is_not_read_as_shorter(objects: Objects) -> None:
    pieces = objects.read("a")
    await anext(pieces)
    await objects.delete("a")
    with pytest.raises(NotFound):
        await anext(pieces)


async def test_an_upload_that_does_not_fit_leaves_nothing(bus: Bus) -> None:
    info = await bus.js.stream_info("OBJ_originals")
    await bus.js.update_stream(StreamConfig(**{**info.config.__dict__, "max_bytes": 3 * PIECE}))
    objects = Objects(bus, "originals")
    with pytest.raises(Unavailable, match=r"objects\.full"):
        await objects.put("a", io.BytesIO(DATA))
    assert (await bus.js.stream_info("OBJ_originals")).state.messages == 0
    with pytest.raises(NotFound):
        await objects.describe("a")


async def test_torn_uploads_are_told_from_whole_ones(bus: Bus, objects: Objects) -> None:
    await bus.js.publish("$O.originals.C.broken", b"the first piece")
    assert await objects.torn() == {"broken"}
    await objects.tear_down("broken")
    assert await objects.torn() == set()
    assert await objects.get("a") == DATA
