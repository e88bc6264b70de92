"""What a citizen does with the conversation, as a browser without scripts does it."""

from __future__ import annotations

import html
import json
import re

import pytest

from allmanning.contracts.generate.v1.generate_pb import Outcome
from allmanning.runtime.errors import Conflict, InvalidInput
from tests.integration.gateway.asker_script import AskerScript

DECISION = "01900000-0000-7000-8000-000000000001"


@pytest.fixture
async def audit(gateway) -> AskerScript:
    return await AskerScript().start(gateway)


async def asked(client) -> str:
    """Ask, and return the turn that the page's form carries on."""
    page = await client.post("/", data={"question": "Behöver jag bygglov?"})
    return html.unescape(re.findall(r'name="turn" value="([^"]*)"', page.text)[-1])


async def test_a_rating_goes_to_the_decision_that_is_the_askers_own(gateway, audit):
    async with gateway.client() as client:
        turn = await asked(client)
        why = await client.post("/feedback", data={"turn": turn, "helped": "no"})
        thanks = await client.post(
            "/feedback", data={"turn": turn, "helped": "no", "reason": "wrong", "comment": "Fel år"}
        )
        piece = await client.post("/feedback", data={"turn": turn, "helped": "yes", "fragment": "1"})
        forged = json.dumps({**json.loads(turn), "token": "x" * 24})
        foreign = await client.post("/feedback", data={"turn": forged, "helped": "no"})

    assert "Vad var det som inte stämde?" in why.text
    assert "får veta det" in thanks.text
    assert "<html" not in piece.text
    assert [(each.decision_id, each.helped, each.reason, each.comment) for each in audit.asked] == [
        (DECISION, False, "", ""),
        (DECISION, False, "wrong", "Fel år"),
        (DECISION, True, "", ""),
    ]
    assert (foreign.status_code, foreign.json()["code"]) == (403, "conversation.not_own")


async def test_where_nothing_was_found_one_press_tells_those_who_write(gateway, audit):
    gateway.script.events[-1] = gateway.script.finished("Vi hittar inget säkert svar.", Outcome.ABSTAINED, ())
    gateway.script.events[-1].event.value.reason = 1
    del gateway.script.events[1:3]
    async with gateway.client() as client:
        page = await client.post("/", data={"question": "När öppnar badet?"})
        turn = html.unescape(re.findall(r'name="turn" value="([^"]*)"', page.text)[-1])
        await client.post("/feedback", data={"turn": turn, "reason": "missing"})

    assert "Ja, säg till dem som skriver" in page.text
    assert [(each.helped, each.reason) for each in audit.asked] == [(False, "missing")]


async def test_a_conversation_is_handed_over_only_when_it_is_sent(gateway, audit):
    async with gateway.client() as client:
        turn = await asked(client)
        form = await client.post("/person", data={"turn": turn})
        assert audit.asked == []
        sent = await client.post("/person/send", data={"turn": turn, "name": "Kim", "reach": "070", "message": "Hjälp"})
        audit.error = InvalidInput("contact.reach_missing", "Skriv hur vi når dig.")
        wrong = await client.post("/person/send", data={"turn": turn, "name": "Kim", "message": "<b>Hjälp"})
        bare = await client.get("/person")

    assert "0123-45 67 89" in form.text
    assert 'name="reach"' in form.text
    assert 'name="reach"' not in bare.text
    [first, _] = audit.asked
    assert (first.name, first.reach, list(first.decision_ids)) == ("Kim", "070", [DECISION])
    assert "Fråga: Behöver jag bygglov?\nSvar: En altan" in first.conversation
    assert "hör av sig till 070" in sent.text
    # Nothing that was typed is lost.
    assert (wrong.status_code, "&lt;b&gt;Hjälp</textarea>" in wrong.text, 'value="Kim"' in wrong.text) == (
        400,
        True,
        True,
    )


