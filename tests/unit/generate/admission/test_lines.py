"""Whoever asks one model waits for that one alone, in as many places as it has."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from allmanning.generate.admission.admission import Limits
from allmanning.generate.admission.lines import Lines
from allmanning.runtime.cancel import cancel
from tests.unit.generate.admission.test_admission import Alike


@dataclass
class Model:
    """An answerer, as far as a line sees it."""

    model: str
    capacity: int | None
    prompt: bytes = b""
    most_tokens: int = 0


def lines() -> Lines:
    return Lines(Alike(), Limits(waiting=100, waiting_of_one=100, wait_s=3600.0), extractive_places=3)


async def test_each_model_has_places_of_its_own_and_the_same_ones_in_every_chain():
    small, large, none = Model("liten", 1), Model("stor", 4), Model("extractive", None)
    made = lines()

    assert [made.before(each).places for each in (small, large, none)] == [1, 4, 3]  # type: ignore[arg-type]
    assert made.before(Model("liten", 1)) is made.before(small)  # type: ignore[arg-type]
    made.before(small).enter("asele", "citizen")  # type: ignore[arg-type]
    waits = made.before(small).enter("asele", "citizen")  # type: ignore[arg-type]
    others = [made.before(large).enter("boden", "citizen") for _ in range(4)]  # type: ignore[arg-type]
    assert waits.granted_at is None
    assert all(each.granted_at is not None for each in others)
    assert made.taken == 5
    # A server went away, and came back.
    large.capacity = 0
    assert made.before(large).places == 1  # type: ignore[arg-type]


async def test_whoever_waits_in_a_line_that_opened_later_is_told_where_they_stand():
    made = lines()
    telling = asyncio.create_task(made.tell_places())
    made.before(Model("stor", 4)).enter("asele", "citizen")  # type: ignore[arg-type]
    await asyncio.sleep(0)
    line = made.before(Model("liten", 1))  # type: ignore[arg-type]
    first, second = line.enter("asele", "citizen"), line.enter("asele", "citizen")

    async with asyncio.timeout(10):
        place = await anext(aiter(second.turn()))
    first.leave()
    await cancel([telling])

    assert place.position == 1
