"""Accounts over HTTP: invited, with password and code, and given no more than they should have."""

from __future__ import annotations

import html
import re

import pyotp
import pytest

from tests.integration.gateway.signin.people import PASSWORD, person, sign_in, signed_in_as
from tests.integration.gateway.signin.store import age_sessions
from tests.integration.gateway.test_decisions import recorded

BO = "bo@exempelby.se"
ADDED = {"name": BO, "role": "caseworker", "unit": "bygg", "secret": "true", "competences": "bygg jurist"}


def between(text: str, before: str, after: str) -> str:
    return html.unescape(text.split(before, 1)[1].split(after, 1)[0])


async def invited(client) -> str:
    """A new account for Bo; the path of the link."""
    shown = await client.post("/admin/users", data=ADDED)
    assert shown.status_code == 200, shown.text
    return "/signin/" + between(shown.text, "/signin/", "</textarea>")


async def test_an_administrator_invites_and_the_person_chooses_a_password_once(gateway):
    async with signed_in_as(gateway, person(gateway)) as admin, gateway.client() as bo:
        link = await invited(admin)
        assert (await sign_in(bo, BO, "")).status_code == 401
        page = await bo.get(link)
        token = link.partition("token=")[2]
        short = await bo.post("/signin/invitation", data={"token": token, "password": "kort"})
        guessable = await bo.post("/signin/invitation", data={"token": token, "password": "Exempelby2026!!"})
        accepted = await bo.post("/signin/invitation", data={"token": token, "password": PASSWORD})
        again = await bo.post("/signin/invitation", data={"token": token, "password": PASSWORD + "!"})
        search = await bo.get("/search")
        listed = await admin.get("/admin/users")

    assert BO in page.text
    assert (short.status_code, guessable.status_code, accepted.status_code, again.status_code) == (400, 400, 303, 404)
    assert "minst 12 tecken" in short.text
    assert search.status_code == 200
    assert BO in listed.text


async def test_a_wrong_password_and_a_wrong_name_are_told_alike(gateway):
    account = person(gateway)
    async with gateway.client() as client:
        wrong = await sign_in(client, account.name, "fel fel fel fel fel")
        nobody = await sign_in(client, "anna@exempelbx.se")
        elsewhere = await client.post(
            "/signin/password", data={"authority": "annanby", "name": account.name, "password": PASSWORD}
        )
        right = await sign_in(client, account.name.upper(), next_path="/search")

    assert [each.status_code for each in (wrong, nobody, elsewhere)] == [401, 401, 401]
    assert wrong.text.replace(account.name, "") == nobody.text.replace("anna@exempelbx.se", "")
    assert right.headers["location"] == "/search"


async def test_guessing_is_slowed_down_and_says_for_how_long(gateway):
    account = person(gateway)
    async with gateway.client() as client:
        answers = [await sign_in(client, account.name, f"fel {n} fel fel fel") for n in range(6)]
        right = await sign_in(client, account.name)

    assert [each.status_code for each in answers] == [401] * 5 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0
    assert right.status_code == 429


async def test_one_who_was_here_before_comes_in_while_others_guess(gateway):
    account = person(gateway)
    async with gateway.client() as known, gateway.client() as stranger:
        await sign_in(known, account.name)
        await known.post("/signout")
        for n in range(6):
            await sign_in(stranger, account.name, f"fel {n} fel fel fel")
        assert (await sign_in(stranger, account.name)).status_code == 429
        assert (await sign_in(known, account.name)).status_code == 303


async def turn_codes_on(client) -> tuple[str, list[str]]:
    """The code that turned them on, and the recovery codes."""
    page = await client.get("/account/codes")
    secret = between(page.text, '<code class="secret">', "</code>").replace(" ", "")
    picture = await client.get("/account/codes/picture.svg")
    assert picture.headers["content-type"].startswith("image/svg+xml")
    wrong = await client.post("/account/codes", data={"code": "000000"})
    assert wrong.status_code == 400
    code = pyotp.TOTP(secret).now()
    shown = await client.post("/account/codes", data={"code": code})
    codes = re.findall(r"<code>([a-z0-9-]+)</code>", shown.text)
    assert len(codes) == 10, shown.text
    return code, codes


async def test_with_codes_on_a_password_is_not_enough_and_a_code_is_used_once(gateway):
    account = person(gateway)
    async with signed_in_as(gateway, account) as client:
        turned_on_by, codes = await turn_codes_on(client)
    async with gateway.client() as client:
        half = await sign_in(client, account.name, next_path="/search")
        assert half.headers["location"] == "/signin/code"
        assert (await client.get("/search")).status_code == 303
        used = await client.post("/signin/code", data={"code": turned_on_by})
        paper = await client.post("/signin/code", data={"code": codes[0].upper()})
        assert (await client.get("/search")).status_code == 200
    async with gateway.client() as client:
        await sign_in(client, account.name)
        again = await client.post("/signin/code", data={"code": codes[0]})
    async with gateway.client() as client:
        stolen = await client.post("/signin/code", data={"code": codes[1]})

    assert used.status_code == 401
    assert (paper.status_code, paper.headers["location"]) == (303, "/search")
    assert again.status_code == 401
    assert stolen.status_code == 401


