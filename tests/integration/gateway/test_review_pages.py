"""The review queue in a real browser before the real audit service: one approves, two collide, nothing is lost."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from playwright.async_api import Page, expect

from allmanning.audit.__main__ import service
from allmanning.audit.settings import AuditSettings
from allmanning.contracts.audit.v1 import audit_pb as audit
from allmanning.runtime import subjects
from allmanning.runtime.record import Recorder
from tests.browser import faults, needs_chromium, violations
from tests.integration.audit.asker import Asker
from tests.integration.audit.office import held
from tests.integration.gateway.conftest import Running
from tests.integration.gateway.said import QUOTE, START
from tests.integration.gateway.signin.store import age_sessions
from tests.integration.gateway.test_pages_in_browser import LONG_WORD, page_of
from tests.serving import Serving

pytestmark = needs_chromium

ANSWER = "Nej, inte i april."
PLACE = {
    "document": "eldning",
    "version": "eldning".ljust(64, "0"),
    "authority": "exempelby",
    "title": "Eldning utomhus",
    "headings": ["Eldning", "Förbud i april"],
    "page": 0,
    "start": START,
    "end": START + len(QUOTE),
    "quote": QUOTE,
}
GROUNDS = [{"text": ANSWER, "support": 0.7, "doubts": ["negation"], "quotes": [PLACE]}]
LAW = "LSO 2 kap. 7 §"


@dataclass
class Office:
    """The pages before the real audit service, with a document that a draft rests on."""

    gateway: Running
    asker: Asker

    async def held(self, **gate: object) -> str:
        return await held(self.asker, GROUNDS, legal_basis=LAW, **gate)

    async def closed(self, review: str) -> audit.Review:
        request = audit.ListReviewsRequest(authority="exempelby", state="all", decision_id=review)
        found = await self.gateway.bus.call(subjects.AUDIT_LIST_REVIEWS, request, audit.ListReviewsResponse)
        return found.reviews[0]

    async def kinds(self, review: str) -> list[str]:
        """The kinds of records that the review has."""
        records = (await self.asker.get(review)).records
        return [kind for each in records for kind in ("review.closed", "review.assessed") if kind.encode() in each.leaf]


@pytest.fixture
async def office(gateway, tmp_path) -> AsyncIterator[Office]:
    await gateway.discoveries["audit"].withdraw()
    await gateway.audit.stop(2)
    async with contextlib.AsyncExitStack() as stack:
        built = await stack.enter_async_context(service(gateway.bus, AuditSettings(data_dir=tmp_path / "audit")))
        await stack.enter_async_context(Serving(gateway.bus, "audit", built))
        await gateway.put_document("eldning")
        yield Office(gateway, Asker(gateway.bus, Recorder(gateway.bus, "generate")))


async def test_a_caseworker_takes_checks_the_source_and_approves_by_keyboard_and_goes_on(office, browser, shots):
    first, second = await office.held(), await office.held(second_reviewer=True)
    page = await page_of(office.gateway, browser, "caseworker")
    await page.goto("/review")
    await page.get_by_role("button", name="Ta nästa ärende").press("Enter")

    await expect(page).to_have_url(f"{office.gateway.url}/review/{first}")
    await expect(page.get_by_text(LAW)).to_be_visible()
    await expect(page.get_by_text("Svagt stöd: läs källan noga")).to_be_visible()
    async with page.context.expect_page() as opened:
        await page.get_by_role("link", name="Öppna originalet vid meningen").press("Enter")
    source = await opened.value
    await expect(source.locator("mark")).to_have_text(QUOTE)
    await source.close()
    await page.screenshot(path=shots / "review.png", full_page=True)
    await page.get_by_role("button", name="Godkänn", exact=True).press("Enter")

    await expect(page).to_have_url(f"{office.gateway.url}/review/{second}?done=approved&of={first}")
    await expect(page.get_by_role("status").first).to_contain_text("Godkänt. Svaret lämnas ut.")
    await expect(page.get_by_text("Regeln kräver två granskare")).to_be_visible()
    await page.screenshot(path=shots / "review-next.png", full_page=True)
    assert (await office.closed(first)).text == ANSWER
    await page.get_by_role("link", name="Din granskning", exact=True).click()
    await expect(page.get_by_role("cell", name="1 av 2")).to_be_visible()
    assert page.complaints == []


async def test_what_is_changed_in_place_is_what_leaves_and_a_wrong_button_changes_nothing(office, browser):
    review = await office.held()
    page = await page_of(office.gateway, browser, "caseworker")
    await page.goto(f"/review/{review}")
    await page.get_by_role("button", name="Ta ärendet").click()
    await page.get_by_label("Mening 1").or_(page.get_by_label("Svaret", exact=True)).fill("Nej, inte i maj.")
    await page.get_by_label("Lägg till").fill("Fråga räddningstjänsten.")
    await page.get_by_role("button", name="Godkänn", exact=True).click()

    await expect(page.get_by_role("alert")).to_contain_text("Du har ändrat texten")
    await expect(page.get_by_label("Lägg till")).to_have_value("Fråga räddningstjänsten.")
    assert await violations(page) == []
    await page.get_by_role("button", name="Ändra och godkänn").click()
    await page.wait_for_url("**/review?done=edited*")
    closed = await office.closed(review)
    assert (closed.state, closed.text) == ("edited", "Nej, inte i maj.\nFråga räddningstjänsten.")
    await page.get_by_role("link", name="Tillför akten").click()
    await page.get_by_label("Diarienummer").fill("BN 2026-114")
    await page.get_by_label("Varför läggs det till akten?").fill("Svar till sökanden.")
    async with page.expect_download() as download:
        await page.get_by_label("Ren text").check()
        await page.get_by_role("button", name="Gör filen").click()
    text = (await (await download.value).path()).read_text()
    assert "Diarienummer: BN 2026-114" in text
    assert "Fråga räddningstjänsten." in text
    async with page.expect_download() as download:
        await page.get_by_label("PDF att lägga i akten").check()
        await page.get_by_role("button", name="Gör filen").click()
    made = await download.value
    assert (made.suggested_filename, (await made.path()).read_bytes()[:5]) == ("underlag.pdf", b"%PDF-")


async def test_of_two_reviewers_on_one_draft_the_second_is_told_and_keeps_what_was_typed(office, browser):
    review = await office.held()
    first = await page_of(office.gateway, browser, "caseworker")
    second = await page_of(office.gateway, browser, "caseworker")
    await second.goto(f"/review/{review}")
    await first.goto(f"/review/{review}")
    await first.get_by_role("button", name="Ta ärendet").click()
    await second.get_by_role("button", name="Ta ärendet").click()
    await expect(second.get_by_role("alert")).to_contain_text("Någon annan har ärendet")
    await expect(second.get_by_text("En kollega granskar det här till")).to_be_visible()
    assert await second.get_by_role("button", name="Godkänn").count() == 0
    assert await violations(second) == []

    await first.get_by_label("Skäl").fill("Fel månad.")
    await first.evaluate("fetch(location + '/return', {method: 'POST', body: new URLSearchParams({note: 'x'})})")
    await second.goto(f"/review/{review}")
    await second.get_by_role("button", name="Ta ärendet").click()
    await first.get_by_role("button", name="Avvisa").click()
    await expect(first.get_by_role("alert")).to_contain_text("Någon annan hann före")
    await expect(first.get_by_label("Det du skrev")).to_have_value(f"{ANSWER}\n\nFel månad.")
    assert (await office.closed(review)).state == "open"


async def test_a_double_click_on_approve_approves_once(office, browser):
    review = await office.held()
    page = await page_of(office.gateway, browser, "caseworker", java_script_enabled=False)
    await page.goto(f"/review/{review}")
    await page.get_by_role("button", name="Ta ärendet").click()
    await page.get_by_role("button", name="Godkänn", exact=True).dblclick()
    # Of two navigations one is broken off, which waiting for a navigation takes for a failure.
    await expect(page).to_have_url(re.compile(r"/review\?done=approved"))
    form = {"action": "approve", "sentence": ANSWER}
    again = await page.request.post(f"/review/{review}", form=form, max_redirects=0)

    assert again.status == 303
    assert await office.kinds(review) == ["review.closed"]


async def test_a_lost_connection_is_told_and_loses_nothing(office, browser):
    review = await office.held()
    page = await page_of(office.gateway, browser, "caseworker")
    await page.goto(f"/review/{review}")
    await page.get_by_role("button", name="Ta ärendet").click()
    await page.get_by_label("Skäl").fill("Källan är gammal.")
    await page.context.set_offline(True)
    await page.get_by_role("button", name="Avvisa").click()
    await expect(page.get_by_text("Ingen kontakt med tjänsten")).to_be_visible()
    await expect(page.get_by_label("Skäl")).to_have_value("Källan är gammal.")
    await page.context.set_offline(False)
    await page.get_by_role("button", name="Avvisa").click()
    await page.wait_for_url("**/review?done=rejected*")
    assert (await office.closed(review)).state == "rejected"


async def test_a_verdict_sent_after_the_session_ended_comes_back_after_signing_in(office, browser):
    review = await office.held()
    key = office.gateway.key("caseworker")
    page = await page_of(office.gateway, browser)
    await sign_in(page, key)
    await page.goto(f"/review/{review}")
    await page.get_by_role("button", name="Ta ärendet").click()
    await page.get_by_label("Skäl").fill("Källan är gammal.")
    age_sessions(office.gateway.data_dir, by_s=20 * 3600)
    await page.get_by_role("button", name="Avvisa").click()
    await expect(page.get_by_label("Din nyckel")).to_be_visible()
    await page.get_by_label("Din nyckel").fill(key)
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Källan är gammal.")).to_be_visible()
    await page.get_by_role("button", name="Skicka").click()
    await page.wait_for_url("**/review?done=rejected*")
    assert (await office.closed(review)).state == "rejected"


async def test_somebody_who_wants_a_person_is_reached_and_the_matter_is_closed_with_a_note(office, browser, shots):
    decision = await office.asker.decide()
    parts = {"name": "Kim", "reach": "kim@exempel.se", "message": "Ring gärna.", "talk": "Du: Altan?\nVi: Nej."}
    contact = await office.asker.record("contact.requested", decision, parts, review={"deadline_hours": 24})
    page = await page_of(office.gateway, browser, "caseworker")
    await page.goto("/review")
    async with asyncio.timeout(10):
        while not await page.get_by_text("Meddelande från en invånare").count():
            await page.reload()
    await page.get_by_role("button", name="Ta nästa ärende").click()
    await expect(page).to_have_url(f"{office.gateway.url}/review/{contact}")
    for text in ("kim@exempel.se", "Ring gärna.", "Du: Altan?"):
        await expect(page.get_by_text(text)).to_be_visible()
    assert await violations(page) == []
    await page.screenshot(path=shots / "review-contact.png", full_page=True)
    await page.get_by_label("Anteckning").fill("Ringde i dag.")
    await page.get_by_role("button", name="Klart, jag har hört av mig").click()
    await page.wait_for_url("**/review?done=contacted*")
    assert (await office.closed(contact)).state == "approved"
    assert page.complaints == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)])
async def test_queue_and_review_are_accessible_and_fit_with_two_hundred_waiting(office, browser, shots, scheme, width):
    taken = await office.held(unit="", competence="handläggare", second_reviewer=True, deadline_hours=0)
    page = await page_of(
        office.gateway, browser, "caseworker", color_scheme=scheme, viewport={"width": width, "height": 800}
    )
    await page.goto(f"/review/{taken}")
    found = [("free", *each) for each in await faults(page, width)]
    await page.get_by_role("button", name="Ta ärendet").click()
    found += [("mine", *each) for each in await faults(page, width)]
    await page.screenshot(path=shots / f"review-{width}-{scheme}.png", full_page=True)
    for path in ("/review", "/review?show=mine", "/review?show=free", "/review/own", f"/case-file/{taken}"):
        await page.goto(path)
        found += [(path, *each) for each in await faults(page, width)]
    assert found == []
    assert page.complaints == []


async def test_a_queue_of_two_hundred_long_questions_fits_a_phone(gateway, browser, shots):
    gateway.script.reviews = [
        audit.Review(
            decision_id=f"d{number}",
            kind="contest" if number % 7 == 0 else "draft",
            question=f"Hur lång är {LONG_WORD if number % 5 == 0 else 'kön'}, nummer {number}?",
            reason="Någon mening i svaret har svagt stöd i sin källa. En handläggare läser det först.",
            opened_at="2026-11-20T08:00:00.000Z",
            due_at="2026-11-21T08:00:00.000Z",
            overdue=number < 20,
            state="open",
            competence=LONG_WORD if number % 3 == 0 else "",
            claimed_until="2026-11-27T22:00:00.000Z" if number % 4 == 0 else "",
            mine=number == 8,
        )
        for number in range(200)
    ]
    page = await page_of(gateway, browser, "caseworker", viewport={"width": 320, "height": 800})
    await page.goto("/review")
    await expect(page.locator(".waiting-list > li")).to_have_count(200)
    assert await faults(page, 320) == []
    await page.screenshot(path=shots / "queue-200.png", clip={"x": 0, "y": 0, "width": 320, "height": 2400})
    await page.get_by_role("link", name="Mina 1").click()
    await expect(page.locator(".waiting-list > li")).to_have_count(1)


async def sign_in(page: Page, key: str) -> None:
    await page.goto("/signin")
    await page.get_by_label("Din nyckel").fill(key)
    await page.keyboard.press("Enter")
    await page.wait_for_url(lambda url: "/signin" not in url)
