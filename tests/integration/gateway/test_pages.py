"""The pages as a browser without scripts gets them."""

from __future__ import annotations

import json

import pytest
from protobuf import Oneof

from allmanning.contracts.access.v1.access_pb import Secrecy
from allmanning.contracts.generate.v1.generate_pb import AnswerResponse, Finished, Outcome, Referral
from allmanning.gateway.keys import put_authority
from allmanning.runtime.errors import Unavailable

DECISION = "01900000-0000-7000-8000-000000000001"


async def test_a_question_without_scripts_gets_a_whole_page(gateway):
    async with gateway.client() as client:
        page = await client.post("/", data={"question": "Behöver jag bygglov för en altan?"})

    assert page.status_code == 200
    assert "En altan i markhöjd kräver inte bygglov. <a" in page.text
    assert f'id="kalla-{DECISION}-1"' in page.text
    assert "/documents/altan?start=" in page.text
    assert f'href="/decision/{DECISION}?authority=exempelby"' in page.text
    assert "set-cookie" not in page.headers
    [asked] = gateway.script.asked
    assert asked.principal.channel == "citizen"
    assert asked.principal.key_id == ""


async def test_earlier_turns_go_along(gateway):
    async with gateway.client() as client:
        earlier = json.dumps({"asked": "Altan?", "answered": "Nej."})
        page = await client.post("/", data={"question": "Och ett plank?", "turn": [earlier]})

    messages = [(each.role, each.content) for each in gateway.script.asked[0].messages]
    assert messages == [("user", "Altan?"), ("assistant", "Nej."), ("user", "Och ett plank?")]
    assert "Altan?" in page.text


@pytest.mark.parametrize("outcome", [Outcome.ABSTAINED, Outcome.REFUSED, Outcome.REVIEW, Outcome.HANDED_OVER])
async def test_other_outcomes_are_told_in_full(gateway, outcome):
    gateway.script.events = [gateway.script.opened(), gateway.script.finished("Vi hittar inget svar.", outcome, ())]

    async with gateway.client() as client:
        page = await client.post("/", data={"question": "Vad?"})

    assert "Vi hittar inget svar." in page.text
    assert "Källor" not in page.text


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://www.1177.se", '<a href="https://www.1177.se">Regionen</a>, <a href="tel:1177">1177</a>'),
        ("javascript:alert(1)", 'Regionen, <a href="tel:1177">1177</a>'),
        ("", 'Regionen, <a href="tel:1177">1177</a>'),
    ],
)
async def test_another_authority_is_one_press_away(gateway, url, shown):
    to = Referral(name="Regionen", url=url, phone="11 77")
    ended = Finished(decision_id=DECISION, outcome=Outcome.HANDED_OVER, text="Fråga regionen.", referral=to)
    gateway.script.events = [gateway.script.opened(), AnswerResponse(event=Oneof("finished", ended))]

    async with gateway.client() as client:
        page = await client.post("/", data={"question": "Var finns vårdcentralen?"})

    assert shown.replace(">1177<", ">11 77<") in " ".join(page.text.split())
    assert "javascript:" not in page.text


async def test_what_people_and_documents_write_is_never_markup(gateway):
    text = '<img src=x onerror="alert(1)"> [1]'
    gateway.script.events = [gateway.script.opened(), gateway.script.finished(text, Outcome.ANSWERED)]

    async with gateway.client() as client:
        page = await client.post("/", data={"question": "<script>alert(2)</script>"})

    assert "<img src=x" not in page.text
    assert "<script>alert" not in page.text


async def test_an_error_is_told_on_the_page_with_the_question_kept(gateway):
    gateway.script.error = Unavailable("audit.unavailable", "Beslutsloggen går inte att skriva till.")

    async with gateway.client() as client:
        page = await client.post("/?lang=en", data={"question": "Bygglov för altan?"})

    assert page.status_code == 503
    assert "without a log no answer is given" in page.text
    assert "Bygglov för altan?</textarea>" in page.text


