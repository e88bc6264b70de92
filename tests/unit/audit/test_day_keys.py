"""What producers seal with changes each day, and is gone when nothing can need it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from allmanning.audit.sealing.day_keys import KEPT, DayKeys
from allmanning.audit.sealing.opening import month_of, parts_of
from allmanning.runtime import subjects
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.sealing import OpenPart, SealBroken, Sealer, bound, seal_part

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
PART = OpenPart("question", bytes(32), b'"hemligt"', "G1")


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def days(store, clock) -> DayKeys:
    return DayKeys(store.keyring, clock)


def test_an_authority_has_one_key_a_day_until_midnight(days, clock, store):
    key, valid_for_s = days.newest("exempelby")
    assert valid_for_s == 12 * 3600
    assert days.newest("exempelby")[0] == key
    assert DayKeys(store.keyring, clock).newest("exempelby")[0] == key
    assert days.newest("annanby")[0].public != key.public
    clock.now += timedelta(hours=12)
    assert days.newest("exempelby")[0].public != key.public


def test_what_was_sealed_opens_after_a_restart_and_not_for_another_authority(days, clock, store):
    key, _ = days.newest("exempelby")
    event = Sealer(key, "exempelby").seal("r", "2026-11-27T12:00:00.000Z", [PART])
    again = DayKeys(store.keyring, clock)
    assert again.open(event) == [PART]
    event.authority = "annanby"
    with pytest.raises(SealBroken):
        again.open(event)


def test_the_private_half_lives_as_long_as_the_stream_can_hold_something(days, clock):
    key, _ = days.newest("exempelby")
    event = Sealer(key, "exempelby").seal("r", "2026-11-27T12:00:00.000Z", [PART])
    clock.now = NOON + KEPT
    assert days.retire() == 0
    assert days.open(event) == [PART]
    clock.now += timedelta(days=1)
    assert days.retire() == 1
    with pytest.raises(SealBroken):
        days.open(event)


def test_content_of_a_release_that_encapsulated_for_every_record_opens(days):
    key, _ = days.newest("exempelby")
    own = bytes(range(32))
    event = Sealer(key, "exempelby").seal("r", "2026-11-27T12:00:00.000Z", [PART])
    event.parts[0].sealed = seal_part(own, "r", "exempelby", PART)
    suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    binding = bound("allmanning/keys/v1", key.id, "r", "exempelby", "G1")
    event.wrapped_keys = suite.encrypt(own, X25519PublicKey.from_public_bytes(key.public), info=binding)
    event.producer_key = b""
    assert days.open(event) == [PART]


def test_a_producers_key_opens_only_what_that_producer_sealed(days):
    key, _ = days.newest("exempelby")
    events = [Sealer(key, "exempelby").seal("r", "2026-11-27T12:00:00.000Z", [PART]) for _ in range(2)]
    assert [days.open(event) for event in events] == [[PART], [PART]]
    events[0].producer_key = events[1].producer_key
    with pytest.raises(SealBroken):
        days.open(events[0])


def test_content_that_does_not_open_is_refused_with_the_records_id(days):
    key, _ = days.newest("exempelby")
    event = Sealer(key, "exempelby").seal("r1", "2026-10-27T12:00:00.000Z", [PART])
    [part] = parts_of(event, subjects.content_stored("exempelby"), days)
    assert (part.content, part.month) == (PART.content, "2026-10")
    event.wrapped_keys = event.wrapped_keys[:-1] + b"\x00"
    with pytest.raises(InvalidInput, match=r"part\.seal_broken.*r1"):
        parts_of(event, subjects.content_stored("exempelby"), days)


def test_the_month_of_a_record_without_a_time_is_that_of_its_id():
    assert month_of("01900000-0000-7000-8000-000000000000") == "2024-06"
    assert month_of("x") == datetime.now(UTC).strftime("%Y-%m")
