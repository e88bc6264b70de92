"""What an administrator does, on the whole platform and in a real browser: a new authority from nothing to answers."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.browser import needs_chromium, violations, visit

AUTHORITY = "nybyn"
# The own rule: a registrar reads citizens' questions first.
CONDITIONS = {
    "skede": "fråga",
    "roll": "medborgare",
    "fara": "nej",
    "styrförsök": "nej",
    "vill ha människa": "nej",
    "eget ärende": "nej",
    "vill inte ha AI": "nej",
    "skyddad identitet": "nej",
}
FIELDS = {
    "Vad regeln säger": "Medborgares frågor läses av en registrator.",
    "Kompetens hos den som granskar": "registrator",
    "Handläggningstid, timmar": "4",
    "Besked till den som frågar": "review",
    "Ägare": "Stadsjuristen",
    "Gäller från": "2026-01-01",
    "Lag (SFS)": "2017:900",
    "Paragraf": "5",
    "Lydelse": "2018-07-01",
}
DOCUMENT = """# Hyra samlingslokal i Nybyn

## Vad det kostar

Att hyra samlingslokalen Ladan kostar 350 kronor per kväll. Föreningar i Nybyn betalar 120 kronor.
"""

pytestmark = needs_chromium


async def accessible(page: Page) -> None:
    """No violation as the page stands, and nothing beside it on a narrow screen."""
    assert await violations(page) == []
    await page.set_viewport_size({"width": 320, "height": 640})
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320, page.url
    await page.set_viewport_size({"width": 1280, "height": 900})


async def press(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name, exact=True).first.click()
    await page.wait_for_load_state()


async def test_a_new_authority_decides_uploads_and_answers(demo, browser, shots):
    first = await visit(browser, demo.url, demo.key(AUTHORITY, "admin"))
    second = await visit(browser, demo.url, demo.key(AUTHORITY, "admin"))

    for path in ("/admin/deployments", "/admin/sources", "/admin/sources/new", "/admin/collections", "/admin/synonyms"):
        await first.goto(path)
        await accessible(first)
    await first.goto("/admin/health")
    await expect(first.get_by_text("Allt fungerar.")).to_be_visible()
    await accessible(first)
    await first.goto("/admin/setup")
    await expect(first.get_by_text("extractive").first).to_be_visible()
    await accessible(first)

    await first.goto("/admin/deployments")
    await first.get_by_text("Föreslå ett beslut").click()
    await first.get_by_label("Diarienummer").fill("KS 2026-7")
    await first.get_by_label("Vem som ansvarar, namn och titel").fill("Kim Larsson, kommundirektör")
    await first.get_by_label("Var kvalitetssäkringen finns").fill("aktbilaga 3")
    await press(first, "Föreslå beslutet")
    await press(first, "Godkänn beslutet")
    await expect(first.locator(".problem")).to_be_visible()
    await second.goto("/admin/deployments")
    await press(second, "Godkänn beslutet")
    await expect(second.get_by_text("Gäller nu")).to_be_visible()
    await accessible(second)

    await first.goto("/admin/documents")
    await first.get_by_label("Filer").set_input_files(
        {"name": "ladan.md", "mimeType": "text/markdown", "buffer": DOCUMENT.encode()}
    )
    await first.get_by_label("Sekretess").select_option("open")
    await press(first, "Läs in")
    await expect(first.locator("td .state.indexed")).to_be_visible()
    await first.get_by_label("Del av namn eller adress").fill("LADAN")
    await press(first, "Sök")
    await expect(first.locator("td .state.indexed")).to_be_visible()
    await first.screenshot(path=shots / "upload.png", full_page=True)

    await first.goto("/")
    await first.get_by_label("Din fråga").fill("Vad kostar det att hyra Ladan?")
    await first.keyboard.press("Enter")
    await expect(first.locator("#svar .answer")).to_contain_text("350 kronor")
    await first.screenshot(path=shots / "upload-answer.png", full_page=True)


async def test_a_rule_is_written_tried_and_published_by_two(demo, browser, shots):
    first = await visit(browser, demo.url, demo.key(AUTHORITY, "admin"))
    second = await visit(browser, demo.url, demo.key(AUTHORITY, "admin"))

    await first.goto("/admin/rules/edit")
    await press(first, "Lägg till en regel")
    for label, value in FIELDS.items():
        await first.get_by_label(label, exact=True).fill(value)
    for number, (column, value) in enumerate(CONDITIONS.items(), start=1):
        if number > 1:
            await press(first, "Lägg till ett villkor")
        await first.get_by_label(f"Villkor {number}, kolumn").select_option(column)
        await first.get_by_label(f"Villkor {number}, värde").fill(value)
    case = first.get_by_label("Fall som regeln ska avgöra")
    await case.fill("skede: fråga, fara: ja")
    # As one types: nothing has been pressed.
    await expect(first.locator("#verdict")).to_contain_text("fel att rätta")
    await expect(first.locator("#faults-0")).to_contain_text("exempel")
    await accessible(first)
    await case.fill(", ".join(f"{column}: {value}" for column, value in CONDITIONS.items()))
    await expect(first.locator("#verdict")).to_contain_text("Tabellen går att föreslå.")
    await expect(first.get_by_text("Exemplen avgörs av regeln.")).to_be_visible()
    await first.get_by_role("textbox", name="Varför").fill("Vi vill se dem först.")
    await first.screenshot(path=shots / "rule.png", full_page=True)
    await press(first, "Föreslå tabellen")

    await press(first, "Räkna ut")
    await accessible(first)
    await first.get_by_label("Varför").fill("Granskat.")
    await press(first, "Godkänn")
    await expect(first.locator(".problem")).to_be_visible()
    # What was typed is still there.
    await expect(first.get_by_label("Varför")).to_have_value("Granskat.")
    await second.goto(first.url.removesuffix("/settle"))
    await second.get_by_label("Varför").fill("Granskat.")
    await second.screenshot(path=shots / "publish.png", full_page=True)
    await press(second, "Godkänn")
    await expect(second.get_by_text("Gäller nu")).to_be_visible()
    await second.goto("/admin/rules")
    await expect(second.get_by_role("table", name="Egna regler")).to_contain_text("registrator")
    await accessible(second)


async def test_the_rules_can_be_written_without_scripts(demo, browser):
    page = await visit(browser, demo.url, demo.key("utanskript", "admin"))
    context = await browser.new_context(
        base_url=demo.url, java_script_enabled=False, storage_state=await page.context.storage_state()
    )
    plain = await context.new_page()

    await plain.goto("/admin/rules/edit")
    await press(plain, "Lägg till en regel")
    await plain.get_by_label("Vad regeln säger").fill("En mening som inte får gå förlorad.")
    await press(plain, "Kontrollera")
    await expect(plain.locator("#faults-0")).to_contain_text("paragraf: är tom")
    await press(plain, "Visa som text (YAML)")
    assert "En mening som inte får gå förlorad." in await plain.get_by_label("Tabellen som text (YAML)").input_value()
    await plain.get_by_label("Tabellen som text (YAML)").fill("a: [ # trasig")
    await press(plain, "Kontrollera")
    await expect(plain.locator(".problem")).to_contain_text("ingen regeltabell")
    await expect(plain.get_by_label("Tabellen som text (YAML)")).to_have_value("a: [ # trasig")
