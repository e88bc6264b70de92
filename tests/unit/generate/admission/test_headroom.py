"""Places follow what the event loop can attend to, and never more than the answerer has."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from allmanning.generate.admission.headroom import Busy, Headroom


@given(st.integers(1, 200), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 200)), max_size=60))
def test_there_are_never_more_places_than_wanted_nor_fewer_than_keep_the_work_going(wanted, looks):
    busy = 0.0
    headroom = Headroom(lambda: wanted, lambda: busy)
    for busy, taken in looks:  # noqa: B007 - read by the function above
        headroom.look(taken)
        assert min(wanted, 8) <= headroom.places() <= wanted


def test_a_loop_that_is_always_busy_gets_fewer_answers_and_with_room_as_many_as_before():
    busy = 1.0
    headroom = Headroom(lambda: 64, lambda: busy)
    for _ in range(20):
        headroom.look(headroom.places())
    assert headroom.places() == 8

    busy = 0.85
    headroom.look(8)
    assert headroom.places() == 8

    busy = 0.3
    for _ in range(20):
        headroom.look(8)
    assert headroom.places() == 64


def test_a_busy_loop_with_few_answers_has_other_reasons():
    headroom = Headroom(lambda: 64, lambda: 1.0)
    headroom.look(3)
    assert headroom.places() == 64


def test_servers_that_come_back_are_used_at_once_when_there_is_room():
    wanted = 4
    headroom = Headroom(lambda: wanted, lambda: 0.1)
    headroom.look(4)
    wanted = 40
    assert headroom.places() == 40


def test_a_thread_that_computes_is_busy_and_one_that_sleeps_is_not():
    busy = Busy()
    until = time.thread_time() + 0.05
    while time.thread_time() < until:
        pass
    working = busy()
    time.sleep(0.2)
    assert working > busy()
