from __future__ import annotations

from dataclasses import replace

import pytest

from allmanning.audit.log.checkpoint import Checkpoint
from allmanning.audit.log.note import SigningKey
from allmanning.audit.log.origin import origin_of, period_after, place_of, rest_of
from allmanning.audit.log.succession import (
    KEY_COMPROMISED,
    PERIOD_OVER,
    Sealed,
    Segment,
    check_succession,
    may_stand_in,
    opened_by,
    opening,
    sealed_by,
)
from allmanning.audit.log.tree import leaf_hash
from tests.unit.audit.producer import AUTHORITY, Producer

FIRST, SECOND = origin_of(AUTHORITY, "2026h2"), origin_of(AUTHORITY, "2027h1")
KEY = SigningKey.generate(SECOND)
SEAL = Sealed(FIRST, PERIOD_OVER, SECOND, (str(KEY.verifier),))
FINAL = Checkpoint(FIRST, 7, leaf_hash(b"7"))
NEWER = Checkpoint(SECOND, 3, leaf_hash(b"3"))


def sealing(sealed: Sealed = SEAL, authority: str = AUTHORITY, producer: str = "audit-1"):
    producer = Producer(authority=authority, name=producer)
    return producer.record("log.sealed", "log.2026h2", time="2027-01-01T01:00:00.000Z", **sealed.fields())


@pytest.mark.parametrize(
    ("period", "after", "rest"),
    [("2026h1", "2026h2", "2026h1b"), ("2026h2", "2027h1", "2026h2b"), ("2026h2c", "2027h1", "2026h2d")],
)
def test_half_years_follow_on_each_other_and_can_be_parted(period, after, rest):
    assert period_after(period) == after
    assert rest_of(period) == rest
    assert period < rest < after


@pytest.mark.parametrize("period", ["", "2026", "2026h3", "2026h2a", "2026h2bb", "٢٠٢٦h1"])
def test_what_is_no_half_year_is_refused(period):
    for function in (period_after, rest_of):
        with pytest.raises(ValueError):
            function(period)


def test_a_half_year_is_parted_twenty_five_times_at_most():
    with pytest.raises(ValueError, match="25"):
        rest_of("2026h2z")


def test_an_origin_tells_whose_it_is():
    assert place_of(FIRST) == (AUTHORITY, "2026h2")
    for origin in ("", "annan.example", "audit.Å.allmanning/2026h2", "audit.a.allmanning/2026h2/x"):
        with pytest.raises(ValueError):
            place_of(origin)


def test_a_sealing_leaf_says_what_follows():
    assert sealed_by(sealing()) == SEAL
    assert SEAL.next_key == KEY.verifier


@pytest.mark.parametrize(
    "sealed",
    [
        SEAL._replace(reason="tired"),
        SEAL._replace(next_origin=FIRST),
        SEAL._replace(next_origin=origin_of(AUTHORITY, "2026h1")),
        SEAL._replace(next_origin=origin_of("annanby", "2027h1")),
        SEAL._replace(origin="annan.example"),
        SEAL._replace(next_vkeys=()),
        SEAL._replace(next_vkeys=(str(SigningKey.generate(FIRST).verifier),)),
    ],
)
def test_a_leaf_that_could_part_or_bend_the_logs_seals_nothing(sealed):
    assert sealed_by(sealing(sealed)) is None


def test_another_authority_can_not_seal():
    assert sealed_by(sealing(authority="annanby")) is None


def test_another_service_can_not_seal():
    assert sealed_by(sealing(producer="gateway-1")) is None


def test_the_opening_leaf_is_always_the_same_and_names_the_final_checkpoint():
    seal = sealing()
    leaf = opening(seal, SEAL, FINAL)
    assert leaf.data == opening(seal, SEAL, FINAL).data
    told = opened_by(leaf)
    assert told is not None
    assert (told.origin, told.previous) == (SECOND, FINAL)
    assert opened_by(seal) is None
    assert sealed_by(leaf) is None


def test_where_a_leaf_may_stand():
    seal = sealing()
    assert seal.origin == SECOND
    assert may_stand_in(seal, FIRST)
    ordinary = Producer().record("answer.released", "d", time="2026-12-31T23:59:59.999Z")
    assert may_stand_in(ordinary, FIRST)
    assert may_stand_in(ordinary, SECOND)
    assert not may_stand_in(ordinary, origin_of(AUTHORITY, "2026h1"))
    assert not may_stand_in(ordinary, origin_of("annanby", "2026h2"))
    opened = opening(seal, SEAL, FINAL)
    assert may_stand_in(opened, SECOND)
    assert not may_stand_in(opened, origin_of(AUTHORITY, "2027h2"))


def segments() -> tuple[Segment, Segment]:
    seal = sealing()
    opened = opened_by(opening(seal, SEAL, FINAL))
    assert opened is not None
    return (
        Segment(FINAL, ["some key"], seal, (), late=False),
        Segment(NEWER, [str(KEY.verifier)], None, (opened,), late=True),
    )


def test_logs_that_hand_over_are_right():
    assert check_succession(segments()) == []
    assert check_succession([]) == []


def test_a_new_half_year_may_begin_before_the_old_one_is_sealed():
    first, second = segments()
    assert check_succession([first._replace(last=None), second._replace(opened=(), late=False)]) == []


def test_what_is_wrong_between_two_logs_is_told():
    first, second = segments()
    shorter = second.opened[0]._replace(previous=replace(FINAL, size=6))
    cases = {
        "inte är med": [first],
        "annan nyckel": [first, second._replace(vkeys=["another"])],
        "säger inte hur": [first, second._replace(opened=())],
        "slutar inte som": [first, second._replace(opened=[shorter])],
        "inte förseglad": [first._replace(last=None), second],
        "vars logg inte är förseglad": [second],
    }
    for says, logs in cases.items():
        assert any(says in each for each in check_succession(logs)), says


def test_a_compromised_key_ends_its_log_in_the_middle_of_a_half_year():
    rest = origin_of(AUTHORITY, "2026h2b")
    sealed = Sealed(FIRST, KEY_COMPROMISED, rest, (str(SigningKey.generate(rest).verifier),))
    assert sealed_by(sealing(sealed)) == sealed
