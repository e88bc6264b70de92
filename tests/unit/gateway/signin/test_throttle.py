"""Guessing is slow, and locks nobody else out."""

from __future__ import annotations

import asyncio

import pytest

from allmanning.gateway.signin.throttle import Throttle, guesses_at, guesses_from, network_of

ANNA, ADDRESS = "exempelby/anna", "192.0.2.1"


@pytest.fixture
def throttle(keyring, clock) -> Throttle:
    return Throttle(keyring.data_dir, clock)


async def fail(throttle: Throttle, counts, times: int, clock=None) -> None:
    for _ in range(times):
        if wait_s := await throttle.admit(counts):
            assert clock is not None
            clock.now += wait_s
            assert not await throttle.admit(counts)


async def test_after_five_failures_each_waits_twice_as_long_up_to_a_quarter(throttle, clock):
    counts = guesses_at(ANNA, ADDRESS, "")
    await fail(throttle, counts, 5)
    waits = []
    for _ in range(12):
        waits.append(await throttle.admit(counts))
        clock.now += waits[-1]
        assert not await throttle.admit(counts)

    assert waits[:4] == [5, 10, 20, 40]
    assert max(waits) == waits[-1] == 900


async def test_a_stranger_does_not_lock_a_person_out(throttle, clock):
    await fail(throttle, guesses_at(ANNA, "198.51.100.7", ""), 20, clock)
    assert await throttle.admit(guesses_at(ANNA, "198.51.100.7", ""))

    assert not await throttle.admit(guesses_at(ANNA, ADDRESS, ""))
    assert not await throttle.admit(guesses_at("exempelby/bo", ADDRESS, ""))


async def test_guesses_from_everywhere_are_stopped_and_the_persons_own_browser_is_not(throttle):
    for n in range(100):
        assert not await throttle.admit(guesses_at(ANNA, f"198.51.{n}.1", ""))

    assert await throttle.admit(guesses_at(ANNA, "203.0.113.9", ""))
    assert not await throttle.admit(guesses_at(ANNA, ADDRESS, "own-browser"))


async def test_an_address_is_stopped_at_any_account_but_not_those_who_were_there_before(throttle):
    for n in range(30):
        assert not await throttle.admit(guesses_at(f"exempelby/{n}", ADDRESS, ""))

    assert await throttle.admit(guesses_at(ANNA, ADDRESS, ""))
    assert await throttle.admit([guesses_from(ADDRESS)])
    assert not await throttle.admit(guesses_at(ANNA, ADDRESS, "own-browser"))


async def test_a_right_one_begins_the_count_anew(throttle):
    counts = guesses_at(ANNA, ADDRESS, "")
    for _ in range(3):
        await fail(throttle, counts, 4)
        assert not await throttle.admit(counts)
        await throttle.succeeded(counts)

    assert not await throttle.admit(counts)


async def test_a_right_one_of_ones_own_does_not_free_guesses_at_others(throttle):
    for n in range(29):
        await throttle.admit(guesses_at(f"exempelby/{n}", ADDRESS, ""))
    own = guesses_at("exempelby/eve", ADDRESS, "")
    await throttle.admit(own)
    await throttle.succeeded(own)
    await throttle.admit(guesses_at("exempelby/x", ADDRESS, ""))

    assert await throttle.admit(guesses_at(ANNA, ADDRESS, ""))


async def test_many_at_once_get_no_more_tries_than_one_after_another(throttle):
    counts = guesses_at(ANNA, ADDRESS, "")
    waits = await asyncio.gather(*(throttle.admit(counts) for _ in range(20)))

    assert sum(not each for each in waits) == 5


async def test_failures_are_forgotten_after_a_day(throttle, clock):
    counts = guesses_at(ANNA, ADDRESS, "")
    await fail(throttle, counts, 5)
    clock.now += 86_401

    for _ in range(5):
        assert not await throttle.admit(counts)


def test_one_subscriber_is_one_address():
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff:1")
    assert network_of("2001:db8::1") != network_of("2001:db8:0:1::1")
    assert network_of("::ffff:192.0.2.1") == network_of("192.0.2.1")
    assert network_of("unix") == "unix"
