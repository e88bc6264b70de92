"""A real browser for tests of pages, and a place where what they looked like is kept."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# What passes need not be told, which takes most of the time.
_AXE: Final = """() => axe.run({ resultTypes: ["violations"] }).then(({ violations }) =>
  violations.map(({ id, nodes }) => `${id} ${nodes.slice(0, 3).map((each) => each.html.slice(0, 200))}`))"""
_AXE_SCRIPT: Final = Axe().axe_script

needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium on this machine (Debian: apt install chromium)"
)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """One for the test."""
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield opened
        await opened.close()


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    """Where screenshots of the main tasks are kept: `ALLMANNING_SCREENSHOTS`, or the test's own folder."""
    folder = Path(os.environ.get("ALLMANNING_SCREENSHOTS", tmp_path / "screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


async def violations(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.2 in the page as it is shown: each rule, and where."""
    if await page.evaluate("typeof axe === 'undefined'"):
        await page.evaluate(_AXE_SCRIPT)
    found: list[str] = await page.evaluate(_AXE)
    return found


async def faults(page: Page, width: int) -> list[str]:
    """What is inaccessible, or reaches beyond `width` pixels."""
    found = [f"{page.url} {each}" for each in await violations(page)]
    wide = await page.evaluate("document.documentElement.scrollWidth")
    return found if wide <= width else [*found, f"{page.url} is {wide} px wide"]


async def visit(browser: Browser, url: str, key: str = "", **options: object) -> Page:
    """A new visitor's page, signed in when a key is given; what goes wrong in it stands in `complaints`."""
    context = await browser.new_context(base_url=url, locale="sv-SE", **options)  # type: ignore[arg-type]
    context.set_default_timeout(20_000)
    page = await context.new_page()
    complaints: list[str] = []
    page.complaints = complaints  # type: ignore[attr-defined]
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    if key:
        await page.goto("/signin")
        # Where somebody has an account, keys come second.
        await page.locator("details.other").evaluate_all("all => all.forEach(each => { each.open = true; })")
        await page.get_by_label("Din nyckel").fill(key)
        await page.get_by_label("Din nyckel").press("Enter")
        await page.wait_for_url(lambda there: "/signin" not in there)
    return page
