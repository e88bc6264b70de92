"""Sessions end in every way they should, and a proof is fresh for ten minutes."""

from __future__ import annotations

import asyncio
import sqlite3

import pytest

from allmanning.gateway.keyring import Keyring
from allmanning.gateway.keys import create_key, revoke_key
from allmanning.gateway.signin.sessions import Sessions

IDLE_S, LASTS_S = 3_600.0, 9 * 3_600.0


@pytest.fixture
def sessions(keyring, clock) -> Sessions:
    return Sessions(keyring.database, idle_s=IDLE_S, lasts_s=LASTS_S, clock=clock)


@pytest.fixture
def key(keyring):
    return keyring.key(create_key(keyring.data_dir, "exempelby", "caseworker"))


async def test_a_session_is_found_by_its_token_alone(sessions, key):
    token, session = await sessions.open(key, "key", "Firefox, Windows")

    assert sessions.find(token) == session
    assert sessions.find(session.id) is None
    assert sessions.find(token.swapcase()) is None
    assert sessions.find("") is None


async def test_a_session_ends_after_an_hour_without_use(sessions, key, clock):
    used, _ = await sessions.open(key, "key", "")
    idle, _ = await sessions.open(key, "key", "")
    for _ in range(3):
        clock.now += IDLE_S - 1
        assert sessions.find(used) is not None

    assert sessions.find(idle) is None
    clock.now += IDLE_S
    assert sessions.find(used) is None


async def test_a_session_ends_after_a_working_day_however_much_it_is_used(sessions, key, clock):
    token, session = await sessions.open(key, "key", "")
    while clock.now + 1_000 < session.expires_at:
        clock.now += 1_000
        assert sessions.find(token) is not None
        if clock.now - session.opened_at > LASTS_S / 2:
            # A new proof does not lengthen it.
            token = await sessions.renew(session)
    clock.now = session.expires_at

    assert sessions.find(token) is None


async def test_a_new_proof_gives_a_new_token_and_ends_the_old_one(sessions, key, clock):
    old, session = await sessions.open(key, "key", "")
    clock.now += 599
    assert sessions.is_fresh(session)
    clock.now += 1
    assert not sessions.is_fresh(sessions.find(old))

    new = await sessions.renew(session)

    assert sessions.find(old) is None
    assert sessions.find(new).id == session.id
    assert sessions.is_fresh(sessions.find(new))


async def test_signing_in_ends_the_session_that_the_browser_had(sessions, key):
    first, _ = await sessions.open(key, "key", "")
    second, _ = await sessions.open(key, "key", "", instead_of=first)

    assert sessions.find(first) is None
    assert sessions.find(second) is not None


async def test_a_person_ends_one_session_or_all_others(sessions, key):
    tokens = [await sessions.open(key, "key", each) for each in ("a", "b", "c")]
    assert {each.device for each in sessions.of(key)} == {"a", "b", "c"}

    await sessions.end_of(key, session_id=tokens[0][1].id)
    assert {each.device for each in sessions.of(key)} == {"b", "c"}
    await sessions.end_of(key, but=tokens[1][1].id)
    assert [each.device for each in sessions.of(key)] == ["b"]
    await sessions.end(tokens[1][0])
    assert sessions.of(key) == []


async def test_nobody_ends_somebody_elses_session(sessions, key, keyring):
    other = keyring.key(create_key(keyring.data_dir, "exempelby", "caseworker"))
    token, session = await sessions.open(key, "key", "")
    await sessions.end_of(other, session_id=session.id)

    assert sessions.find(token) is not None


async def test_a_session_ends_with_its_key(sessions, key, keyring):
    token, _ = await sessions.open(key, "key", "")
    revoke_key(keyring.data_dir, "annanby", key.id)
    assert sessions.find(token) is not None
    revoke_key(keyring.data_dir, "exempelby", key.id)

    assert sessions.find(token) is None


async def test_whose_a_session_was_is_known_for_a_day(sessions, key, clock):
    token, _ = await sessions.open(key, "key", "")
    await sessions.end(token)
    clock.now += IDLE_S * 2
    assert sessions.find(token) is None
    assert sessions.actor_of(token) == key.id

    clock.now += LASTS_S + 86_400
    await sessions.open(key, "key", "")
    assert sessions.actor_of(token) == ""


async def test_no_token_stands_in_the_file(sessions, key, keyring):
    token, _ = await sessions.open(key, "key", "")
    keyring.database.reading.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    written = b"".join(path.read_bytes() for path in (keyring.data_dir / "gateway").iterdir())

    assert token.encode() not in written


async def test_a_session_remembers_that_two_factors_were_told_of_and_a_later_proof_adds_it(sessions, key):
    token, one = await sessions.open(key, "oidc", "")
    _, two = await sessions.open(key, "oidc", "", claimed_two=True)
    assert (sessions.find(token).claimed_two, two.claimed_two) == (False, True)

    token = await sessions.renew(one, claimed_two=True)
    assert sessions.find(token).claimed_two
    token = await sessions.renew(two)
    assert sessions.find(token).claimed_two


def test_sessions_of_an_earlier_release_that_said_nothing_of_it_go_on(keyring, sessions, key):
    with sqlite3.connect(keyring.data_dir / "gateway" / "keys.db") as database:
        database.execute("ALTER TABLE session DROP COLUMN claimed_two")
    token, _ = asyncio.run(sessions.open(key, "code", ""))

    assert not sessions.find(token).claimed_two


def test_sessions_of_an_earlier_release_end(tmp_path):
    create_key(tmp_path, "exempelby", "admin")
    with sqlite3.connect(tmp_path / "gateway" / "keys.db") as database:
        database.executescript(
            "DROP TABLE session; CREATE TABLE session (hash BLOB PRIMARY KEY, key_id TEXT, expires_at REAL)"
        )
    keyring = Keyring(tmp_path)
    keyring.warm_up()
    sessions = Sessions(keyring.database, idle_s=IDLE_S, lasts_s=LASTS_S)

    assert sessions.find("x") is None
    keyring.close()
