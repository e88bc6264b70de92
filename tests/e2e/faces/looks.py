"""What a page must be, whatever stands in it, in a browser that tells on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final, Literal

from playwright.async_api import APIResponse, Browser, BrowserContext, CDPSession, Page, Route

from tests.browser import violations
from tests.e2e.faces.hostile import WORKED_OUT

# Before anything of the page runs: what the policy stops is remembered.
_LISTEN: Final = """window.stopped = [];
document.addEventListener("securitypolicyviolation", (each) => stopped.push(each.violatedDirective));"""
_RAN: Final = """() => {
  const found = [...document.querySelectorAll("*")].filter((each) =>
    [...each.attributes].some((one) => one.name.startsWith("on"))
    || /^\\s*(javascript|data|vbscript):/i.test(each.getAttribute("href") || each.getAttribute("action") || "")
    || (each.tagName === "SCRIPT" && !each.src && !/json/.test(each.type))).map((each) => each.outerHTML.slice(0, 200));
  if (window.taken) found.push("a stored script ran");
  if (getComputedStyle(document.body).display === "none") found.push("a stored style was taken");
  return [...found, ...window.stopped];
}"""
_SHAPE: Final = """() => ({
  title: document.title,
  headings: [...document.querySelectorAll("h1")].length,
  lang: document.documentElement.lang,
  text: document.body.innerText,
})"""
_CONTROLS: Final = frozenset(
    {"button", "link", "textbox", "searchbox", "combobox", "listbox", "checkbox", "radio", "spinbutton", "slider"}
)


# What was recorded a moment ago may have to be sealed first.
MOST_RETURNS: Final = 30
SERVICE_UNAVAILABLE: Final = 503


@dataclass(frozen=True)
class View:
    """A screen, and whether its owner likes it dark."""

    scheme: Literal["light", "dark"]
    width: int


DESK: Final = View("light", 1280)
PHONE: Final = View("dark", 320)


@dataclass
class Looker:
    """A page of one asker's, and what was wrong in what it showed."""

    page: Page
    wire: CDPSession
    found: list[str] = field(default_factory=list)

    @classmethod
    async def of(cls, browser: Browser, url: str, session: str) -> Looker:
        context: BrowserContext = await browser.new_context(base_url=url, locale="sv-SE")
        context.set_default_timeout(15_000)
        if session:
            await context.add_cookies([{"name": "session", "value": session, "url": url}])
        await context.add_init_script(_LISTEN)
        page = await context.new_page()
        looker = cls(page, await context.new_cdp_session(page))
        page.on("dialog", lambda each: looker.found.append(f"a dialog: {each.message}"))
        page.on("pageerror", lambda error: looker.found.append(f"{page.url}: {error}"))
        page.on("request", lambda each: looker.found.append(each.url) if not each.url.startswith(url) else None)
        return looker

    async def got(self, address: str) -> APIResponse | None:
        """The answer to a GET, when it is a page."""
        return self._page_in(await self.page.context.request.get(address, max_redirects=0))

    async def sent(self, address: str, fields: Mapping[str, str]) -> APIResponse | None:
        """What a form leads to at once, when it is a page; who is told to come back in a moment comes back."""
        headers = {"Accept": "text/html", "Origin": address[: address.index("/", 8)]}
        for _ in range(MOST_RETURNS):
            made = await self.page.context.request.post(address, form=dict(fields), headers=headers, max_redirects=0)
            wait = made.headers.get("retry-after", "")
            if made.status != SERVICE_UNAVAILABLE or wait != "1":
                break
            await asyncio.sleep(int(wait))
        return self._page_in(made)

    def _page_in(self, made: APIResponse) -> APIResponse | None:
        """None for the way to another page, and for a file."""
        kind = made.headers.get("content-type", "")
        if made.status >= 500:
            self.found.append(f"{made.url}: {made.status}")
        is_page = made.status not in range(300, 400) and kind.startswith("text/html")
        return made if is_page and "content-disposition" not in made.headers else None

    async def open(self, made: APIResponse) -> None:
        """Show in the browser what came, without asking for it once more."""

        async def told(route: Route) -> None:
            await route.fulfill(response=made)

        await self.page.route(made.url, told)
        await self.page.goto(made.url)
        await self.page.unroute(made.url)

    async def shown(self, name: str) -> str:
        """That nothing stored ran, and that it is a page; its title."""
        self.found += [f"{name}: {each}" for each in await self.page.evaluate(_RAN)]
        shape = await self.page.evaluate(_SHAPE)
        if shape["headings"] != 1 or not shape["lang"] or WORKED_OUT in shape["text"]:
            self.found.append(f"{name}: {shape['headings']} h1, lang {shape['lang']}")
        return str(shape["title"])

    async def look(self, name: str, *views: View) -> None:
        """What axe finds, and what has no name or no room, as each of `views` shows it."""
        self.found += [f"{name}: a {each} without a name" async for each in self._nameless()]
        for view in views:
            await self.page.emulate_media(color_scheme=view.scheme)
            await self.page.set_viewport_size({"width": view.width, "height": 800})
            self.found += [f"{name} {view.scheme}: {each}" for each in await violations(self.page)]
            wide = await self.page.evaluate("document.documentElement.scrollWidth")
            if wide > view.width:
                self.found.append(f"{name}: {wide} px wide on {view.width}")

    async def _nameless(self):
        tree = await self.wire.send("Accessibility.getFullAXTree")
        for each in tree["nodes"]:
            role = each.get("role", {}).get("value")
            if role in _CONTROLS and not each.get("ignored") and not each.get("name", {}).get("value", "").strip():
                yield role


class Lookers:
    """Several of each asker's: a page is looked at while the server makes the next."""

    _EACH: Final = 3

    def __init__(self, opened: Mapping[str, list[Looker]]) -> None:
        self._all = [each for lookers in opened.values() for each in lookers]
        self._senders = {asker: lookers[0] for asker, lookers in opened.items()}
        self._free = {asker: [*lookers] for asker, lookers in opened.items()}
        self._places = asyncio.Semaphore(self._EACH)

    @classmethod
    @asynccontextmanager
    async def of(cls, browser: Browser, url: str, sessions: Mapping[str, str]) -> AsyncIterator[Lookers]:
        """`sessions` are the askers' and their sessions'; nobody's is empty."""
        opened = {
            asker: [await Looker.of(browser, url, session) for _ in range(cls._EACH)]
            for asker, session in sessions.items()
        }
        yield cls(opened)
        for lookers in opened.values():
            for each in lookers:
                await each.page.context.close()

    @property
    def found(self) -> list[str]:
        """What was wrong in what any of them saw."""
        return [found for each in self._all for found in each.found]

    def sender(self, asker: str) -> Looker:
        """The one that sends all of the asker's forms: what they do to a session stays in its cookies."""
        return self._senders[asker]

    @asynccontextmanager
    async def one(self, asker: str) -> AsyncIterator[Looker]:
        """One of the asker's that nobody else uses meanwhile."""
        async with self._places:
            looker = self._free[asker].pop()
            try:
                yield looker
            finally:
                self._free[asker].append(looker)
