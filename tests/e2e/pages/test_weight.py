"""Every page of every face is light, loads nothing from elsewhere and waits for no script, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from fastapi.routing import iter_route_contexts
from playwright.async_api import Browser

from allmanning.gateway import pages
from allmanning.gateway.menu import MENU
from tests.browser import needs_chromium

MOST_BYTES: Final = 150_000
# Where each role begins; what is linked from there is opened too, one page of each kind.
STARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "": ("/", "/signin", "/api"),
    "caseworker": ("/search?q=bygglov+altan",),
    "auditor": ("/log", "/log/decisions"),
    "admin": ("/admin",),
}
LINKS: Final = "[...document.links].map(each => each.getAttribute('href'))"
BLOCKING: Final = """[...document.scripts].filter(each => !/json/.test(each.type)
  && !(each.src && (each.type === "module" || each.defer || each.async))).map(each => each.outerHTML)"""

pytestmark = needs_chromium


@dataclass
class Walk:
    """What was seen on the way: bytes by kind of page, and what should not be."""

    weights: dict[str, int] = field(default_factory=dict)
    elsewhere: list[str] = field(default_factory=list)
    blocking: list[str] = field(default_factory=list)
    unsafe: list[str] = field(default_factory=list)


def kinds() -> dict[str, re.Pattern[str]]:
    """The path of each page with a pattern that it matches; those without a name in them first."""
    read = {each.path for each in iter_route_contexts(pages.router.routes) if "GET" in (each.methods or ())}
    ordered = sorted(read, key=lambda path: (path.count("{"), path))
    return {path: re.compile(re.sub(r"{\w+(:path)?}", r"[^/]+", path)) for path in ordered}


async def walked(walk: Walk, url: str, browser: Browser, key: str, starts: Sequence[str]) -> None:
    """Open pages from these on, until no link leads to another kind."""
    context = await browser.new_context(base_url=url, locale="sv-SE")
    if key:
        await context.request.post("/signin", form={"key": key}, headers={"Origin": url})
    page = await context.new_page()
    wire = await context.new_cdp_session(page)
    await wire.send("Network.enable")
    await wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    received: list[int] = []
    wire.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    page.on("request", lambda request: walk.elsewhere.append(request.url) if not request.url.startswith(url) else None)
    patterns, ahead = kinds(), [*starts]
    for path in ahead:
        kind = next((name for name, each in patterns.items() if each.fullmatch(re.split(r"[?#]", path)[0])), "")
        if not kind or kind in walk.weights:
            continue
        head = await context.request.get(path, max_redirects=0)
        # A page that sends on, such as to the sign-in, has no content.
        page_of_text = head.headers.get("content-type", "").startswith("text/html")
        shown = page_of_text and "content-disposition" not in head.headers
        if head.status != 200 or not shown:
            continue
        walk.unsafe += [path] if "unsafe" in head.headers["content-security-policy"] else []
        received.clear()
        await page.goto(path, wait_until="load")
        await page.evaluate("document.fonts.ready.then(() => true)")
        walk.weights[kind] = sum(received)
        walk.blocking += await page.evaluate(BLOCKING)
        ahead += [each for each in await page.evaluate(LINKS) if each.startswith("/")]
    await context.close()


async def test_every_page_is_light_and_whole_by_itself(demo, keys, browser):
    question = {"model": "allmanning", "messages": [{"role": "user", "content": "Hur hög får en altan vara?"}]}
    with demo.http(keys["citizen"]) as client:
        decision = client.post("/v1/chat/completions", json=question).json()["allmanning"]["decision_id"]
    walk = Walk()
    await walked(walk, demo.url, browser, "", [f"/decision/{decision}?authority=exempelby"])
    for role, starts in STARTS.items():
        await walked(walk, demo.url, browser, keys.get(role, ""), starts)

    in_menus = {each.path for entry in MENU for each in entry.pages()}
    by_name = {
        "/decision/{decision_id}",
        "/documents/{document_id}",
        "/admin/documents/{document_id}",
        "/log/{decision_id}",
    }
    assert (in_menus | by_name) - walk.weights.keys() == set()
    assert {kind: weight for kind, weight in walk.weights.items() if not 0 < weight < MOST_BYTES} == {}
    assert (walk.elsewhere, walk.blocking, walk.unsafe) == ([], [], [])
