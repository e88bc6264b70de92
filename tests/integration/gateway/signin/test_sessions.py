"""A session over HTTP: its cookie, its end in mid-task, and what is on record of it."""

from __future__ import annotations

import re

from tests.integration.gateway.signin.store import age_sessions
from tests.integration.gateway.test_decisions import DECISION, recorded

HOUR_S = 3_600
REASON = 'Begäran från JO: "visa <b>allt</b>"\r\noch mer'


def hidden(page: str) -> list[tuple[str, str]]:
    return re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)


async def test_the_cookie_is_ours_alone_and_host_bound_over_https(gateway):
    async with gateway.client() as client:
        plain = await client.post("/signin", data={"key": gateway.key("auditor")})
        secure = await client.post(
            "/signin", data={"key": gateway.key("auditor")}, headers={"X-Forwarded-Proto": "https"}
        )

    for answer, name in ((plain, "session"), (secure, "__Host-session")):
        cookie = next(each for each in answer.headers.get_list("set-cookie") if "session=" in each)
        assert cookie.startswith(f"{name}=")
        assert "HttpOnly" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie
        assert ("Secure" in cookie) == (name == "__Host-session")


async def test_a_form_sent_after_the_session_ended_comes_back_with_all_that_was_typed(gateway):
    key = gateway.key("auditor")
    async with gateway.client() as client:
        await client.post("/signin", data={"key": key})
        age_sessions(gateway.data_dir, by_s=HOUR_S)

        away = await client.post("/log/bundle", data={"reason": REASON})
        assert away.status_code == 303
        assert away.headers["location"].startswith("/signin?")
        back = await client.post("/signin", data={"key": key, "next_path": "/search"})
        assert back.headers["location"] == "/signin/form"
        form = await client.get("/signin/form")
        again = await client.get("/signin/form")
        sent = await client.post("/log/bundle", data={"reason": REASON})

    assert 'action="/log/bundle"' in form.text
    assert "&lt;b&gt;allt" in form.text
    assert "<b>allt" not in form.text
    assert again.status_code == 303
    assert sent.status_code == 200


async def test_what_was_typed_is_shown_to_nobody_else(gateway):
    async with gateway.signed_in("auditor") as client:
        age_sessions(gateway.data_dir, by_s=HOUR_S)
        await client.post("/log/bundle", data={"reason": REASON})
        other = await client.post("/signin", data={"key": gateway.key("auditor")})
        shown = await client.get(other.headers["location"])

    assert shown.status_code == 303
    assert "JO" not in shown.text


async def test_a_script_hears_that_the_session_is_over(gateway):
    async with gateway.signed_in("auditor") as client:
        age_sessions(gateway.data_dir, by_s=HOUR_S)
        answer = await client.get("/search", headers={"Sec-Fetch-Dest": "empty", "Sec-Fetch-Site": "same-origin"})

    assert answer.status_code == 401
    assert "auth.session_over" in answer.text


async def test_coming_and_going_is_on_record_without_saying_who(gateway):
    key = gateway.key("caseworker", unit="bygg")
    async with gateway.client() as client:
        await client.post("/signin", data={"key": key})
        await client.post("/signin", data={"key": key})
        await client.post("/signout")
        await client.post("/signin", data={"key": key})
        await client.post("/signin", data={"key": "alm_fel"})
    *records, (failure, nobody) = await recorded(gateway)

    kinds = [leaf["type"].removeprefix("se.audit.").removesuffix(".v1") for leaf, _ in records]
    assert kinds == [
        "signin.succeeded",
        "signin.new_device",
        "signin.confirmed",
        "signin.ended",
        "signin.succeeded",
    ]
    assert (failure["type"], failure["reason"], nobody) == ("se.audit.signin.failed.v1", "credential", {})
    sessions = [leaf["decision"] for leaf, _ in records]
    assert len(set(sessions[:4])) == 1
    assert sessions[4] != sessions[0]
    leaves = str([leaf for leaf, _ in records])
    assert "127.0.0.1" not in leaves
    assert "python-httpx" not in leaves
    actors = {parts["actor"]["key_id"] for _, parts in records[:5]}
    assert len(actors) == 1
    assert actors.pop() not in leaves


async def test_nobody_signs_in_when_it_can_not_be_put_on_record(gateway):
    await gateway.bus.js.delete_stream("AUDIT_LEAVES")
    async with gateway.client() as client:
        answer = await client.post("/signin", data={"key": gateway.key("auditor")})

    assert answer.status_code == 503
    assert "set-cookie" not in answer.headers


async def test_another_sites_form_is_refused_and_counts_for_nobody(gateway):
    foreign = {"Sec-Fetch-Site": "cross-site", "Origin": "https://ond.se", "Accept": "application/json"}
    async with gateway.signed_in("auditor") as client:
        for path in ("/signout", "/signin", "/log/bundle"):
            for headers in (foreign, {"Origin": "null"}, {"Sec-Fetch-Site": "same-site"}):
                answer = await client.post(path, headers=headers, data={"reason": "x"})
                assert answer.status_code == 403, (path, headers)
        assert (await client.get("/search")).status_code == 200
        # An API that anybody may call does not take the visitor's session for it.
        answer = await client.get(f"/v1/decisions/{DECISION}?reason=x", headers=foreign)
    assert "Behöver jag bygglov?" not in answer.text
