"""How soon what is found stands on the page after the last key, and how much of the page jumps when it comes."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import Final

from playwright.sync_api import Page, sync_playwright

from tests.benchmark.pages.browser import CHROMIUM

# What somebody has found already, and what they go on to write.
QUERIES: Final = (
    ("bygglov", " altan"),
    ("förskola", " avgift"),
    ("färdtjänst", " resa"),
    ("serveringstillstånd", " uteservering"),
    ("avfall", " kärl"),
)
_WATCH: Final = """() => {
  const found = document.getElementById("found");
  window.seen = { pressed: 0, shown: 0, jumped: 0 };
  document.getElementById("q").addEventListener("input", () => (seen.pressed = performance.now()));
  new MutationObserver(() => {
    if (!found.querySelector(".results")) return;
    // The frame after the next one has it on the screen.
    requestAnimationFrame(() => requestAnimationFrame(() => (seen.shown = performance.now())));
  }).observe(found, { childList: true });
  new PerformanceObserver((list) => {
    for (const each of list.getEntries()) seen.jumped += each.value;
  }).observe({ type: "layout-shift" });
}"""


@dataclass(frozen=True)
class Typed:
    """Medians over the queries, ms; `jumped` is the worst layout shift (1: all of the view has moved by its height)."""

    shown_ms: float
    whole_page_ms: float
    jumped: float


def type_searches(url: str, cookie: str) -> Typed:
    """Search as one types, and by sending the form to a page without scripts."""
    name, _, value = cookie.partition("=")
    shown: list[float] = []
    whole: list[float] = []
    jumped: list[float] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--headless=new"])
        for scripts in (True, False):
            context = browser.new_context(
                base_url=url,
                bypass_csp=True,
                java_script_enabled=scripts,
                viewport={"width": 1280, "height": 900},
            )
            context.add_cookies([{"name": name, "value": value, "url": url}])
            page = context.new_page()
            for first, rest in QUERIES:
                if scripts:
                    _as_typed(page, first, rest, shown, jumped)
                else:
                    whole.append(_whole_page(page, first + rest))
            context.close()
        browser.close()
    return Typed(median(shown), median(whole), max(jumped))


def _as_typed(page: Page, first: str, rest: str, shown: list[float], jumped: list[float]) -> None:
    page.goto("/search", wait_until="networkidle")
    page.locator("#q").press_sequentially(first, delay=30)
    page.locator(".results").wait_for()
    page.wait_for_load_state("networkidle")
    page.evaluate(_WATCH)
    page.locator("#q").press_sequentially(rest, delay=30)
    page.wait_for_function("seen.shown > seen.pressed")
    shown.append(page.evaluate("seen.shown - seen.pressed"))
    page.wait_for_load_state("networkidle")
    jumped.append(page.evaluate("seen.jumped"))


def _whole_page(page: Page, query: str) -> float:
    page.goto("/search")
    page.locator("#q").fill(query)
    with page.expect_navigation(wait_until="load"):
        page.locator("#q").press("Enter")
    timing = page.context.new_cdp_session(page).send("Runtime.evaluate", {"expression": _LOADED, "returnByValue": True})
    return float(timing["result"]["value"])


_LOADED: Final = 'performance.getEntriesByType("navigation")[0].loadEventEnd || performance.now()'