async def test_the_stream_for_scripts_ends_with_the_same_fragment(gateway):
    async with gateway.client() as client:
        stream = await client.post("/", data={"question": "Altan?"}, headers={"Accept": "text/event-stream"})

    blocks = [block.split("\n") for block in stream.text.split("\n\n") if block]
    assert [head for head, _ in blocks] == ["event: sentence", "event: sentence", "event: end"]
    assert 'class="sources"' in json.loads(blocks[-1][1].removeprefix("data: "))["html"]


async def test_the_language_is_chosen_and_remembered(gateway):
    async with gateway.client() as client:
        swedish = await client.get("/")
        english = await client.get("/?lang=en")
        remembered = await client.get("/")

    assert '<html lang="sv">' in swedish.text
    assert '<html lang="en">' in english.text
    assert "Ask us" in remembered.text


async def test_a_visitor_may_choose_the_authority(gateway):
    put_authority(gateway.data_dir, "annanby", "Annanby kommun")

    async with gateway.client() as client:
        page = await client.post("/?authority=annanby", data={"question": "Altan?"})
        unknown = await client.get("/?authority=ingenby", headers={"Accept": "text/html"})

    assert "Annanby kommun" in page.text
    assert gateway.script.asked[0].principal.authority == "annanby"
    assert (unknown.status_code, "authority.not_found" in unknown.text) == (404, True)


async def test_signing_in_leads_to_the_page_that_was_asked_for(gateway):
    async with gateway.client() as client:
        away = await client.get("/search", params={"q": "altan"})
        assert (away.status_code, away.headers["location"]) == (303, "/signin?next_path=%2Fsearch%3Fq%3Daltan")
        wrong = await client.post("/signin", data={"key": "alm_fel"})
        right = await client.post("/signin", data={"key": gateway.key("caseworker"), "next_path": "/search?q=altan"})
        found = await client.get(right.headers["location"])
        await client.post("/signout")
        out = await client.get("/search")

    assert wrong.status_code == 401
    cookie = right.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert found.status_code == 200
    assert out.status_code == 303


@pytest.mark.parametrize(("role", "path"), [("citizen", "/search"), ("caseworker", "/log")])
async def test_pages_are_for_their_roles(gateway, role, path):
    async with gateway.signed_in(role) as client:
        page = await client.get(path, headers={"Accept": "text/html"})

    assert page.status_code == 403
    assert "<h1>Du saknar behörighet</h1>" in page.text
    assert "<title>Du saknar behörighet" in page.text


async def test_the_source_shows_the_cited_words(gateway):
    await gateway.put_document()
    async with gateway.client() as client:
        answer = await client.post("/", data={"question": "Altan?"})
        link = answer.text.split('href="/documents/')[1].split('"')[0].replace("&amp;", "&")
        page = await client.get(f"/documents/{link}")

    assert '<mark id="citat">En altan i markhöjd kräver inte bygglov.</mark>' in page.text


async def test_the_source_is_for_those_who_may_read_it(gateway):
    await gateway.put_document(secrecy=Secrecy.INTERNAL)
    async with gateway.client() as citizen, gateway.signed_in("caseworker") as caseworker:
        assert (await citizen.get("/documents/altan")).status_code == 404
        assert (await caseworker.get("/documents/altan")).status_code == 200


async def test_anybody_may_ask_how_we_know(gateway):
    await gateway.put_document()
    async with gateway.client() as client:
        page = await client.get(f"/decision/{DECISION}?authority=exempelby")

    assert f"/v1/decisions/{DECISION}/receipt?authority=exempelby" in page.text
    assert "Frågan kom in" in page.text
    assert "Behöver jag bygglov?" not in page.text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://ond.example"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({}, 303),
    ],
)
async def test_forms_of_other_sites_are_refused(gateway, headers, status):
    async with gateway.client() as client:
        answer = await client.post("/signout", headers=headers)

    assert answer.status_code == status
