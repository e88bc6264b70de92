"""Accounts in a real browser: from the invitation over codes and a passkey to the step-up, accessible all the way."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pyotp
import pytest
from playwright.async_api import Page, expect

from tests.browser import faults, needs_chromium
from tests.integration.gateway.signin.people import PASSWORD, person
from tests.integration.gateway.signin.store import age_sessions
from tests.integration.gateway.signin.test_second_factor import demand
from tests.integration.gateway.test_pages_in_browser import LONG_WORD, page_of

pytestmark = needs_chromium

NEW = f"{LONG_WORD}@exempelby.se"


class Walk:
    """A page whose every state is looked at: for accessibility, overflow and complaints."""

    def __init__(self, page: Page, width: int) -> None:
        self.page = page
        self.width = width
        self.found: list[tuple] = []
        self._kept = os.environ.get("ALLMANNING_SCREENSHOTS", "")

    async def look(self, name: str, heading: str = "") -> None:
        if heading:
            await expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)
        self.found += [(name, each) for each in await faults(self.page, self.width)]
        if self._kept:
            await self.page.screenshot(path=Path(self._kept) / f"{name}-{self.width}.png", full_page=True)


async def virtual_authenticator(page: Page) -> None:
    """A phone's or computer's own authenticator, whose person always agrees."""
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


async def sign_in(page: Page, name: str) -> None:
    await page.goto("/signin")
    await page.get_by_label("Användarnamn").fill(name)
    await page.get_by_label("Lösenord").fill(PASSWORD)
    await page.get_by_role("button", name="Logga in", exact=True).first.click()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
async def test_a_person_is_invited_secures_their_account_and_comes_back_with_a_passkey(
    gateway, browser, scheme, width
) -> None:
    gateway.url = gateway.url.replace("127.0.0.1", "localhost")
    person(gateway)
    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 800}}
    admin = Walk(await page_of(gateway, browser, **options), width)
    page = admin.page
    await page.goto("/signin")
    await admin.look("signin")
    await sign_in(page, "fel")
    await expect(page.get_by_role("alert").first).to_contain_text("stämmer inte")
    await admin.look("signin-wrong")
    await sign_in(page, "anna@exempelby.se")
    await page.goto("/admin/users")
    await page.get_by_text("Lägg till en användare").click()
    await page.get_by_label("Användarnamn").fill(NEW)
    await page.get_by_label("Roll").select_option("admin")
    await admin.look("users-new")
    await page.get_by_role("button", name="Skapa och visa inbjudan").click()
    link = await page.get_by_label("Länk").input_value()
    await admin.look("invitation-link", f"Inbjudan till {NEW}")
    await page.goto("/admin/users")
    await admin.look("users")
    await page.get_by_role("link", name=NEW).click()
    await admin.look("user", f"{NEW}")

    walk = Walk(await page_of(gateway, browser, **options), width)
    page = walk.page
    await virtual_authenticator(page)
    await page.goto(link)
    await walk.look("invitation")
    await page.get_by_label("Nytt lösenord").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/admin")
    await page.goto("/account/codes")
    await expect(page.locator(".qr")).to_have_js_property("complete", value=True)
    assert await page.locator(".qr").evaluate("each => each.naturalWidth") > 100
    await walk.look("codes")
    secret = (await page.locator(".secret").inner_text()).replace(" ", "")
    await page.get_by_label("Kod", exact=True).fill(pyotp.TOTP(secret).now())
    await page.keyboard.press("Enter")
    await walk.look("recovery", "Dina reservkoder")
    paper = await page.locator(".codes code").first.inner_text()

    await page.goto("/account/passkey")
    await page.get_by_label("Vad ska den heta här?").fill("Min telefon")
    await walk.look("passkey-new")
    await page.get_by_role("button", name="Lägg till").click()
    await expect(page.get_by_role("status")).to_contain_text("tillagd")
    await walk.look("account")

    await page.get_by_role("button", name="Logga ut", exact=True).first.click()
    await sign_in(page, NEW)
    await walk.look("code", "Ange koden")
    await page.get_by_label("Kod", exact=True).fill(paper)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/admin")

    await page.get_by_role("button", name="Logga ut", exact=True).first.click()
    await page.goto("/signin?next_path=/admin/keys")
    await page.get_by_role("button", name="Använd passernyckel").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("API-nycklar")

    # A tab left open: too long for what can't be undone, and in the end for anything.
    label = f"Diariet {LONG_WORD} <b>&"
    for age_s, name, heading in ((700, "again", "Bekräfta att det är du"), (3_700, "over", "Logga in")):
        await page.goto("/admin/keys")
        await page.locator("details.add").evaluate("each => { each.open = true; }")
        await page.get_by_label("Vad är den till för?").fill(label)
        age_sessions(gateway.data_dir, by_s=age_s)
        await page.get_by_role("button", name="Skapa och visa nyckeln").click()
        await walk.look(name, heading)
        await page.get_by_role("button", name="Använd passernyckel").click()
        await page.wait_for_url("**/signin/form")
        await walk.look("form", "Det du skrev finns kvar")
        await expect(page.locator(".typed")).to_contain_text(label)
        await page.get_by_role("button", name="Skicka").click()
        await expect(page.get_by_label("Nyckel", exact=True)).to_have_value(re.compile("^alm_"))
    await walk.look("key", f"Ny nyckel: {label}")
    await page.goto("/admin/keys")
    await walk.look("keys")
    await expect(page.locator("tbody tr")).to_have_count(2)

    assert admin.found + walk.found == []
    assert [each for each in admin.page.complaints + page.complaints if "401" not in each] == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
async def test_whoever_must_have_a_second_factor_sets_it_up_and_goes_on(gateway, browser, scheme, width) -> None:
    gateway.url = gateway.url.replace("127.0.0.1", "localhost")
    demand(gateway, "admin")
    person(gateway)
    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 800}}
    walk = Walk(await page_of(gateway, browser, **options), width)
    page = walk.page
    await virtual_authenticator(page)
    await page.goto("/admin/keys")
    await page.get_by_label("Användarnamn").fill("anna@exempelby.se")
    await page.get_by_label("Lösenord").fill(PASSWORD)
    await page.get_by_role("button", name="Logga in", exact=True).first.click()
    await walk.look("second-factor", "Skydda ditt konto")
    await expect(page.get_by_role("navigation")).to_have_count(0)
    await page.get_by_role("link", name="Slå på engångskoder").click()
    await walk.look("second-factor-codes", "Slå på engångskoder")
    await page.get_by_role("link", name="Avbryt").click()
    await page.get_by_role("link", name="Lägg till en passernyckel").click()
    await page.get_by_label("Vad ska den heta här?").fill("Min telefon")
    await page.get_by_role("button", name="Lägg till").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("API-nycklar")

    await page.get_by_role("button", name="Logga ut", exact=True).first.click()
    await sign_in(page, "anna@exempelby.se")
    await expect(page.get_by_role("alert").first).to_contain_text("passernyckel")
    await walk.look("signin-passkey-needed", "Logga in")
    await page.get_by_role("button", name="Använd passernyckel").click()
    await page.wait_for_url("**/admin")

    assert walk.found == []
    assert [each for each in page.complaints if "401" not in each] == []
