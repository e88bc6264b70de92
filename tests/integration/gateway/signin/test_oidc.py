"""The authority's own sign-in, against a real OpenID provider."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from allmanning.gateway.signin.oidc.issuer import http_client
from allmanning.gateway.signin.oidc.providers import Providers
from allmanning.gateway.signin.oidc.settings import read_providers
from tests.integration.gateway.signin.oidc import OidcServer, installed, visit_provider
from tests.integration.gateway.signin.store import age_sessions
from tests.integration.gateway.signin.test_second_factor import demand
from tests.integration.gateway.test_decisions import recorded

BYGG = {"preferred_username": "bo@exempelby.se", "groups": ["Alla", "Bygg"], "department": "bygg"}


@pytest.fixture
async def oidc(gateway, tmp_path, request) -> AsyncIterator[OidcServer]:
    """A provider that the gateway knows. The gateway is told of it while it runs, as an operator would before it."""
    gateway.url = gateway.url.replace("127.0.0.1", "localhost")
    folder = installed(request.config.cache)
    server = OidcServer(folder, tmp_path / "claims.json", f"{gateway.url}/signin/oidc/return")
    server.says(bo=BYGG, eva={"groups": ["Alla"]}, mia={"groups": ["Mallar", "Admin"]})
    secret = tmp_path / "secret"
    secret.write_text("a secret: with & signs\n")
    rules = [
        {
            "when": {"groups": "Bygg"},
            "authority": "exempelby",
            "role": "caseworker",
            "unit_claim": "department",
            "secret": True,
            "competences": ["bygg"],
        },
        {"when": {"groups": "Admin"}, "authority": "exempelby", "role": "admin"},
    ]
    described = {
        "name": "kommunen",
        "label": "Exempelby kommuns inloggning",
        "issuer": server.issuer,
        "client_id": "allmanning",
        "client_secret_file": str(secret),
        "authorities": ["exempelby"],
        "grants": rules,
        # The provider of the tests claims `amr` for nobody, so it goes by another name.
        "second_factor": {"amr_level": ["mfa"]},
    }
    (tmp_path / "providers.yaml").write_text(json.dumps([described]))
    reception = gateway.server.config.app.state.parts.reception
    providers = Providers(read_providers(tmp_path / "providers.yaml"), http_client())
    object.__setattr__(reception, "providers", providers)
    server.start()
    yield server
    server.stop()
    await providers.close()


async def leave(client: httpx.AsyncClient, next_path: str = "") -> str:
    away = await client.get("/signin/oidc/kommunen", params={"next_path": next_path})
    assert away.status_code == 303, away.text
    return away.headers["location"]


async def come_in(oidc: OidcServer, client: httpx.AsyncClient, person: str, next_path: str = "") -> httpx.Response:
    """Through the provider's pages and back, in one browser."""
    address = await leave(client, next_path)
    async with httpx.AsyncClient() as there:
        return await client.get(await visit_provider(address, person, there, oidc.issuer))


async def test_claims_say_who_comes_in_as_what_and_the_person_is_the_same_next_time(gateway, oidc):
    async with gateway.client() as client:
        address = await leave(client, "/search")
        asked = parse_qs(urlsplit(address).query)
        assert asked["code_challenge_method"] == ["S256"]
        assert "verifier" not in address
        back = await come_in(oidc, client, "bo", "/search")
        assert (back.status_code, back.headers["location"]) == (303, "/search")
        assert (await client.get("/search")).status_code == 200
        out = await client.post("/signout")
        assert f"{oidc.issuer}/session/end?" in out.text
        assert (await client.get("/search")).status_code == 303
    async with gateway.client() as client:
        await come_in(oidc, client, "bo")

    records = [(leaf, parts) for leaf, parts in await recorded(gateway) if "succeeded" in leaf["type"]]
    assert [(leaf["role"], leaf["unit"], leaf["method"]) for leaf, _ in records] == [("caseworker", "bygg", "oidc")] * 2
    assert len({parts["actor"]["key_id"] for _, parts in records}) == 1
    assert "bo@exempelby.se" not in str(records)


async def test_whom_no_grant_names_does_not_come_in(gateway, oidc):
    async with gateway.client() as client:
        refused = await come_in(oidc, client, "eva")
        unknown = await come_in(oidc, client, "nobody")
        assert (await client.get("/search")).status_code == 303

    assert (refused.status_code, unknown.status_code) == (403, 403)
    assert "ingen behörighet" in refused.text


