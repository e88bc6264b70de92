from __future__ import annotations

import pytest

from allmanning.audit.log.checkpoint import Checkpoint
from allmanning.audit.log.note import BadNote, SigningKey, VerifierKey, from_base64
from allmanning.audit.log.origin import origin_of, period_of
from allmanning.audit.log.tree import EMPTY_ROOT

# The example in the C2SP specification.
VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
NOTE = (
    "This is an example message.\n\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
ORIGIN = origin_of("exempelby", "2026h2")


@pytest.fixture
def key() -> SigningKey:
    return SigningKey.generate(ORIGIN)


def test_the_specifications_own_example_opens():
    key = VerifierKey.parse(VKEY)
    assert str(key) == VKEY
    assert key.open(NOTE) == "This is an example message.\n"


def test_any_flipped_bit_of_a_note_is_seen(key):
    note = Checkpoint(ORIGIN, 3, EMPTY_ROOT).sign(key).encode()
    for at in range(len(note)):
        for bit in range(8):
            flipped = bytearray(note)
            flipped[at] ^= 1 << bit
            with pytest.raises((BadNote, UnicodeDecodeError)):
                Checkpoint.open(bytes(flipped).decode(), key.verifier)


def test_any_flipped_character_of_a_vkey_is_seen(key):
    text = str(key.verifier)
    note = Checkpoint(ORIGIN, 3, EMPTY_ROOT).sign(key)
    for at, letter in enumerate(text):
        changed = text[:at] + ("A" if letter != "A" else "B") + text[at + 1 :]
        with pytest.raises(BadNote):
            Checkpoint.open(note, VerifierKey.parse(changed))


def test_another_logs_key_does_not_open_a_checkpoint(key):
    other = SigningKey.generate(origin_of("annanby", "2026h2"))
    with pytest.raises(BadNote, match="ingen underskrift"):
        Checkpoint.open(Checkpoint(ORIGIN, 3, EMPTY_ROOT).sign(key), other.verifier)
    with pytest.raises(BadNote, match="annan logg"):
        Checkpoint.open(Checkpoint(ORIGIN, 3, EMPTY_ROOT).sign(other), other.verifier)


def test_unknown_signatures_beside_the_known_are_ignored(key):
    line = Checkpoint(ORIGIN, 3, EMPTY_ROOT).sign(SigningKey.generate("vittne.example")).splitlines()[-1]
    note = Checkpoint(ORIGIN, 3, EMPTY_ROOT).sign(key) + line + "\n"
    assert Checkpoint.open(note, key.verifier).size == 3


@pytest.mark.parametrize(
    "text", ["", "a\n1\n", "a\n01\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", "a\n1\nAAAA\n", "a\n-1\nAAAA\n"]
)
def test_what_is_not_a_checkpoint_is_refused(text):
    with pytest.raises(BadNote):
        Checkpoint.parse(text)


def test_base64_with_stray_bits_is_refused():
    assert from_base64("AA==") == b"\x00"
    with pytest.raises(ValueError):
        from_base64("AB==")


@pytest.mark.parametrize(
    ("time", "period"), [("2026-06-30T23:59:59.999Z", "2026h1"), ("2026-07-01T00:00:00.000Z", "2026h2")]
)
def test_half_years_meet_at_midsummer(time, period):
    assert period_of(time) == period


@pytest.mark.parametrize("time", ["", "2026-13-01T00:00:00.000Z", "2026-01-01", "2026-01-01T00:00:00.000+02:00"])
def test_a_time_that_is_not_utc_is_refused(time):
    with pytest.raises(ValueError):
        period_of(time)
