"""Uploading and publishing with the keys alone: Tab, arrows, Enter and letters, and never a mouse."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser import needs_chromium, visit
from tests.e2e.pages.test_admin import CONDITIONS, DOCUMENT, FIELDS

AUTHORITY = "tangentby"
# More than stand on any page before its last field.
MOST_TABS = 150

pytestmark = needs_chromium


async def reach(page: Page, wanted: Locator) -> None:
    """Go on with Tab until it has the focus, which shows."""
    for _ in range(MOST_TABS):
        if await wanted.evaluate("each => each === document.activeElement"):
            outline = await wanted.evaluate("each => getComputedStyle(each).outlineStyle")
            assert outline != "none", await wanted.evaluate("each => each.outerHTML")
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"Tab never comes to {wanted} on {page.url}")


async def press(page: Page, name: str) -> None:
    await reach(page, page.get_by_role("button", name=name, exact=True).first)
    await page.keyboard.press("Enter")
    await page.wait_for_load_state()


async def write(page: Page, field: Locator, text: str) -> None:
    await reach(page, field)
    if await field.get_attribute("type") == "date":
        year, month, day = text.split("-")
        # As the browser of the tests has it: the month first.
        await page.keyboard.type(f"{month}{day}{year}")
    else:
        await page.keyboard.press("Control+A")
        await page.keyboard.insert_text(text)
    await expect(field).to_have_value(text)


async def choose(page: Page, field: Locator, value: str) -> None:
    """In a list, from its beginning on."""
    await reach(page, field)
    await page.keyboard.press("Home")
    for _ in range(await field.locator("option").count()):
        if await field.input_value() == value:
            return
        await page.keyboard.press("ArrowDown")
    raise AssertionError(f"{value} is not in the list")


@pytest.mark.timeout(240)
async def test_an_administrator_uploads_and_two_publish_a_rule_by_keyboard(demo, browser):
    first = await visit(browser, demo.url, demo.key(AUTHORITY, "admin"))
    await upload(first)
    proposal = await propose(first)
    second = await visit(browser, demo.url, demo.key(AUTHORITY, "admin"))
    await second.goto(proposal)
    await write(second, second.get_by_label("Varför"), "Granskat.")
    await press(second, "Godkänn")
    await expect(second.get_by_text("Gäller nu")).to_be_visible()
    assert first.complaints == second.complaints == []


async def upload(page: Page) -> None:
    await page.goto("/admin/documents")
    files = page.get_by_label("Filer")
    await reach(page, files)
    async with page.expect_file_chooser() as chosen:
        await page.keyboard.press("Enter")
    file = {"name": "ladan.md", "mimeType": "text/markdown", "buffer": DOCUMENT.encode()}
    await (await chosen.value).set_files(file)  # type: ignore[arg-type]
    await choose(page, page.get_by_label("Sekretess"), "open")
    await press(page, "Läs in")
    await expect(page.locator("td .state.indexed")).to_be_visible(timeout=30_000)


async def propose(page: Page) -> str:
    """Write a table of one rule; returns the address of the proposal."""
    await page.goto("/admin/rules/edit")
    await press(page, "Lägg till en regel")
    for label, value in FIELDS.items():
        field = page.get_by_label(label, exact=True)
        if await field.evaluate("each => each.tagName") == "SELECT":
            await choose(page, field, value)
        else:
            await write(page, field, value)
    for number, (column, value) in enumerate(CONDITIONS.items(), start=1):
        if number > 1:
            await press(page, "Lägg till ett villkor")
        await choose(page, page.get_by_label(f"Villkor {number}, kolumn"), column)
        await write(page, page.get_by_label(f"Villkor {number}, värde"), value)
    case = ", ".join(f"{column}: {value}" for column, value in CONDITIONS.items())
    await write(page, page.get_by_label("Fall som regeln ska avgöra"), case)
    await expect(page.locator("#verdict")).to_contain_text("Tabellen går att föreslå.")
    await write(page, page.get_by_role("textbox", name="Varför"), "Vi vill se dem först.")
    await press(page, "Föreslå tabellen")
    await page.wait_for_url("**/admin/rules/versions/*")
    proposal = page.url
    await press(page, "Räkna ut")
    await expect(page.get_by_role("button", name="Godkänn", exact=True)).to_be_visible(timeout=30_000)
    return proposal