async def test_an_answer_counts_once_in_the_browser_that_asked(gateway, oidc):
    async with gateway.client() as client, gateway.client() as thief, httpx.AsyncClient() as there:
        back = await visit_provider(await leave(client), "bo", there, oidc.issuer)
        stolen = await thief.get(back)
        await leave(thief)
        fixed = await thief.get(back)
        forged = await client.get(back.replace("state=", "state=x"))
        late = await client.get(back)
        mixed = await come_back_from_another(oidc, client)

    assert [each.status_code for each in (stolen, fixed, forged, late, mixed)] == [401] * 5
    assert all("session" not in each.headers.get("set-cookie", "") for each in (stolen, fixed, forged, late, mixed))


async def come_back_from_another(oidc: OidcServer, client: httpx.AsyncClient) -> httpx.Response:
    """The answer says that it is another issuer's (RFC 9207)."""
    async with httpx.AsyncClient() as there:
        back = await visit_provider(await leave(client), "bo", there, oidc.issuer)
    assert "iss=" in back
    return await client.get(back.partition("&iss=")[0] + "&iss=https://ond.se")


async def test_new_keys_of_the_provider_are_found(gateway, oidc, monkeypatch):
    async with gateway.client() as client:
        await come_in(oidc, client, "bo")
    monkeypatch.setattr("allmanning.gateway.signin.oidc.issuer._LOOK_AGAIN_S", -1.0)
    oidc.stop()
    oidc.start()
    async with gateway.client() as client:
        assert (await come_in(oidc, client, "bo")).status_code == 303


async def test_other_claims_mean_other_rights_and_end_what_went_before(gateway, oidc):
    async with gateway.client() as before, gateway.client() as after:
        await come_in(oidc, before, "bo")
        oidc.says(bo={"groups": ["Admin"]})
        await come_in(oidc, after, "bo")
        assert (await before.get("/search")).status_code == 303
        assert (await after.get("/admin/users")).status_code == 200


async def test_what_can_not_be_undone_is_proved_at_the_provider_again(gateway, oidc):
    async with gateway.client() as client:
        await come_in(oidc, client, "mia")
        age_sessions(gateway.data_dir, by_s=700)
        away = await client.post("/admin/keys", data={"label": "Diariet", "role": "auditor"})
        page = await client.get(away.headers["location"])
        assert "/signin/oidc/kommunen" in page.text
        assert 'type="password"' not in page.text
        address = await leave(client)
        assert "prompt=login" in address
        assert "max_age=0" in address
        async with httpx.AsyncClient() as there:
            back = await client.get(await visit_provider(address, "mia", there, oidc.issuer))
        assert back.headers["location"] == "/signin/form"
        made = await client.post("/admin/keys", data={"label": "Diariet", "role": "auditor"})

    assert made.status_code == 200


async def test_a_provider_that_does_not_answer_is_said_so(gateway, oidc):
    oidc.stop()
    async with gateway.client() as client:
        answer = await client.get("/signin/oidc/kommunen")
        page = await client.get("/signin")

    assert answer.status_code == 503
    assert "svarar inte" in answer.text
    assert "Exempelby kommuns inloggning" in page.text


async def test_a_second_factor_that_is_demanded_must_be_told_of_by_the_provider(gateway, oidc):
    demand(gateway, "exempelby/caseworker")
    async with gateway.client() as client:
        one = await come_in(oidc, client, "bo")
        assert (await client.get("/search")).status_code == 303
        oidc.says(bo=BYGG | {"amr_level": "mfa"})
        two = await come_in(oidc, client, "bo")
        assert (await client.get("/search")).status_code == 200

    assert (one.status_code, two.status_code) == (403, 303)
    assert "i två steg" in one.text
    assert [leaf["reason"] for leaf, _ in await recorded(gateway) if "failed" in leaf["type"]] == ["one_factor"]


async def test_who_came_in_with_one_factor_before_two_were_demanded_is_asked_again(gateway, oidc):
    async with gateway.client() as one, gateway.client() as two:
        await come_in(oidc, one, "bo")
        oidc.says(bo=BYGG | {"amr_level": "mfa"})
        await come_in(oidc, two, "bo")
        assert [(await each.get("/search")).status_code for each in (one, two)] == [200, 200]

        demand(gateway, "exempelby/caseworker")

        assert (await one.get("/search")).headers["location"].startswith("/signin?")
        assert (await two.get("/search")).status_code == 200
        # At the provider too, where a session of one factor may be open.
        assert "prompt=login" in await leave(one)
        await come_in(oidc, one, "bo")
        assert (await one.get("/search")).status_code == 200
