"""Search as the daily tool: instant, with the original beside it, by keyboard alone, kept, shared and reported."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from allmanning.contracts.passage.v1.passage_pb import ScoredPassage, Span
from allmanning.contracts.retrieve.v1.retrieve_pb import SearchResponse
from allmanning.runtime.errors import Unavailable
from tests.browser import faults, needs_chromium, violations
from tests.integration.gateway.said import QUOTE, passage, version
from tests.integration.gateway.test_pages_in_browser import LONG_WORD, page_of

pytestmark = needs_chromium

WIDE = {"width": 1280, "height": 900}


@pytest.fixture
async def library(gateway):
    """Passages of two documents, for whatever is asked; a third for whoever asks for a fence."""
    for name in ("altan", "plank", "mur"):
        # The second is a PDF, shown as a picture of its page.
        await gateway.put_document(name, title=f"Om {name}", media_type=kind(name))

    def answer(request) -> SearchResponse:
        names = ("mur",) if "mur" in request.query else ("altan", "plank")
        described = [
            version(name, version=name.ljust(64, "0"), title=f"Om {name}", media_type=kind(name)) for name in names
        ]
        found = [
            ScoredPassage(passage=passage(each, f"p-{each.id}"), dense=0.8, sparse=4.0, sentence=Span(end=len(QUOTE)))
            for each in described
        ]
        return SearchResponse(passages=found, found=len(found), total=1_204)

    gateway.script.search = answer
    return gateway


def kind(name: str) -> str:
    return "application/pdf" if name == "plank" else "text/html"


async def test_finding_and_looking_at_the_original_by_keyboard_alone(library, browser, shots):
    page = await page_of(library, browser, "caseworker", viewport=WIDE)
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.goto("/search")
    await page.keyboard.press("/")
    await expect(page.get_by_label("Sök med egna ord")).to_be_focused()
    await page.keyboard.type("altan")
    await expect(page.locator(".results h3")).to_have_text(["Om altan", "Om plank"])
    await expect(page).to_have_url(f"{library.url}/search?q=altan")
    beside = page.get_by_role("region", name="Originalet")
    await expect(beside.locator("mark")).to_have_text(QUOTE)

    await page.keyboard.press("Tab")
    await page.keyboard.press("j")
    await expect(page.get_by_role("link", name="Om altan").first).to_be_focused()
    await page.keyboard.press("j")
    await expect(beside.get_by_role("heading", name="Om plank")).to_be_visible()
    await expect(beside.get_by_role("img")).to_be_visible()
    await page.screenshot(path=shots / "search.png")
    assert await violations(page) == []
    await page.keyboard.press("c")
    await expect(page.get_by_text("Kopierat med källa.")).to_be_visible()
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"”{QUOTE}” (Om plank, När behövs bygglov, s. 4")
    assert f"{library.url}/documents/plank?" in copied
    await page.keyboard.press("k")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/documents/altan?**")
    assert [each for each in page.complaints if "500" not in each] == []


async def test_keys_can_be_turned_off_and_stay_off(library, browser):
    page = await page_of(library, browser, "caseworker", viewport=WIDE)
    await page.goto("/search?q=altan")
    await page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Kortkommandon")
    await expect(dialog).to_be_visible()
    assert await violations(page) == []
    await dialog.get_by_role("checkbox").uncheck()
    await page.keyboard.press("Escape")
    await page.reload()
    await page.keyboard.press("?")
    await page.keyboard.press("/")
    await expect(dialog).to_be_hidden()
    await expect(page.get_by_label("Sök med egna ord")).not_to_be_focused()


async def test_the_newest_search_wins_and_a_failure_is_told(library, browser):
    page = await page_of(library, browser, "caseworker", viewport=WIDE)
    await page.goto("/search?q=altan")
    field = page.get_by_label("Sök med egna ord")
    await field.press_sequentially(" mur", delay=5)
    await expect(page.locator(".results h3")).to_have_text(["Om mur"])
    await page.go_back()
    library.script.error = Unavailable("retrieve.unavailable", "Sökningen svarar inte.")
    await page.goto("/search?q=altan")
    await expect(page.get_by_role("alert")).to_contain_text("Sökningen svarar inte.")
    library.script.error = None
    await field.fill("mur")
    await expect(page.locator(".results h3")).to_have_text(["Om mur"])
    await page.context.set_offline(True)
    await field.fill("altan")
    await expect(page.locator("#state")).to_contain_text("Ingen kontakt med tjänsten.")
    await page.context.set_offline(False)


async def test_a_search_is_saved_shared_found_again_and_removed(library, browser):
    page = await page_of(library, browser, "caseworker", viewport=WIDE)
    other = await page_of(library, browser, "caseworker", viewport=WIDE)
    await page.goto("/search?q=altan&collections=bygg&page=2&cursor=x")
    await page.keyboard.press("s")
    await page.get_by_label("Namn").fill(f"Altaner {LONG_WORD}")
    await page.get_by_label("Dela med alla som arbetar här").check()
    await page.get_by_role("button", name="Spara", exact=True).click()
    await expect(page.get_by_text("Sökningen är sparad.")).to_be_visible()

    await other.goto("/search")
    await expect(other.get_by_text("delad av en kollega")).to_be_visible()
    await other.get_by_role("link", name="Altaner").click()
    await expect(other).to_have_url(f"{library.url}/search?q=altan&collections=bygg")
    await page.goto("/search")
    assert await violations(page) == []
    await page.get_by_role("button", name="Altaner").click()
    await expect(page.get_by_text("Inga än.")).to_be_visible()
    await other.goto("/search")
    await expect(other.get_by_text("Inga än.")).to_be_visible()


async def test_what_is_wrong_is_told_to_the_documents_owner_and_nobody_else(library, browser):
    await library.put_document("altan", owner_unit="bygg")
    page = await page_of(library, browser, "caseworker", java_script_enabled=False)
    await page.goto("/search?q=altan")
    await page.get_by_role("link", name="Rapportera fel").first.click()
    await expect(page.locator("blockquote")).to_have_text(QUOTE)
    await expect(page.get_by_text("går till dokumentets ägare, bygg")).to_be_visible()
    await page.get_by_label("Det gäller inte längre").check()
    await page.get_by_label("Berätta mer, om du kan").fill("Gränsen höjdes i mars.")
    await page.get_by_role("button", name="Skicka till ägaren").click()
    await expect(page.get_by_text("Anmälan har gått till dokumentets ägare.")).to_be_visible()

    async with library.client("caseworker", unit="bygg") as owner, library.client("caseworker") as stranger:
        [told] = (await owner.get("/v1/reports")).json()["reports"]
        assert (told["document"], told["kind"], told["quote"]) == ("altan", "outdated", QUOTE)
        assert (await stranger.get("/v1/reports")).json() == {"reports": []}
        assert (await stranger.post(f"/v1/reports/{told['id']}/settle", json={})).status_code == 404
        assert (await owner.post(f"/v1/reports/{told['id']}/settle", json={"answer": "Rättat."})).status_code == 204
        assert (await owner.get("/v1/reports")).json() == {"reports": []}
        [settled] = (await owner.get("/v1/reports?settled=true")).json()["reports"]
        assert settled["answer"] == "Rättat."


@pytest.mark.parametrize("scripts", [True, False])
async def test_an_answer_is_drafted_only_when_asked_for_with_its_sources_on_top(library, browser, shots, scripts):
    page = await page_of(library, browser, "caseworker", viewport=WIDE, java_script_enabled=scripts)
    await page.goto("/search?q=altan&collections=bygg")
    assert not [each for each in library.script.asked if hasattr(each, "messages")]
    await page.get_by_role("button", name="Skriv ett svar ur träffarna").click()
    draft = page.get_by_role("article", name="Utkast till svar")
    await expect(draft.locator(".sources li")).to_have_count(2)
    await expect(draft).to_contain_text("En altan i markhöjd kräver inte bygglov.")
    await expect(draft.get_by_role("link", name="Tillför akten")).to_be_visible()
    [asked] = [each for each in library.script.asked if hasattr(each, "messages")]
    assert (asked.messages[-1].content, asked.collections) == ("altan", ["bygg"])
    if scripts:
        await expect(draft.get_by_role("button", name="Kopiera med källor")).to_be_visible()
        await page.screenshot(path=shots / "search-draft.png", full_page=True)
        assert await violations(page) == []
    await page.goto("/search?q=altan&as_of=2024-01-01")
    assert await page.get_by_role("button", name="Skriv ett svar ur träffarna").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_on_a_phone_the_original_opens_in_place(library, browser, shots, scheme):
    page = await page_of(library, browser, "caseworker", color_scheme=scheme, viewport={"width": 320, "height": 800})
    await page.goto("/search?q=altan")
    await page.get_by_role("link", name="Om altan").first.click()
    await expect(page.locator(".inside mark")).to_have_text(QUOTE)
    assert await faults(page, 320) == []
    await page.screenshot(path=shots / f"search-320-{scheme}.png", full_page=True)
    await page.goto("/search/report/altan?start=39&end=79&authority=exempelby")
    assert await faults(page, 320) == []
