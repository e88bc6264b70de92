"""The three first faces on the whole platform, in a real browser."""

from __future__ import annotations

import re

from playwright.async_api import Page, expect

from tests.browser import needs_chromium, violations, visit

pytestmark = needs_chromium


async def accessible(page: Page) -> None:
    assert await violations(page) == []


async def ask(page: Page, question: str) -> str:
    """Ask on the start page; returns the answer's text."""
    await page.goto("/?authority=exempelby")
    await page.get_by_label("Din fråga").fill(question)
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name="Hur vet ni det?").wait_for()
    return await page.locator("#svar .answer").inner_text()


async def test_a_citizen_follows_a_sentence_to_its_source_and_to_its_record(demo, browser):
    page = await visit(browser, demo.url)
    answer = await ask(page, "Hur hög får en altan vara utan bygglov?")
    await accessible(page)
    how = await page.get_by_role("link", name="Hur vet ni det?").get_attribute("href")

    await page.get_by_role("link", name="Altan").first.click()
    mark = page.locator("#citat")
    await expect(mark).to_be_in_viewport()
    # What is yellow in the source stands in the answer, word by word.
    assert " ".join((await mark.inner_text()).split()) in " ".join(answer.split())
    await accessible(page)

    # The record reaches the signed log within seconds.
    await page.wait_for_timeout(1500)
    await page.goto(how)
    await expect(page.locator(".proof")).to_contain_text("Fört till loggen.")
    await accessible(page)


async def test_a_caseworker_finds_a_passage_and_opens_it_in_its_document(demo, keys, browser):
    page = await visit(browser, demo.url, keys["caseworker"])
    await page.get_by_label("Sök med egna ord").fill("altan bygglov")
    await page.get_by_role("button", name="Sök").click()
    await expect(page.locator(".results mark").first).to_be_visible()
    await accessible(page)
    # A click shows it beside the list; the enter key goes there.
    await page.locator(".results h3 a").first.press("Enter")

    await expect(page.locator("#citat")).to_be_in_viewport()


async def test_a_caseworker_narrows_a_search_and_looks_around_a_passage(demo, keys, browser):
    page = await visit(browser, demo.url, keys["caseworker"])
    await page.goto("/search?q=altan+bygglov")
    choice = page.get_by_role("region", name="Samling").get_by_role("link").last
    count = int(await choice.locator(".figure").inner_text())
    name = await choice.locator(".name").inner_text()
    await expect(page.get_by_text("Siffrorna gäller de")).to_be_attached()
    await choice.click()
    await expect(page.get_by_role("link", name="Ta bort Samling")).to_be_visible()
    narrowed = await page.locator("#count").inner_text()
    # The count is of the best hits of all; of those of the collection alone there may be more.
    assert int(re.sub(r"\D", "", narrowed)) >= count > 0
    places = await page.locator(".results .meta").all_inner_texts()
    assert places
    assert all(name in place.strip().split(" · ") for place in places)

    await page.get_by_role("link", name="Visa mer runt stycket").first.click()
    await expect(page.locator(".excerpt.here")).to_have_count(1)
    await accessible(page)
    await page.get_by_role("link", name="Liknande stycken").click()
    await accessible(page)
    await page.get_by_role("link", name="Tillbaka till sökningen").click()
    await expect(page.locator("#count")).to_have_text(narrowed)
