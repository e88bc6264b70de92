"""The main task of each face with JavaScript switched off: nothing but pages, links and forms."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.browser import needs_chromium
from tests.e2e.pages.test_admin import CONDITIONS, DOCUMENT, FIELDS

AUTHORITY = "skriptlosby"
QUESTION = "Vad kostar det att hyra Ladan?"
WHY = "Stämmer med taxan."

pytestmark = needs_chromium


class Plain:
    """Somebody whose browser runs no scripts, signed in as a person does it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @classmethod
    async def of(cls, browser: Browser, url: str, key: str = "") -> Plain:
        context = await browser.new_context(base_url=url, locale="sv-SE", java_script_enabled=False)
        context.set_default_timeout(20_000)
        page = await context.new_page()
        if key:
            await page.goto("/signin")
            # Where somebody has an account, keys come second.
            if await (other := page.get_by_text("Logga in med en API-nyckel")).count():
                await other.click()
            await page.get_by_label("Din nyckel").fill(key)
            await page.get_by_label("Din nyckel").press("Enter")
            await expect(page.get_by_role("button", name="Logga ut")).to_be_attached()
        return cls(page)

    async def press(self, name: str, within: Locator | None = None) -> None:
        await (within or self.page).get_by_role("button", name=name, exact=True).first.click()

    async def until(self, wanted: str) -> None:
        """Load the page again until it shows this: without scripts nothing comes by itself."""
        for _ in range(60):
            if await self.page.locator(wanted).count():
                return
            await self.page.wait_for_timeout(500)
            await self.page.reload()
        raise AssertionError(f"{self.page.url} never showed {wanted}")


@pytest.mark.timeout(240)
async def test_every_main_task_is_done_without_scripts(demo, browser):
    admins = [await Plain.of(browser, demo.url, demo.key(AUTHORITY, "admin")) for _ in range(2)]
    citizen = await Plain.of(browser, demo.url)
    caseworker = await Plain.of(browser, demo.url, demo.key(AUTHORITY, "caseworker"))
    auditor = await Plain.of(browser, demo.url, demo.key(AUTHORITY, "auditor"))

    await read_an_answer_and_its_source(await Plain.of(browser, demo.url))
    await upload(admins[0])
    await find_and_open(caseworker)
    record = await ask_what_waits(citizen)
    await approve(caseworker)
    await citizen.page.goto(record)
    await citizen.until("text=350 kronor")
    await prove(auditor)
    await publish(*admins)
    await admins[0].press("Logga ut")
    await admins[0].page.goto("/admin")
    await expect(admins[0].page).to_have_url(re.compile(r"/signin\?next_path=%2Fadmin$"))


async def read_an_answer_and_its_source(citizen: Plain) -> None:
    page = citizen.page
    await page.goto("/?authority=exempelby")
    await page.get_by_label("Din fråga").fill("Hur hög får en altan vara utan bygglov?")
    await citizen.press("Fråga")
    answer = await page.locator("#svar .answer").inner_text()
    async with page.context.expect_page() as opened:
        await page.get_by_role("link", name="Altan").first.click()
    mark = (await opened.value).locator("#citat")
    await expect(mark).to_be_in_viewport()
    assert " ".join((await mark.inner_text()).split()) in " ".join(answer.split())
    # The conversation stands where it stood, for the next question or a person.
    await citizen.press("Prata med en människa")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("människa")


async def upload(admin: Plain) -> None:
    page = admin.page
    await page.goto("/admin/documents")
    file = {"name": "ladan.md", "mimeType": "text/markdown", "buffer": DOCUMENT.encode()}
    await page.get_by_label("Filer").set_input_files(file)
    await page.get_by_label("Sekretess").select_option("open")
    await admin.press("Läs in")
    await expect(page.get_by_text("Ur inläsningen")).to_be_visible()
    await admin.until("td .state.indexed")


async def find_and_open(caseworker: Plain) -> None:
    page = caseworker.page
    await page.goto("/search")
    await page.get_by_label("Sök med egna ord").fill("hyra Ladan")
    await caseworker.press("Sök")
    await page.locator(".results h3 a").first.click()
    await expect(page.locator("#citat")).to_be_in_viewport()


async def ask_what_waits(citizen: Plain) -> str:
    """Nothing is deployed there, so a person looks first; returns the address of the decision."""
    page = citizen.page
    await page.goto(f"/?authority={AUTHORITY}")
    await page.get_by_label("Din fråga").fill(QUESTION)
    await citizen.press("Fråga")
    record = await page.get_by_role("link", name="Hur vet ni det?").get_attribute("href")
    assert "350 kronor" not in await page.locator("#svar").inner_text()
    assert record
    return record


async def approve(caseworker: Plain) -> None:
    page = caseworker.page
    await page.goto("/review")
    await caseworker.until("button:has-text('Ta nästa ärende')")
    await caseworker.press("Ta nästa ärende")
    await expect(page.get_by_text(QUESTION)).to_be_visible()
    await page.get_by_label("Svaret", exact=True).fill("Det kostar 350 kronor per kväll.")
    await page.get_by_label("Skäl").fill(WHY)
    await caseworker.press("Godkänn det jag har skrivit")
    await expect(page.get_by_role("status").first).to_contain_text("Svaret lämnas ut")


async def prove(auditor: Plain) -> None:
    page = auditor.page
    await page.goto("/log")
    await page.get_by_role("link", name="Hitta", exact=True).click()
    await auditor.press("Sök")
    await page.locator('main a[href^="/log/0"]').first.click()
    await auditor.until("text=finns i den signerade loggen sedan")
    await expect(page.get_by_role("link", name="Hämta kvittot")).to_be_visible()
    await page.get_by_label("Varför behöver du se detta?").first.fill("Granskning")
    await auditor.press("Visa innehållet")
    await expect(page.get_by_text(QUESTION).first).to_be_visible()


async def publish(first: Plain, second: Plain) -> None:
    page = first.page
    await page.goto("/admin/rules/edit")
    await first.press("Lägg till en regel")
    for label, value in FIELDS.items():
        await page.get_by_label(label, exact=True).fill(value)
    for number, (column, value) in enumerate(CONDITIONS.items(), start=1):
        if number > 1:
            await first.press("Lägg till ett villkor")
        await page.get_by_label(f"Villkor {number}, kolumn").select_option(column)
        await page.get_by_label(f"Villkor {number}, värde").fill(value)
    case = ", ".join(f"{column}: {value}" for column, value in CONDITIONS.items())
    await page.get_by_label("Fall som regeln ska avgöra").fill(case)
    await first.press("Kontrollera")
    await expect(page.locator("#verdict")).to_contain_text("Tabellen går att föreslå.")
    await page.get_by_role("textbox", name="Varför").fill("Vi vill se dem först.")
    await first.press("Föreslå tabellen")
    await page.wait_for_url("**/admin/rules/versions/*")
    proposal = page.url
    await first.press("Räkna ut")
    await expect(page.get_by_role("button", name="Godkänn", exact=True)).to_be_visible(timeout=30_000)
    await second.page.goto(proposal)
    await second.page.get_by_label("Varför").fill("Granskat.")
    await second.press("Godkänn")
    await expect(second.page.get_by_text("Gäller nu")).to_be_visible()
