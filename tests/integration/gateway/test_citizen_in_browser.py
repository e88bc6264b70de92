"""A citizen's conversation in a real browser: kept, heard out, broken off, too long, and light to load."""

from __future__ import annotations

from functools import partial

import pytest
from playwright.async_api import expect

from tests.browser import needs_chromium, violations
from tests.integration.gateway.asker_script import AskerScript
from tests.integration.gateway.test_pages_in_browser import LONG_WORD, ask, page_of

pytestmark = needs_chromium

# Of all that a page loads.
MOST_BYTES = 150_000


@pytest.fixture
async def audit(gateway) -> AskerScript:
    return await AskerScript().start(gateway)


async def test_ask_and_open_the_source_at_the_sentence_by_keyboard_and_come_back(gateway, browser, shots):
    await gateway.put_document()
    page = await page_of(gateway, browser)
    await page.goto("/")
    await page.get_by_label("Din fråga").press_sequentially("Behöver jag bygglov?")
    await page.keyboard.press("Enter")
    source = page.get_by_role("link", name="Bygglov – altan och trädäck").first
    await expect(source).to_be_visible()
    await page.screenshot(path=shots / "ask.png", full_page=True)
    await source.press("Enter")

    await expect(page.locator("mark")).to_have_text("En altan i markhöjd kräver inte bygglov.")
    await expect(page.locator("mark")).to_be_in_viewport()
    await page.screenshot(path=shots / "source.png")
    await page.go_back()
    await expect(page.locator("article.turn .sources li")).to_have_count(2)
    # What was kept goes along with the next question.
    await page.get_by_label("Din fråga").fill("Och ett plank?")
    await page.keyboard.press("Enter")
    await expect(page.locator("article.turn .sources")).to_have_count(2)
    assert gateway.script.asked[-1].messages[0].content == "Behöver jag bygglov?"
    await page.get_by_role("link", name="Börja om").click()
    await expect(page.locator("article.turn")).to_have_count(0)
    assert page.complaints == []


async def test_a_stream_that_breaks_says_so_and_can_be_asked_again(gateway, browser):
    events = list(gateway.script.events)

    async def broken(_request):
        yield events[0]
        yield events[1]
        raise RuntimeError("gone")

    gateway.script.answer = broken
    page = await page_of(gateway, browser)
    await page.goto("/")
    await page.get_by_label("Din fråga").fill("Altan?")
    await page.keyboard.press("Enter")
    again = page.get_by_role("button", name="Fråga igen")
    await expect(again).to_be_visible()
    await expect(page.locator(".broken")).to_contain_text("En altan i markhöjd")
    await expect(page.get_by_label("Din fråga")).to_have_value("Altan?")
    assert await violations(page) == []

    # Nobody answers at all.
    await page.route("**/?authority=*", lambda route: route.abort())
    await again.click()
    await expect(page.locator(".problem")).to_contain_text("Kontrollera din uppkoppling")
    await page.unroute_all()
    gateway.script.answer = None
    await page.get_by_role("button", name="Fråga igen").click()
    await expect(page.locator(".sources li")).to_have_count(2)
    await expect(page.locator(".problem")).to_have_count(0)


async def test_twenty_thousand_characters_are_told_of_before_they_are_sent(gateway, browser):
    page = await page_of(gateway, browser)
    await page.goto("/")
    await page.get_by_label("Din fråga").fill("å" * 20_000)
    await page.keyboard.press("Enter")

    await expect(page.locator("#too-long")).to_contain_text("20000 tecken")
    assert gateway.script.asked == []
    assert len(await page.get_by_label("Din fråga").input_value()) == 20_000
    assert await violations(page) == []


async def test_whether_it_helped_is_told_without_leaving_and_a_person_gets_the_conversation(gateway, browser, audit):
    page = await page_of(gateway, browser, viewport={"width": 320, "height": 700}, color_scheme="dark")
    await page.goto("/")
    await ask(page, f"Vad är {LONG_WORD * 2}?")
    await page.get_by_role("button", name="Nej").click()
    await page.get_by_label("Svaret är gammalt").check()
    assert await violations(page) == []
    await page.get_by_role("button", name="Skicka").click()
    await expect(page.locator(".thanks")).to_be_focused()

    await page.get_by_role("button", name="Prata med en människa").click()
    assert await violations(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") == 320
    await page.get_by_label("Telefon eller e-post").fill("070-174 06 05")
    await page.get_by_role("button", name="Skicka samtalet").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Vi har fått samtalet")
    assert [type(each).__name__ for each in audit.asked] == [*["RateAnswerRequest"] * 2, "RequestContactRequest"]

    await page.get_by_role("link", name="Tillbaka till samtalet").click()
    await page.get_by_role("button", name="Radera mitt samtal").click()
    assert await violations(page) == []
    await page.get_by_role("button", name="Radera bara i webbläsaren").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Samtalet är borta härifrån")
    assert await violations(page) == []
    await page.goto("/")
    await expect(page.locator("article.turn")).to_have_count(0)


async def test_a_page_is_light_and_waits_for_no_script(gateway, browser):
    await gateway.put_document()
    for path in ("/", "/om", "/documents/altan?start=39&end=79&authority=exempelby"):
        page, loaded = await page_of(gateway, browser), list[float]()
        cdp = await page.context.new_cdp_session(page)
        await cdp.send("Network.enable")
        cdp.on("Network.loadingFinished", partial(_note, loaded))
        await page.goto(path)
        await page.wait_for_load_state("networkidle")
        await page.evaluate("document.fonts.ready.then(() => true)")

        assert len(loaded) > 4, path
        assert sum(loaded) < MOST_BYTES, path
        assert await page.locator("script:not([type=module]):not([async]):not([defer])").count() == 0
        assert await page.evaluate("[...document.fonts].filter((each) => each.status === 'loaded').length") == 2
        await page.context.close()


def _note(loaded: list[float], done: dict[str, float]) -> None:
    loaded.append(done["encodedDataLength"])


# Stands in for the machine's voices: a Swedish one that sends the text away, and one that does not, in some language.
VOICES = """const said = [];
window.said = said;
class Utterance { constructor(text) { this.text = text; } }
window.SpeechSynthesisUtterance = Utterance;
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => [
    { lang: "sv-SE", localService: false, name: "far" },
    { lang: "LANG", localService: true, name: "near" },
  ],
  speak: (words) => said.push([words.text, words.lang, words.voice.name]),
  cancel: () => said.push("cancel"),
} });"""


@pytest.mark.parametrize("language", ["sv_SE", "fi-FI"])
async def test_an_answer_is_read_by_a_voice_of_the_machine_and_language_or_says_that_there_is_none(
    gateway, browser, language
):
    page = await page_of(gateway, browser)
    await page.add_init_script(VOICES.replace("LANG", language))
    await page.goto("/")
    await ask(page, "Altan?")
    await page.get_by_role("button", name="Lyssna").press("Enter")

    if language == "fi-FI":
        await expect(page.get_by_text("Det finns ingen röst för språket")).to_be_visible()
        assert await page.evaluate("said") == ["cancel"]
        assert await violations(page) == []
        return
    await page.get_by_role("button", name="Sluta läsa").press("Enter")
    await expect(page.get_by_role("button", name="Lyssna")).to_be_visible()
    first, (text, spoken_in, voice), last = await page.evaluate("said")
    assert (first, spoken_in, voice, last) == ("cancel", "sv", "near", "cancel")
    assert "[1]" not in text
    assert text.startswith("En altan i markhöjd kräver inte bygglov.")
    assert page.complaints == []
