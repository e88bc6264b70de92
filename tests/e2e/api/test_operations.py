"""Every operation of the API: called by everybody who may and may not, and with all that a machine can think of."""

from __future__ import annotations

import httpx2
import pytest

from tests.e2e.api.conftest import Api
from tests.e2e.api.fuzz import fuzzed, wrong
from tests.e2e.api.matrix import narrowed, operations, wrong_cells
from tests.e2e.api.table import MAY


@pytest.fixture(scope="session")
def description(api: Api) -> dict:
    return httpx2.get(f"{api.url}/openapi.json").json()


@pytest.mark.timeout(300)
def test_the_table_has_a_row_for_every_operation_and_no_other(description):
    assert {each.id for each in operations(description)} == set(MAY)


@pytest.mark.timeout(240)
def test_nobody_may_call_what_the_table_does_not_allow_nor_see_another_authority(api, description):
    asked = [made for each in operations(description) for made in (each, *narrowed(each))]
    cells = [wrong for each in asked for wrong in wrong_cells(api, each)]

    assert cells == []


@pytest.mark.timeout(0)
def test_no_request_that_the_description_allows_or_forbids_breaks_anything(api, description):
    asking = ("nobody", "citizen", "caseworker", "auditor", "admin", "other admin")
    keys = {each: api.keys[each] for each in asking}

    found = [problem for each in fuzzed(description, api.url) for problem in wrong(each, keys, api.known)]

    assert not found, "\n".join(found)
