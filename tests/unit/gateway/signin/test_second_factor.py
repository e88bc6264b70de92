"""Of whom a second factor is demanded."""

from __future__ import annotations

import pytest

from allmanning.contracts.access.v1.access_pb import Role
from allmanning.gateway.signin.account import Account
from allmanning.gateway.signin.oidc.claims import has_two_factors
from allmanning.gateway.signin.second_factor import SecondFactor
from allmanning.gateway.signin.session import Session
from allmanning.runtime.errors import InvalidInput
from tests.unit.gateway.signin.test_proofs import provider


@pytest.mark.parametrize(
    ("setting", "demanded"),
    [
        ("", set()),
        ("admin", {("exempelby", "admin"), ("annanby", "admin")}),
        (" admin , exempelby/auditor ", {("exempelby", "admin"), ("annanby", "admin"), ("exempelby", "auditor")}),
        ("annanby/*", {("annanby", role) for role in ("citizen", "caseworker", "auditor", "admin")}),
    ],
)
def test_the_setting_names_roles_and_authorities(setting, demanded):
    rule = SecondFactor.of(setting)

    found = {
        (authority, role)
        for authority in ("exempelby", "annanby")
        for role in ("citizen", "caseworker", "auditor", "admin")
        if rule.demanded_of(authority, role)
    }
    assert found == demanded


@pytest.mark.parametrize("setting", ["administrator", "*", "exempelby/king", "Exempelby/admin", "exempelby/", "/admin"])
def test_a_misspelt_word_is_refused_and_protects_nobody_less(setting):
    with pytest.raises(InvalidInput) as refused:
        SecondFactor.of(f"auditor,{setting}")
    assert refused.value.code == "second_factor.invalid"


@pytest.mark.parametrize(
    ("method", "missing"), [("key", True), ("password", True), ("code", False), ("passkey", False), ("oidc", True)]
)
def test_a_password_or_a_key_is_one_factor(method, missing):
    session = Session("s", Account("a", "exempelby", Role.ADMIN), method, "", 0, 0, 0, 0)

    assert SecondFactor.of("admin").is_missing(session) is missing
    assert not SecondFactor.of("auditor").is_missing(session)


def test_another_sign_in_counts_as_two_when_it_has_told_of_two():
    session = Session("s", Account("a", "exempelby", Role.ADMIN), "oidc", "", 0, 0, 0, 0, claimed_two=True)

    assert not SecondFactor.of("admin").is_missing(session)


@pytest.mark.parametrize(
    ("settings", "claims", "enough"),
    [
        ({}, {"amr": ["pwd", "mfa"]}, True),
        ({}, {"amr": "mfa"}, True),
        ({}, {"amr": ["pwd"]}, False),
        ({}, {"acr": "mfa"}, False),
        ({}, {}, False),
        ({"second_factor": {"acr": ["loa3", "loa4"]}}, {"acr": "loa4"}, True),
        ({"second_factor": {"acr": ["loa3", "loa4"]}}, {"acr": "loa2", "amr": ["mfa"]}, False),
        ({"second_factor": {"acr": ["loa3"], "amr": ["hwk"]}}, {"acr": "loa2", "amr": ["hwk"]}, True),
    ],
)
def test_a_provider_must_say_that_there_were_two(settings, claims, enough):
    assert has_two_factors(provider(**settings), claims) is enough
