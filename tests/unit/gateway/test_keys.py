"""Keys: what they allow, and what is stored of them."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allmanning.contracts.access.v1.access_pb import Role, Secrecy
from allmanning.gateway.keyring import Keyring
from allmanning.gateway.keys import create_key, put_authority, revoke_key
from allmanning.gateway.signin.account import Account
from allmanning.gateway.signin.grant import Grant
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.swedish_day import today


@pytest.fixture
def keyring(tmp_path):
    keyring = Keyring(tmp_path)
    keyring.warm_up()
    yield keyring
    keyring.close()


@pytest.mark.parametrize(
    ("role", "options", "clearances"),
    [
        ("citizen", {}, [Secrecy.OPEN]),
        ("caseworker", {}, [Secrecy.OPEN, Secrecy.INTERNAL]),
        ("caseworker", {"unit": "ifo", "secret": True}, [Secrecy.OPEN, Secrecy.INTERNAL, Secrecy.SECRET]),
        ("auditor", {}, [Secrecy.OPEN, Secrecy.INTERNAL]),
        ("admin", {}, [Secrecy.OPEN, Secrecy.INTERNAL]),
    ],
)
def test_clearances_follow_from_the_role(keyring, role, options, clearances):
    key = keyring.key(create_key(keyring.data_dir, "exempelby", role, **options))

    assert key.principal("api").clearances == clearances


def test_a_citizen_always_comes_in_through_the_citizen_channel(keyring):
    citizen = keyring.key(create_key(keyring.data_dir, "exempelby", "citizen"))
    caseworker = keyring.key(create_key(keyring.data_dir, "exempelby", "caseworker"))

    assert citizen.principal("api").channel == "citizen"
    assert caseworker.principal("internal").channel == "internal"


def test_the_key_itself_is_nowhere_on_disk(keyring):
    token = create_key(keyring.data_dir, "exempelby", "admin")

    assert token.startswith("alm_")
    assert len(token) >= 47
    stored = b"".join(path.read_bytes() for path in keyring.data_dir.rglob("keys.db*"))
    assert token.removeprefix("alm_").encode() not in stored


@pytest.mark.parametrize("wrong", ["", "alm_", "alm_okänd", "Bearer", "' OR 1=1 --"])
def test_unknown_keys_open_nothing(keyring, wrong):
    create_key(keyring.data_dir, "exempelby", "admin")

    assert keyring.key(wrong) is None


def test_a_key_in_other_letters_opens_nothing(keyring):
    assert keyring.key(create_key(keyring.data_dir, "exempelby", "admin").swapcase()) is None


def test_a_key_ends_when_it_is_revoked_by_its_own_authority(keyring):
    token = create_key(keyring.data_dir, "exempelby", "caseworker")
    key = keyring.key(token)

    assert not revoke_key(keyring.data_dir, "annanby", key.id)
    assert keyring.key(token) == key
    assert revoke_key(keyring.data_dir, "exempelby", key.id)
    assert keyring.key(token) is None


def test_a_key_is_listed_until_it_ends_with_what_it_is_for_and_when_it_was_used(keyring):
    token = create_key(keyring.data_dir, "exempelby", "admin", label="Diariet")
    create_key(keyring.data_dir, "annanby", "admin")
    assert [(each.label, each.used_on) for each in keyring.keys("exempelby")] == [("Diariet", "")]

    key = keyring.key(token)
    assert [each.used_on for each in keyring.keys("exempelby")] == [today().isoformat()]
    revoke_key(keyring.data_dir, "exempelby", key.id)
    assert keyring.keys("exempelby") == []


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(min_value=0, max_value=99), min_size=1, max_size=8))
def test_no_chain_of_keys_gives_one_person_two_votes(tmp_path_factory, makers):
    """Two people begin; each further key is made with any of what there is: whoever is behind them stays two."""
    keyring = Keyring(tmp_path_factory.mktemp("keys"))
    keyring.warm_up()
    person = Account("person", "exempelby", Role.ADMIN)
    first = keyring.key(create_key(keyring.data_dir, "exempelby", "admin"))
    held: list[tuple[Grant, str]] = [(person, person.id), (first, first.id)]
    for each in makers:
        maker, behind = held[each % len(held)]
        held.append((keyring.key(create_key(keyring.data_dir, "exempelby", "admin", by=maker)), behind))

    assert [each.principal("api").key_id for each, _ in held] == [behind for _, behind in held]
    keyring.close()


@pytest.mark.parametrize(
    ("authority", "role", "options"),
    [
        ("Exempelby", "admin", {}),
        ("../x", "admin", {}),
        ("exempelby", "king", {}),
        ("exempelby", "caseworker", {"secret": True}),
        ("exempelby", "auditor", {"secret": True, "unit": "ifo"}),
        ("exempelby", "caseworker", {"operator": True}),
    ],
)
def test_keys_that_make_no_sense_are_not_created(keyring, authority, role, options):
    with pytest.raises(InvalidInput):
        create_key(keyring.data_dir, authority, role, **options)


def test_an_authority_keeps_its_name_when_keys_are_made_for_it(keyring):
    put_authority(keyring.data_dir, "exempelby", "Exempelby kommun", "0123-45 67 89")
    create_key(keyring.data_dir, "exempelby", "admin")
    put_authority(keyring.data_dir, "annanby", "Annanby kommun")

    assert keyring.authority("exempelby").name == "Exempelby kommun"
    assert keyring.first_authority().id == "exempelby"
    assert keyring.authority("okänd") is None


def test_several_processes_may_write_at_once(keyring):
    other = sqlite3.connect(keyring.data_dir / "gateway" / "keys.db")
    other.execute("SELECT * FROM key").fetchall()

    assert keyring.key(create_key(keyring.data_dir, "exempelby", "admin")).role is Role.ADMIN
    other.close()