async def test_a_changed_password_ends_every_other_session(gateway):
    account = person(gateway)
    async with signed_in_as(gateway, account) as here, signed_in_as(gateway, account) as there:
        before = here.cookies["session"]
        wrong = await here.post("/account/password", data={"old": "fel", "new": "helt annat än förut"})
        weak = await here.post("/account/password", data={"old": PASSWORD, "new": "anna@exempelby"})
        done = await here.post("/account/password", data={"old": PASSWORD, "new": "helt annat än förut"})
        assert (await there.get("/account")).status_code == 303
        assert (await here.get("/account")).status_code == 200
        assert here.cookies["session"] != before
    async with gateway.client() as client:
        assert (await sign_in(client, account.name)).status_code == 401
        assert (await sign_in(client, account.name, "helt annat än förut")).status_code == 303

    assert (wrong.status_code, weak.status_code, done.status_code) == (403, 400, 303)


async def test_a_person_sees_and_ends_their_own_sessions(gateway):
    account = person(gateway)
    async with signed_in_as(gateway, account) as here, signed_in_as(gateway, account) as there:
        page = await here.get("/account")
        [other] = re.findall(r'name="session" value="([^"]+)"', page.text)
        async with signed_in_as(gateway, person(gateway, BO)) as bo:
            await bo.post("/account/sessions/end", data={"session": other})
        assert (await there.get("/account")).status_code == 200
        await here.post("/account/sessions/end", data={"session": other})
        assert (await there.get("/account")).status_code == 303
        assert (await here.get("/account")).status_code == 200


async def test_what_can_not_be_undone_asks_again_and_then_goes_on_with_what_was_typed(gateway):
    account = person(gateway)
    async with signed_in_as(gateway, account) as client:
        age_sessions(gateway.data_dir, by_s=601)
        before = client.cookies["session"]
        away = await client.post("/admin/users", data=ADDED)
        assert away.headers["location"].startswith("/signin/again?")
        ask = await client.get(away.headers["location"])
        assert f'value="{account.name}" readonly' in ask.text
        wrong = await sign_in(client, account.name, "fel fel fel fel fel")
        assert "Bekräfta att det är du" in wrong.text
        back = await sign_in(client, account.name)
        assert back.headers["location"] == "/signin/form"
        form = await client.get("/signin/form")
        fields = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form.text))
        assert fields == ADDED
        assert client.cookies["session"] != before
        made = await client.post("/admin/users", data=fields)
        listed = await client.get("/admin/users")

    assert made.status_code == 200
    assert BO in listed.text


async def test_nobody_changes_their_own_rights_or_another_authoritys_people(gateway):
    account = person(gateway)
    other = person(gateway, BO, authority="annanby")
    async with signed_in_as(gateway, account) as client:
        own = await client.post(f"/admin/users/{account.id}", data={"role": "auditor"})
        closed = await client.post(f"/admin/users/{account.id}/state", data={"state": "disabled"})
        answers = [
            await client.get(f"/admin/users/{other.id}"),
            await client.post(f"/admin/users/{other.id}", data={"role": "admin"}),
            await client.post(f"/admin/users/{other.id}/reset"),
            await client.post(f"/admin/users/{other.id}/state", data={"state": "disabled"}),
        ]
        listed = await client.get("/admin/users")

    assert (own.status_code, closed.status_code) == (409, 409)
    assert [each.status_code for each in answers] == [404] * 4
    assert BO not in listed.text


@pytest.mark.parametrize("act", ["state", "reset", "role"])
async def test_a_closed_reset_or_changed_account_is_signed_out_at_once(gateway, act):
    account = person(gateway, BO, "caseworker")
    async with signed_in_as(gateway, person(gateway)) as admin, signed_in_as(gateway, account) as bo:
        path = {"state": "/state", "reset": "/reset", "role": ""}[act]
        await admin.post(f"/admin/users/{account.id}{path}", data={"state": "disabled", "role": "auditor"})
        assert (await bo.get("/search")).status_code == 303
        again = await sign_in(bo, BO)

    assert again.status_code == (303 if act == "role" else 401)


async def test_a_key_is_shown_once_answers_to_its_maker_and_ends(gateway):
    account = person(gateway)
    async with signed_in_as(gateway, account) as client:
        shown = await client.post("/admin/keys", data={"label": "Diariet", "role": "admin"})
        token = between(shown.text, '<textarea id="made" class="once" readonly rows="2">', "</textarea>")
        listed = await client.get("/admin/keys")
        assert token not in listed.text
        assert "Diariet" in listed.text
        async with gateway.client() as program:
            program.headers["Authorization"] = f"Bearer {token}"
            await program.get("/v1/decisions/01900000-0000-7000-8000-000000000001", params={"reason": "x"})
        [key_id] = re.findall(r'name="key" value="([^"]+)"', listed.text)
        await client.post("/admin/keys/end", data={"key": key_id})
        async with gateway.client() as program:
            program.headers["Authorization"] = f"Bearer {token}"
            assert (await program.get("/v1/documents")).status_code == 401

    read = next(parts for leaf, parts in await recorded(gateway) if leaf["type"] == "se.audit.access.read.v1")
    assert read["reader"]["key"] == account.id


@pytest.mark.parametrize("path", ["/admin/users", "/admin/keys"])
@pytest.mark.parametrize("role", ["citizen", "caseworker", "auditor"])
async def test_accounts_and_keys_are_for_administrators(gateway, path, role):
    async with signed_in_as(gateway, person(gateway, role=role)) as client:
        assert (await client.get(path)).status_code == 403
        assert (await client.post(path, data=ADDED)).status_code == 403
