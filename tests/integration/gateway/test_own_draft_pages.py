"""A caseworker sends a draft to a colleague and gets it back, in a real browser before the real audit service."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, expect

from allmanning.contracts.generate.v1 import generate_pb as generate
from allmanning.contracts.passage.v1.passage_pb import ScoredPassage
from allmanning.runtime.identity import uuid7
from allmanning.runtime.record import Content
from tests.browser import needs_chromium
from tests.integration.audit.asker import AUTHORITY
from tests.integration.gateway.said import SENTENCES, passage
from tests.integration.gateway.test_pages_in_browser import page_of
from tests.integration.gateway.test_review_pages import Office, faults, office  # noqa: F401 - a fixture

pytestmark = needs_chromium
WIDE = {"width": 1280, "height": 900}


@pytest.fixture
async def desk(office: Office) -> Office:  # noqa: F811 - the fixture
    """Whatever is asked is answered, and on record as generate leaves it."""

    async def answer(request: generate.AnswerRequest) -> AsyncIterator[generate.AnswerResponse]:
        decision, asker = uuid7(), office.asker
        who = {"key_id": request.principal.key_id, "role": "caseworker", "unit": ""}
        await asker.recorder.record(
            "question.received",
            authority=AUTHORITY,
            decision_id=decision,
            fields={"channel": "internal", "role": "caseworker"},
            parts={"question": Content(request.messages[-1].content), "actor": Content(who, retention="B")},
        )
        cited = [{"document": "eldning", "number": 1, "passage": "p", "support": 1}]
        for text in SENTENCES:
            said = {"text": text.strip(), "quotes": [text.strip()[:-4]]}
            await asker.record("sentence.released", decision, said, citations=cited)
        await asker.record("answer.released", decision, {"told": "".join(SENTENCES)}, outcome="answered")
        await asker.seen(decision, records=4)
        end = office.gateway.script.finished("".join(SENTENCES), generate.Outcome.ANSWERED, (1, 2))
        end.event.value.decision_id = decision
        yield end

    await office.gateway.put_document("altan")
    office.gateway.script.answer = answer
    office.gateway.script.passages = [ScoredPassage(passage=passage(), score=0.9)]
    return office


async def drafted(page: Page) -> None:
    await page.goto("/search?q=altan")
    await page.get_by_role("button", name="Skriv ett svar ur träffarna").click()
    await page.get_by_text("Låt en kollega läsa utkastet").click()


async def test_an_own_draft_is_sent_reviewed_by_a_colleague_and_comes_back_for_the_case_file(desk, browser, shots):
    gateway = desk.gateway
    anna = await page_of(gateway, browser, "caseworker", viewport=WIDE)
    bo = await page_of(gateway, browser, "caseworker", viewport=WIDE)
    await anna.goto("/review/sent")
    await expect(anna.get_by_text("Du har inte skickat något än.")).to_be_visible()
    assert await faults(anna, 1280) == []
    await drafted(anna)
    await expect(anna.get_by_label("Utkastet som din kollega läser")).to_have_value("".join(SENTENCES))
    await anna.screenshot(path=shots / "own-draft-send.png", full_page=True)
    assert await faults(anna, 1280) == []
    await anna.get_by_label("Vad ska kollegan titta på?").fill("Gäller 1,2 meter också vid strand?")
    await anna.get_by_role("button", name="Skicka till granskning").click()
    await expect(anna.get_by_role("status")).to_contain_text("Skickat. En kollega läser ditt utkast")
    await expect(anna.locator(".state")).to_have_text("Väntar på en kollega")
    await anna.get_by_role("link", name="altan").click()
    await expect(anna.get_by_text("Du har skickat det här utkastet")).to_be_visible()
    for button in ("Ta ärendet", "Godkänn"):
        assert await anna.get_by_role("button", name=button).count() == 0
    review = anna.url.split("/")[-1]
    await anna.goto("/review")
    await expect(anna.get_by_text("Inget väntar på dig.")).to_be_visible()

    await bo.goto("/review")
    await expect(bo.get_by_text("En kollegas utkast")).to_be_visible()
    await bo.get_by_role("button", name="Ta nästa ärende").click()
    await expect(bo.get_by_text("Gäller 1,2 meter också vid strand?")).to_be_visible()
    await expect(bo.get_by_text("Skickat av en kollega.")).to_be_visible()
    await expect(bo.get_by_text("Ordagrant ur källan").first).to_be_visible()
    await bo.screenshot(path=shots / "own-draft-review.png", full_page=True)
    assert await faults(bo, 1280) == []
    await bo.get_by_label("Mening 2").fill("Är den högre kan den kräva det.")
    await bo.get_by_label("Skäl").fill("Höjden står i planen.")
    await bo.get_by_role("button", name="Ändra och godkänn").click()
    await expect(bo.get_by_role("status").first).to_contain_text("Din kollega får dina ord.")

    await anna.goto("/review/sent")
    await expect(anna.locator(".state")).to_have_text("Ändrat av en kollega")
    await expect(anna.get_by_text("Höjden står i planen.")).to_be_visible()
    await expect(anna.get_by_text("Är den högre kan den kräva det.")).to_be_visible()
    await anna.screenshot(path=shots / "own-draft-back.png", full_page=True)
    assert await faults(anna, 1280) == []
    await anna.goto(f"/review/{review}")
    await expect(anna.get_by_text("Kollegan har läst utkastet: Ändrat av en kollega.")).to_be_visible()
    assert await faults(anna, 1280) == []
    await anna.get_by_role("link", name="Tillför akten").click()
    await anna.get_by_label("Varför läggs det till akten?").fill("Svar till sökanden.")
    await anna.get_by_label("Ren text").check()
    async with anna.expect_download() as download:
        await anna.get_by_role("button", name="Gör filen").click()
    assert "Är den högre kan den kräva det." in (await (await download.value).path()).read_text()
    assert anna.complaints + bo.complaints == []


async def test_without_scripts_an_edited_draft_that_says_nothing_of_why_comes_back_filled_in(desk, browser):
    page = await page_of(desk.gateway, browser, "caseworker", java_script_enabled=False)
    await drafted(page)
    await page.get_by_label("Utkastet som din kollega läser").fill("Ja, alltid.")
    await page.get_by_label("Vad ska kollegan titta på?").fill(" ")
    await page.get_by_role("button", name="Skicka till granskning").click()
    await expect(page.get_by_role("alert")).to_contain_text("Skriv vad kollegan ska titta på")
    await expect(page.get_by_label("Utkastet som din kollega läser")).to_have_value("Ja, alltid.")
    await page.get_by_label("Vad ska kollegan titta på?").fill("Stämmer alltid?")
    await page.get_by_role("button", name="Skicka till granskning").dblclick()
    await expect(page.locator(".state")).to_have_count(1)


async def test_the_api_sends_and_lists_and_keeps_the_sender_from_approving(desk):
    async with desk.gateway.client("caseworker") as anna, desk.gateway.client("caseworker") as bo:
        asked = {"model": "allmanning", "messages": [{"role": "user", "content": "Altan?"}]}
        decision = (await anna.post("/v1/chat/completions", json=asked)).json()["allmanning"]["decision_id"]
        draft = {"decision_id": decision, "text": "Ja.", "message": "Stämmer det?"}
        made = await anna.post("/v1/reviews", json=draft)
        assert (made.status_code, made.json()["kind"], made.json()["sent_by_you"]) == (201, "own_draft", True)
        review = made.json()["decision_id"]
        own = await anna.post(f"/v1/reviews/{review}", json={"action": "approve"})
        assert (own.status_code, own.json()["code"]) == (403, "review.own")
        assert (await bo.post("/v1/reviews", json=draft)).status_code == 404
        rejected = {"action": "reject", "reason": "Nej."}
        assert (await bo.post(f"/v1/reviews/{review}", json=rejected)).json()["state"] == "rejected"
        [back] = (await anna.get("/v1/reviews/sent")).json()["reviews"]
        assert (back["state"], back["verdict_reason"]) == ("rejected", "Nej.")
        assert (await bo.get("/v1/reviews/sent")).json() == {"reviews": []}
        # What the answer itself said is not changed by it.
        assert (await anna.get(f"/v1/decisions/{decision}")).json()["review"] is None
