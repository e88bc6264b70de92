"""Passwords, codes and claims: what is taken, and what is not."""

from __future__ import annotations

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from allmanning.gateway.signin.oidc.claims import granted
from allmanning.gateway.signin.oidc.settings import ProviderSettings, read_providers
from allmanning.gateway.signin.password_rules import check_password
from allmanning.gateway.signin.totp import new_secret, step_of
from allmanning.runtime.errors import InvalidInput

KNOWN = ["Exempelby kommun", "exempelby", "anna.andersson"]


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("kort", "password.short"),
        ("å" * 11, "password.short"),
        ("x" * 201, "password.long"),
        ("aaaaaaaaaaaaaaaa", "password.guessable"),
        ("Exempelby2026!!", "password.guessable"),
        ("Sommar2026Sommar", "password.guessable"),
        ("lösenordlösenord", "password.guessable"),
        ("qwertyuiop123456", "password.guessable"),
    ],
)
def test_a_password_that_is_guessed_early_is_refused(password, code):
    with pytest.raises(InvalidInput) as refused:
        check_password(password, KNOWN)
    assert refused.value.code == code


@pytest.mark.parametrize("password", ["grön båt kaffe måne", "7f3a9bxq2mNw", "mellanslag  och ÅÄÖ räknas!"])
def test_any_characters_will_do(password):
    check_password(password, KNOWN)


def test_a_code_is_of_now_and_is_used_once():
    secret, now = new_secret(), 1_800_000_000.0
    code = pyotp.TOTP(secret).at(int(now))
    step = step_of(secret, f"{code[:3]} {code[3:]}", now, 0)

    assert step == now // 30
    assert step_of(secret, code, now, step) is None
    assert step_of(secret, code, now + 29, 0) == step
    assert step_of(secret, code, now + 90, 0) is None
    assert step_of(secret, "", now, 0) is None
    assert step_of(secret, "å" * 6, now, 0) is None


def provider(**changes: object) -> ProviderSettings:
    grants = [
        {"when": {"groups": "Bygg", "mfa": True}, "authority": "exempelby", "role": "caseworker", "unit": "bygg"},
        {"when": {"realm.roles": "admin"}, "authority": "exempelby", "role": "admin"},
        {"when": {"groups": "Enhet"}, "authority": "exempelby", "role": "caseworker", "unit_claim": "dep"},
    ]
    said = {"name": "k", "label": "K", "issuer": "https://x.se", "client_id": "a", "authorities": ["exempelby"]}
    return ProviderSettings.model_validate(said | {"grants": grants} | changes)


@pytest.mark.parametrize(
    ("claims", "found"),
    [
        ({"groups": ["Bygg", "x"], "mfa": True}, ("caseworker", "bygg")),
        ({"groups": "Bygg", "mfa": True}, ("caseworker", "bygg")),
        ({"groups": ["Bygg"], "mfa": "true"}, None),
        ({"groups": ["Bygg"], "mfa": 1}, None),
        ({"groups": ["Bygg"]}, None),
        ({"groups": ["bygg"], "mfa": True}, None),
        ({"groups": "Bygg admin", "mfa": True}, None),
        ({"realm": {"roles": ["admin"]}}, ("admin", "")),
        ({"realm.roles": "admin"}, ("admin", "")),
        ({"realm": ["roles", "admin"]}, None),
        ({"groups": ["Enhet"], "dep": "Skola"}, ("caseworker", "Skola")),
        ({"groups": ["Enhet"]}, None),
        ({"groups": ["Enhet"], "dep": ["Skola"]}, None),
        ({"groups": ["Enhet"], "dep": "a\nb"}, None),
        ({}, None),
    ],
)
def test_claims_allow_what_a_grant_names_exactly(claims, found):
    result = granted(provider(), claims)
    assert (result and (result[0].role, result[1])) == found


SOMETHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["groups", "mfa", "realm", "dep", "x"]), SOMETHING, max_size=5))
def test_whatever_else_is_claimed_allows_nothing(claims):
    assert granted(provider(), claims) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "http://x.se"},
        {"authorities": ["annanby"]},
        {"scopes": ["profile"]},
        {"grants": []},
        {"grants": [{"when": {}, "authority": "exempelby", "role": "admin"}]},
        {"grants": [{"when": {"a": "b"}, "authority": "exempelby", "role": "king"}]},
        {"grants": [{"when": {"a": "b"}, "authority": "exempelby", "role": "caseworker", "secret": True}]},
        {"unknown": 1},
    ],
)
def test_a_provider_that_makes_no_sense_is_refused(changes):
    with pytest.raises(ValidationError):
        provider(**changes)


def test_a_file_that_makes_no_sense_says_where(tmp_path):
    path = tmp_path / "p.yaml"
    path.write_text("- name: K\n")
    with pytest.raises(InvalidInput, match=r"0\.name"):
        read_providers(path)
    assert read_providers(None) == []
