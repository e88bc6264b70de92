"""Who may what stands in one table."""

from __future__ import annotations

import pytest

from allmanning.contracts.access.v1.access_pb import Principal, Role
from allmanning.gateway.asker import Asker
from allmanning.gateway.signin.grant import Grant
from allmanning.gateway.signin.permission import GRANTS, Permission, roles_with
from allmanning.gateway.signin.session import Session
from allmanning.runtime.errors import Forbidden, Unauthenticated


def asker(role: Role) -> Asker:
    session = Session("s", Grant("k", "exempelby", role), "key", "", 0, 0, 0, 0)
    return Asker(Principal(authority="exempelby", role=role), session=session)


@pytest.mark.parametrize("role", [Role.CITIZEN, Role.CASEWORKER, Role.AUDITOR, Role.ADMIN])
@pytest.mark.parametrize("permission", list(Permission))
def test_a_role_has_what_the_table_gives_it_and_nothing_else(role, permission):
    if role in roles_with(permission):
        asker(role).require(permission)
        assert asker(role).may(permission)
    else:
        with pytest.raises(Forbidden):
            asker(role).require(permission)
        assert not asker(role).may(permission)


def test_a_role_that_is_not_in_the_table_has_nothing():
    assert not any(asker(Role.UNSPECIFIED).may(each) for each in Permission)


def test_every_permission_has_somebody_and_no_role_has_all():
    assert all(roles_with(each) for each in Permission)
    assert all(granted < set(Permission) for granted in GRANTS.values())
    assert not GRANTS[Role.CITIZEN]


def test_whoever_has_not_said_who_they_are_is_asked_to():
    with pytest.raises(Unauthenticated):
        Asker(Principal(authority="exempelby", role=Role.CITIZEN)).require(Permission.SEARCH)
