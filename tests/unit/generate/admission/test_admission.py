"""Places are never idle while somebody waits, never more than there are, and a refusal says when to come back."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmanning.generate.admission.admission import Admission, Limits
from allmanning.generate.admission.ticket import Place, Ticket
from allmanning.runtime.errors import Busy


class Alike:
    """Authorities are, and batch waits for the others."""

    def of_authority(self, authority: str) -> float:  # noqa: ARG002
        return 1.0

    def of_channel(self, authority: str, channel: str) -> float:  # noqa: ARG002
        return {"citizen": 16.0}.get(channel, 1.0)


def admission(places: int, *, waiting: int = 100, of_one: int = 100, wait_s: float = 3600.0) -> Admission:
    return Admission(Alike(), Limits(waiting=waiting, waiting_of_one=of_one, wait_s=wait_s), lambda: places)


async def turned(ticket: Ticket) -> list[Place]:
    """What was told while the ticket waited for its turn."""
    return [place async for place in ticket.turn()]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("enter"), st.sampled_from(["asele", "boden", "ciceby"])),
        st.tuples(st.just("leave"), st.integers(0, 30)),
        st.tuples(st.just("places"), st.integers(0, 6)),
    ),
    max_size=80,
)


@given(STEPS)
def test_no_place_is_idle_while_somebody_waits_and_no_more_are_taken_than_there_are(steps):
    async def play() -> None:
        places = 3
        door = Admission(Alike(), Limits(waiting=12, waiting_of_one=5, wait_s=3600), lambda: places)
        tickets: list[Ticket] = []
        for step, value in steps:
            before = door.taken
            if step == "enter":
                with contextlib.suppress(Busy):
                    tickets.append(door.enter(str(value), "citizen"))
            elif step == "places":
                places = int(value)
            elif tickets:
                # Waiting or not: either gives up what it had.
                tickets.pop(int(value) % len(tickets)).leave()
            assert door.taken <= max(before, door.places)
            assert door.waiting <= 12
            assert all(door.waiting_of(each) <= 5 for each in ("asele", "boden", "ciceby"))
            if step != "places":
                assert not door.waiting or door.taken >= door.places
            assert door.taken + door.waiting == len(tickets)
        for ticket in tickets:
            ticket.leave()
            ticket.leave()
        assert (door.taken, door.waiting) == (0, 0)

    asyncio.run(play())


async def test_a_waiter_that_gives_up_frees_its_place_in_the_queue_for_another():
    door = admission(1, of_one=1)
    door.enter("asele", "citizen")
    waiter = door.enter("asele", "citizen")
    with pytest.raises(Busy):
        door.enter("asele", "citizen")

    waiting = asyncio.create_task(turned(waiter))
    await asyncio.sleep(0)
    waiting.cancel()
    waiter.leave()

    assert door.waiting == 0
    door.enter("asele", "citizen")


async def test_a_flood_of_one_authority_leaves_room_in_the_queue_for_the_others_and_they_are_next():
    door = admission(2, of_one=50)
    under_way = [door.enter("asele", "citizen") for _ in range(52)]
    with pytest.raises(Busy):
        door.enter("asele", "citizen")

    light = door.enter("boden", "citizen")
    under_way[0].leave()
    assert light.granted_at is not None


async def test_who_waits_hears_where_it_stands_and_when_its_turn_comes():
    door = admission(1)
    first, second, third = (door.enter("asele", "citizen") for _ in range(3))
    telling = asyncio.create_task(door.tell_places())
    assert await turned(first) == []
    turn = third.turn()
    assert await anext(turn) == Place(2, 10.0), "two turns of 5 s, as long as nothing was measured"
    first.leave()
    assert (await anext(turn)).position == 1
    second.leave()
    assert [place async for place in turn] == []
    telling.cancel()


async def test_a_refusal_says_when_what_waits_will_have_been_answered_at_the_pace_measured():
    door = admission(2, of_one=6)
    for _ in range(40):
        door.pace.took(3.0)
    for _ in range(8):
        door.enter("asele", "citizen")

    with pytest.raises(Busy) as refused:
        door.enter("asele", "citizen")
    assert refused.value.code == "queue.full"
    # Seven turns of 3 s on two places.
    assert refused.value.retry_after_s == 11
    assert "Försök igen om 11 s" in refused.value.message

    door.enter("boden", "citizen")
    with pytest.raises(Busy) as refused:
        door.enter("asele", "citizen")
    # Half of the places is another's now.
    assert refused.value.retry_after_s == 21


async def test_whoever_would_wait_too_long_is_told_at_once():
    door = admission(1, wait_s=12.0)
    door.enter("asele", "citizen")
    door.enter("asele", "citizen")
    door.enter("asele", "citizen")
    with pytest.raises(Busy) as refused:
        door.enter("asele", "citizen")
    assert (refused.value.code, refused.value.retry_after_s) == ("queue.too_long", 15)


async def test_whoever_has_waited_too_long_is_told_so():
    door = admission(1, wait_s=0.01)
    door.pace.took(0.001)
    door.enter("asele", "citizen")
    waiter = door.enter("asele", "citizen")
    with pytest.raises(Busy) as refused:
        await turned(waiter)
    assert refused.value.code == "queue.too_long"


async def test_without_any_model_server_one_question_is_let_through_to_learn_why():
    door = admission(0)
    assert door.enter("asele", "citizen").granted_at is not None
    assert door.enter("asele", "citizen").granted_at is None


async def test_a_server_that_comes_back_takes_those_who_wait():
    places = 1
    door = Admission(Alike(), Limits(waiting=9, waiting_of_one=9, wait_s=60), lambda: places)
    door.enter("asele", "citizen")
    waiter = door.enter("asele", "citizen")
    places = 2
    telling = asyncio.create_task(door.tell_places())
    await turned(waiter)
    telling.cancel()


async def test_a_newcomer_is_told_soon_without_telling_the_whole_queue_again():
    door = admission(1, waiting=400, of_one=400)
    door.enter("asele", "citizen")
    old = [door.enter("asele", "citizen") for _ in range(300)]
    telling = asyncio.create_task(door.tell_places())
    turns = [each.turn() for each in old]
    assert [(await anext(turn)).position for turn in turns] == list(range(1, 301))

    newcomer = door.enter("boden", "citizen").turn()
    again = asyncio.ensure_future(anext(turns[-1]))
    # The light authority's comes second: asele's next was first.
    assert (await anext(newcomer)).position <= 2
    assert not again.done()
    again.cancel()
    telling.cancel()
