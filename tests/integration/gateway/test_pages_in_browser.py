"""The pages in a real browser: by keyboard, streamed, small, dark, and without a single accessibility violation."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Browser, Page, expect

from allmanning.contracts.audit.v1.audit_pb import Record, Review
from allmanning.contracts.passage.v1.passage_pb import Facet, ScoredPassage, Span
from allmanning.contracts.retrieve.v1.retrieve_pb import SearchResponse, Understanding
from allmanning.runtime.errors import Unavailable
from tests.browser import faults, needs_chromium, violations, visit
from tests.integration.gateway.said import passage, version

DECISION = "01900000-0000-7000-8000-000000000001"

pytestmark = needs_chromium

LONG_WORD = "handläggningstidsstatistiksammanställning"


async def page_of(gateway, browser: Browser, role: str = "", **options) -> Page:
    """A new visitor's page, signed in when a role is given; what goes wrong in it fails the test."""
    return await visit(browser, gateway.url, gateway.key(role) if role else "", **options)


def found(request) -> SearchResponse:
    """Two passages and counts, with everything that a search may tell of itself."""
    counts = [Facet.Count(value=each, passages=7) for each in ("bygg", LONG_WORD * 2, *"abcdefgh")]
    return SearchResponse(
        passages=[
            ScoredPassage(
                passage=passage(),
                dense=0.8,
                sparse=4.0,
                matches=[Span(start=3, end=8)],
                sentence=Span(start=0, end=40),
            ),
            ScoredPassage(passage=passage(version(title=LONG_WORD * 2)), sparse=1.0),
        ],
        found=124,
        total=12_040,
        next="" if request.cursor else "abc",
        facets=[Facet(field="collection", counts=counts)],
        understanding=Understanding(
            corrections=[Understanding.Correction(written="alttan", meant="altan")],
            expansions=[Understanding.Expansion(word="dagis", words=[LONG_WORD * 2])],
            phrases=["1,2 meter"],
            words_only=True,
        ),
    )


def full_script(gateway) -> None:
    """Something to show on every page."""
    script = gateway.script
    script.search = found
    script.neighbours = [script.passage()]
    script.passages = [ScoredPassage(passage=script.passage(), score=0.9, dense=0.8)]
    opened = script.leaf(
        "review.opened",
        outcome="review",
        gate={"verdict": "review", "rule_id": "granska-3", "legal_basis": "FL 28 §", "rules": "sha256:" + "ab" * 32},
        citations=[{"document": "altan", "version": "altan".ljust(64, "0"), "number": 1}],
    )
    script.records.append(Record(id="r4", index=14, leaf=opened))
    script.reviews = [Review(decision_id=DECISION, state="approved", text="Ja, så är det.")]


# The others are looked at in tests/e2e/faces: these show what only a script can make a search tell, or are long.
PAGES = [
    ("", "/api?lang=en"),
    ("", "/api?lang=sv"),
    ("", "/api/reference"),
    ("", "/api/reference/reviews"),
    ("", "/api/problems"),
    ("caseworker", "/search"),
    ("caseworker", "/search?q=alttan&collections=bygg&dated_from=2026-01-01"),
    ("caseworker", "/search?q=alttan&cursor=abc&page=2"),
    ("caseworker", "/passages/p1/neighbours?q=altan"),
    ("caseworker", "/passages/p1/similar?q=altan"),
]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)])
async def test_no_page_has_an_accessibility_violation_or_overflows(gateway, browser, scheme, width):
    full_script(gateway)
    await gateway.put_document()
    pages = {
        role: await page_of(gateway, browser, role, color_scheme=scheme, viewport={"width": width, "height": 800})
        for role in ("", "caseworker")
    }
    found = []
    for role, path in PAGES:
        page = pages[role]
        await page.goto(path)
        found += [(path, each) for each in await faults(page, width)]
    await pages[""].goto("/?lang=sv")
    await ask(pages[""], f"Vad är {LONG_WORD * 3}?")
    found += [("answer", each) for each in await violations(pages[""])]

    assert found == []
    assert [each for page in pages.values() for each in page.complaints if "404" not in each] == []


async def ask(page: Page, question: str) -> None:
    await page.get_by_label("Din fråga").fill(question)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Källor")).to_be_visible()


async def test_an_answer_arrives_sentence_by_sentence_and_is_announced(gateway, browser):
    go_on = asyncio.Event()
    events = list(gateway.script.events)

    async def slowly(_request):
        yield events[0]
        yield events[1]
        await go_on.wait()
        for each in events[2:]:
            yield each

    gateway.script.answer = slowly
    page = await page_of(gateway, browser)
    await page.goto("/")
    await page.get_by_label("Din fråga").fill("Behöver jag bygglov för en altan?")
    await page.get_by_role("button", name="Fråga").click()

    live = page.locator("[aria-live=polite]")
    await expect(page.locator(".answer")).to_have_text("En altan i markhöjd kräver inte bygglov. [1]")
    await expect(live).to_contain_text("En altan i markhöjd")
    go_on.set()
    await expect(page.locator(".sources li")).to_have_count(2)
    await expect(live).to_contain_text("Är den högre än 1,2 meter")
    await expect(page.get_by_label("Din fråga")).to_have_value("")
    assert page.complaints == []


