"""Secrets of codes lie sealed in the file, also those of an earlier release."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pyotp
import pytest

from allmanning.gateway.signin.accounts import Accounts
from allmanning.gateway.signin.totp import Totp, new_secret
from allmanning.gateway.signin.totp_seal import TotpSeal

KEY, OTHER = b"k" * 32, b"o" * 32


@pytest.fixture
def account(keyring):
    return Accounts(keyring.database).create("exempelby", "anna@exempelby.se", "admin", by=None)


def written(data_dir) -> bytes:
    """All that lies on disk of keys and accounts."""
    with closing(sqlite3.connect(data_dir / "gateway" / "keys.db")) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return b"".join(path.read_bytes() for path in (data_dir / "gateway").glob("keys.db*"))


def test_a_secret_is_read_with_the_key_and_stands_in_no_file(keyring, account, clock):
    totp, secret = Totp(keyring.database, TotpSeal(KEY), clock), new_secret()
    assert totp.turn_on(account, secret, pyotp.TOTP(secret).at(int(clock.now)))
    clock.now += 30

    assert secret.encode() not in written(keyring.data_dir)
    # A restart finds nothing to mend.
    TotpSeal(KEY).warm_up(keyring.data_dir)
    assert totp.is_right(account, pyotp.TOTP(secret).at(int(clock.now)))


def test_a_secret_of_an_earlier_release_is_sealed_at_the_start_and_still_serves(keyring, account, clock):
    secret, seal = new_secret(), TotpSeal(KEY)
    keyring.database.brief.execute("UPDATE account SET totp = ?", (secret,))
    assert secret.encode() in written(keyring.data_dir)

    seal.warm_up(keyring.data_dir)
    seal.warm_up(keyring.data_dir)

    assert secret.encode() not in written(keyring.data_dir)
    totp = Totp(keyring.database, seal, clock)
    assert totp.is_right(account, pyotp.TOTP(secret).at(int(clock.now)))


def test_without_its_key_no_code_is_right_and_one_is_asked_for_all_the_same(keyring, account, clock, caplog):
    totp, secret = Totp(keyring.database, TotpSeal(KEY), clock), new_secret()
    assert totp.turn_on(account, secret, pyotp.TOTP(secret).at(int(clock.now)))
    clock.now += 30

    TotpSeal(OTHER).warm_up(keyring.data_dir)

    assert "1 accounts" in caplog.text
    code = pyotp.TOTP(secret).at(int(clock.now))
    assert not Totp(keyring.database, TotpSeal(OTHER), clock).is_right(account, code)
    assert Accounts(keyring.database).get(account.id).has_totp
    assert totp.is_right(account, code)


def test_a_sealed_secret_opens_for_its_own_account_alone(keyring, account, clock):
    other = Accounts(keyring.database).create("exempelby", "bo@exempelby.se", "admin", by=None)
    totp, secret = Totp(keyring.database, TotpSeal(KEY), clock), new_secret()
    assert totp.turn_on(account, secret, pyotp.TOTP(secret).at(int(clock.now)))
    clock.now += 30

    keyring.database.brief.execute(
        "UPDATE account SET totp = (SELECT totp FROM account WHERE id = ?) WHERE id = ?", (account.id, other.id)
    )

    assert not totp.is_right(other, pyotp.TOTP(secret).at(int(clock.now)))