async def test_a_conversation_is_erased_here_and_asked_to_be_erased_there(gateway, audit):
    async with gateway.client() as client:
        turn = await asked(client)
        question = await client.post("/conversation/erase", data={"turn": turn})
        assert audit.asked == []
        here = await client.post("/conversation/erase", data={"turn": turn, "confirmed": "own"})
        assert audit.asked == []
        both = await client.post("/conversation/erase", data={"turn": turn, "confirmed": "all"})
        audit.error = Conflict("erasure.held", "En domstol hindrar gallring.")
        held = await client.post("/conversation/erase", data={"turn": turn, "confirmed": "all"})

    assert "Efter en radering finns ett bevis kvar" in question.text
    assert "erased.js" in here.text
    assert ("<code>e1</code>" in both.text, "erased.js" in both.text) == (True, True)
    assert list(audit.asked[0].decision_ids) == [DECISION]
    # What could not be asked for is still in the browser.
    assert (held.status_code, "erased.js" in held.text) == (409, False)


async def test_a_transcript_has_the_words_the_sources_and_where_to_check(gateway):
    async with gateway.client() as client:
        turn = await asked(client)
        text = await client.post("/conversation/text", data={"turn": turn})
        paper = await client.post("/conversation/print", data={"turn": turn})
        pdf = await client.post("/conversation/pdf", data={"turn": turn})

    assert (pdf.headers["content-type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert pdf.headers["content-disposition"].startswith('attachment; filename="samtal-')
    assert f"{gateway.url}/documents/altan?".encode() in pdf.content
    assert text.headers["content-disposition"].startswith("attachment")
    assert "Du: Behöver jag bygglov?" in text.text
    assert f"[1] Bygglov – altan och trädäck, När behövs bygglov\n    {gateway.url}/documents/altan?" in text.text
    assert f"{gateway.url}/decision/{DECISION}?authority=exempelby" in text.text
    assert "0123-45 67 89" in text.text
    assert f'href="{gateway.url}/documents/altan?' in paper.text


@pytest.mark.parametrize(
    "turn",
    [
        "",
        "{",
        '{"asked":"x"}',
        '{"asked":"x","answered":"y","sources":[{"number":1,"title":"t","view":"javascript:1"}]}',
    ],
)
async def test_a_forged_conversation_is_refused(gateway, turn):
    async with gateway.client() as client:
        answer = await client.post("/", data={"question": "Altan?", "turn": turn})

    assert (answer.status_code, answer.json()["code"]) == (400, "conversation.invalid")


async def test_a_question_that_is_too_long_is_told_so_and_kept_whole(gateway):
    long = "a" * 5_000
    gateway.script.error = InvalidInput("question.too_long", "Frågan får vara högst 4000 tecken.")
    async with gateway.client() as client:
        page = await client.post("/", data={"question": long})

    assert page.status_code == 400
    assert f">{long}</textarea>" in page.text
    assert "4000 tecken" in page.text


async def test_what_the_registers_know_stands_on_the_page_about_personal_data(gateway, audit):
    async with gateway.client() as client:
        page = await client.get("/integritet")
        statement = await client.get("/tillganglighet?lang=en")

    assert audit is not None
    assert "Frågor utan ärende: 365 dagar (beslut KS 2026-114)" in " ".join(page.text.split())
    assert "Exempelby kommun är personuppgiftsansvarig" in page.text
    assert "https://www.digg.se/tdosanmalan" in statement.text


async def test_an_administrator_says_how_people_reach_the_authority(gateway, audit):
    async with gateway.client("admin") as client:
        refused = await client.patch("/v1/authority", json={"contact": {"url": "javascript:alert(1)"}})
        given = {"phone": "0123-45 00", "hours": "8–17", "text": ""}
        changed = await client.patch("/v1/authority", json={"contact": given})
        missing = await client.get("/v1/gaps", params={"reason": "Översyn"})
    async with gateway.client("caseworker") as client:
        forbidden = await client.patch("/v1/authority", json={"name": "Annan"})
        page = await client.get("/person")

    assert (refused.status_code, refused.json()["code"]) == (400, "contact.invalid")
    assert changed.json()["contact"] | given == changed.json()["contact"]
    assert forbidden.status_code == 403
    assert '<a href="tel:01234500">0123-45 00</a>' in page.text
    assert (missing.json()["by"], audit.asked[-1].reason) == ("embedding", "Översyn")