async def test_a_second_question_brings_the_first_along(gateway, browser):
    page = await page_of(gateway, browser)
    await page.goto("/")
    await ask(page, "Behöver jag bygglov för en altan?")
    await page.get_by_label("Din fråga").fill("Och ett plank?")
    await page.keyboard.press("Enter")
    await expect(page.locator("article.turn .sources")).to_have_count(2)

    messages = [(each.role, each.content) for each in gateway.script.asked[-1].messages]
    assert messages[0] == ("user", "Behöver jag bygglov för en altan?")
    assert messages[1][0] == "assistant"
    assert messages[2] == ("user", "Och ett plank?")


async def test_a_failure_is_told_and_the_question_is_kept(gateway, browser):
    gateway.script.error = Unavailable("audit.unavailable", "Beslutsloggen går inte att skriva till.")
    page = await page_of(gateway, browser)
    await page.goto("/")
    await page.get_by_label("Din fråga").fill("Altan?")
    await page.keyboard.press("Enter")

    await expect(page.locator(".problem")).to_contain_text("Beslutsloggen går inte att skriva till.")
    await expect(page.get_by_label("Din fråga")).to_have_value("Altan?")


async def test_without_scripts_the_answer_comes_too(gateway, browser):
    page = await page_of(gateway, browser, java_script_enabled=False)
    await page.goto("/")
    await page.get_by_label("Din fråga").fill("Altan?")
    await page.get_by_role("button", name="Fråga").click()

    await expect(page.locator(".sources li")).to_have_count(2)


async def test_a_source_opens_with_the_cited_words_in_yellow_and_in_view(gateway, browser):
    await gateway.put_document()
    page = await page_of(gateway, browser)
    await page.goto("/")
    await ask(page, "Altan?")
    await page.get_by_role("link", name="Bygglov – altan och trädäck").first.click()

    mark = page.locator("mark")
    await expect(mark).to_have_text("En altan i markhöjd kräver inte bygglov.")
    await expect(mark).to_be_in_viewport()
    assert await mark.evaluate("each => getComputedStyle(each).backgroundColor") == "rgb(242, 193, 78)"


async def test_the_first_tab_skips_to_the_content(gateway, browser):
    page = await page_of(gateway, browser)
    await page.goto("/")
    await page.keyboard.press("Tab")

    await expect(page.get_by_role("link", name="Hoppa till innehållet")).to_be_focused()
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.id") == "main"


async def test_nothing_is_loaded_from_elsewhere(gateway, browser):
    page = await page_of(gateway, browser)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto("/")
    await ask(page, "Altan?")

    assert asked
    assert [url for url in asked if not url.startswith(gateway.url)] == []


async def test_a_caseworker_searches_narrows_and_looks_around_by_keyboard(gateway, browser):
    full_script(gateway)
    page = await page_of(gateway, browser, "caseworker", java_script_enabled=False)
    await page.goto("/search")
    await page.get_by_label("Sök med egna ord").fill("alttan")
    await page.keyboard.press("Enter")

    await page.get_by_role("link", name="bygg 7").press("Enter")
    await expect(page.get_by_role("link", name="Ta bort Samling: bygg")).to_be_visible()
    await page.get_by_role("link", name="Visa mer runt stycket").first.press("Enter")
    await page.get_by_role("link", name="Tillbaka till sökningen").press("Enter")

    await expect(page.get_by_label("Sök med egna ord")).to_have_value("alttan")
    await expect(page.get_by_role("link", name="Ta bort Samling: bygg")).to_be_visible()


@pytest.mark.parametrize(("width", "folded"), [(1280, False), (320, True)])
async def test_what_narrows_a_search_stands_beside_it_and_folds_where_there_is_no_room(gateway, browser, width, folded):
    full_script(gateway)
    page = await page_of(gateway, browser, "caseworker", viewport={"width": width, "height": 800})
    await page.goto("/search?q=altan")
    choice, fold = page.get_by_role("link", name="bygg 7"), page.locator(".narrow-down > summary")

    await expect(choice).to_be_visible(visible=not folded)
    await expect(fold).to_be_visible(visible=folded)
    if folded:
        await fold.press("Enter")
        assert await violations(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth") == width
    await choice.click()
    await expect(page.get_by_role("link", name="Ta bort Samling: bygg")).to_be_visible()
