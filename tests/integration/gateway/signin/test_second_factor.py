"""Where a second factor is demanded, a password or a key alone opens nothing but the way to set one up."""

from __future__ import annotations

import re

import pyotp
import pytest

from allmanning.gateway.kept_key import kept_key
from allmanning.gateway.signin.second_factor import SecondFactor
from allmanning.gateway.signin.totp import Totp, new_secret
from allmanning.gateway.signin.totp_seal import TotpSeal
from tests.integration.gateway.signin.people import opened, person, sign_in
from tests.integration.gateway.signin.store import age_sessions
from tests.integration.gateway.signin.test_accounts import between
from tests.integration.gateway.test_decisions import recorded

SET_UP = "/account/second-factor?"
# A page of each face, the account's own, and what changes something.
CLOSED = ("/search", "/review", "/log", "/admin/users", "/admin/keys", "/account", "/signin/again", "/signin/form")


def demand(gateway, setting: str) -> None:
    """As if the gateway had been started with this setting."""
    reception = gateway.server.config.app.state.parts.reception
    object.__setattr__(reception, "second_factor", SecondFactor.of(setting))


async def test_a_password_alone_leads_to_setting_one_up_and_to_nothing_else(gateway):
    demand(gateway, "admin")
    account = person(gateway)
    async with gateway.client() as client:
        inside = await sign_in(client, account.name, next_path="/admin/users?x=1")
        assert inside.headers["location"] == "/admin/users?x=1"
        led = await client.get(inside.headers["location"])
        assert led.headers["location"] == "/account/second-factor?next_path=%2Fadmin%2Fusers%3Fx%3D1"
        for path in CLOSED:
            assert (await client.get(path)).headers["location"].startswith(SET_UP), path
        for path in ("/admin/keys", "/account/password", "/account/codes/recovery", "/account/sessions/end"):
            assert (await client.post(path, data={"role": "admin"})).headers["location"].startswith(SET_UP), path
        # The API and open pages know nobody.
        assert (await client.get("/v1/decisions", params={"reason": "x"})).status_code == 401
        assert "Logga in som medarbetare" in (await client.get("/")).text

        page = await client.get(led.headers["location"])
        assert "Skydda ditt konto" in page.text
        codes = await client.get("/account/codes", params={"next_path": "/admin/users?x=1"})
        assert (await client.get("/account/codes/picture.svg")).status_code == 200
        secret = between(codes.text, '<code class="secret">', "</code>").replace(" ", "")
        before = client.cookies["session"]
        form = {"code": pyotp.TOTP(secret).now(), "next_path": "/admin/users?x=1"}
        shown = await client.post("/account/codes", data=form)
        assert 'href="/admin/users?x=1"' in shown.text
        assert client.cookies["session"] != before
        person(gateway, "bo@exempelby.se")
        person(gateway, "cia@exempelby.se", "auditor")
        assert (await client.get("/admin/users")).text.count("saknar andra steget") == 1
        # The only one there is stays.
        off = await client.post("/account/codes/off")
        assert (off.status_code, (await client.get("/account/second-factor")).status_code) == (409, 303)
        assert "andra steg" in off.text
    kinds = [leaf["type"].split(".")[2:4] for leaf, _ in await recorded(gateway)]
    assert kinds[-2:] == [["account", "changed"], ["signin", "confirmed"]]


async def test_whoever_has_one_must_use_it_and_a_password_adds_none(gateway):
    account = person(gateway)
    async with gateway.client() as before:
        await sign_in(before, account.name)
        demand(gateway, "exempelby/admin")
        with opened(gateway.data_dir) as keyring:
            seal = TotpSeal(kept_key(gateway.data_dir / "gateway" / "sealing.key"))
            totp, secret = Totp(keyring.database, seal), new_secret()
            assert totp.turn_on(account, secret, pyotp.TOTP(secret).now())
        # Opened with the password alone, before the codes were there.
        for path in ("/account/codes", "/account/passkey", "/account/second-factor", "/admin/users"):
            assert (await before.get(path)).headers["location"].startswith("/signin?"), path
    async with gateway.client() as client:
        half = await sign_in(client, account.name)
        assert half.headers["location"] == "/signin/code"
        assert (await client.get("/account/codes")).headers["location"].startswith("/signin?")


async def test_a_passkey_that_there_is_must_be_used(gateway):
    demand(gateway, "admin")
    account = person(gateway)
    with opened(gateway.data_dir) as keyring:
        keyring.database.brief.execute(
            "INSERT INTO passkey VALUES (?, ?, ?, 0, 'Telefon', '2026-11-28')", (b"id", account.id, b"key")
        )
    async with gateway.client() as client:
        refused = await sign_in(client, account.name)
        assert "session" not in client.cookies

    assert refused.status_code == 401
    assert "Logga in med din passernyckel" in refused.text


async def test_too_long_after_the_password_nothing_is_set_up(gateway):
    demand(gateway, "admin")
    account = person(gateway)
    async with gateway.client() as client:
        await sign_in(client, account.name)
        age_sessions(gateway.data_dir, by_s=700)
        assert (await client.get("/account/codes")).headers["location"].startswith("/signin?")
        await sign_in(client, account.name)
        assert (await client.get("/account/codes")).status_code == 200
        await client.post("/signout")
        assert (await client.get("/account/codes")).headers["location"].startswith("/signin?")


@pytest.mark.parametrize("role", ["admin", "auditor"])
async def test_a_key_opens_no_pages_where_two_factors_are_demanded(gateway, role):
    async with gateway.signed_in(role) as before:
        demand(gateway, "admin,auditor")
        assert (await before.get("/search")).headers["location"].startswith("/signin?")
    async with gateway.client() as client:
        refused = await client.post("/signin", data={"key": gateway.key(role)})
        taken = await client.post("/signin", data={"key": gateway.key("caseworker")})

    assert (refused.status_code, taken.status_code) == (403, 303)
    assert "Nycklar är för program" in refused.text
    assert re.search(r'role="alert"', refused.text)
