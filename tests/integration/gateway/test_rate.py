"""Rate limits and deprecations as clients see them."""

from __future__ import annotations

from datetime import date

import httpx
import pytest
from fastapi import FastAPI

from allmanning.gateway.deprecation import Deprecation, deprecated
from allmanning.gateway.rate import RateLimits


def limits(app) -> RateLimits:
    """The running application's own, found in its chain of middleware."""
    inner = app
    while not isinstance(inner, RateLimits):
        step = ("middleware_stack", "_app", "app")
        inner = next(getattr(inner, name) for name in step if hasattr(inner, name))
    return inner


async def test_answers_tell_how_many_calls_are_left_and_one_too_many_is_refused(gateway):
    found = limits(gateway.server.config.loaded_app)
    found._of_keys.__init__(3)
    found._of_addresses.__init__(1)
    async with gateway.client("citizen") as client, gateway.client() as nobody:
        answers = [await client.get("/v1/models") for _ in range(4)]
        wrong = {"Authorization": "Bearer alm_x"}
        others = [await nobody.get("/v1/deployments", headers=each) for each in ({}, wrong)]
        health = await nobody.get("/health")

    assert [each.status_code for each in answers] == [200, 200, 200, 429]
    assert {each.headers["ratelimit-policy"] for each in answers} == {'"key";q=3;w=60'}
    assert [each.headers["ratelimit"].split(";")[1] for each in answers] == ["r=2", "r=1", "r=0", "r=0"]
    refused = answers[-1]
    assert (refused.json()["code"], refused.headers["content-type"]) == ("rate.exceeded", "application/problem+json")
    assert 1 <= int(refused.headers["retry-after"]) <= 20
    # A wrong key is no way round the address's limit.
    assert [each.status_code for each in others][1] == 429
    assert others[0].headers["ratelimit-policy"] == '"address";q=1;w=60'
    assert (health.status_code, "ratelimit" in health.headers) == (200, False)


async def test_what_is_on_its_way_out_says_so_in_each_answer():
    app = FastAPI()
    extra = deprecated(since=date(2027, 1, 1), sunset=date(2028, 1, 1), instead="/v1/new")

    @app.get("/v1/old", openapi_extra=extra)
    async def old() -> dict[str, str]:
        return {}

    @app.get("/v1/new")
    async def new() -> dict[str, str]:
        return {}

    app.add_middleware(Deprecation)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        headers = (await client.get("/v1/old")).headers
        fresh = (await client.get("/v1/new")).headers

    assert headers["deprecation"] == "@1798761600"
    assert headers["sunset"] == "Sat, 01 Jan 2028 00:00:00 GMT"
    assert '</v1/new>; rel="successor-version"' in headers["link"]
    assert app.openapi()["paths"]["/v1/old"]["get"]["deprecated"] is True
    assert "deprecation" not in fresh


def test_nothing_is_taken_away_sooner_than_promised():
    with pytest.raises(ValueError, match="promised"):
        deprecated(since=date(2027, 1, 1), sunset=date(2027, 6, 1), instead="/v1/new")
