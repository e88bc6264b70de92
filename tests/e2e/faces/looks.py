"""What a page must be, whatever stands in it, in a browser that tells on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, CDPSession, Page, Response, Route

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


# What passes need not be told, which takes most of the time.
_VIOLATIONS_ONLY: Final = {"resultTypes": ["violations"]}


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
    titles: dict[str, str] = field(default_factory=dict)

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

    async def sent(self, address: str, fields: Mapping[str, str]) -> Response | None:
        """The page that a form leads to at once, shown; nothing when it is another page, or a file."""
        headers = {"Accept": "text/html", "Origin": address[: address.index("/", 8)]}
        made = await self.page.context.request.post(address, form=dict(fields), headers=headers, max_redirects=0)
        kind = made.headers.get("content-type", "")
        if made.status >= 500:
            self.found.append(f"{address}: {made.status}")
        if made.status in range(300, 400) or not kind.startswith("text/html") or "content-disposition" in made.headers:
            return None

        async def told(route: Route) -> None:
            await route.fulfill(response=made)

        await self.page.route(address, told)
        shown = await self.page.goto(address)
        await self.page.unroute(address)
        return shown

    async def shown(self, answer: Response | None, name: str) -> str:
        """That nothing stored ran, and that it is a page; its title."""
        assert answer is not None
        if answer.status >= 500:
            self.found.append(f"{name}: {answer.status}")
        self.found += [f"{name}: {each}" for each in await self.page.evaluate(_RAN)]
        shape = await self.page.evaluate(_SHAPE)
        if shape["headings"] != 1 or not shape["lang"] or WORKED_OUT in shape["text"]:
            self.found.append(f"{name}: {shape['headings']} h1, lang {shape['lang']}")
        return str(shape["title"])

    async def look(self, answer: Response | None, name: str, *views: View) -> None:
        """Everything, as each of `views` shows it."""
        title = await self.shown(answer, name)
        if answer and answer.ok:
            self.titles[name] = title
        self.found += [f"{name}: a {each} without a name" async for each in self._nameless()]
        for view in views:
            await self.page.emulate_media(color_scheme=view.scheme)
            await self.page.set_viewport_size({"width": view.width, "height": 800})
            for each in (await Axe().run(self.page, options=_VIOLATIONS_ONLY)).response["violations"]:
                places = [one["html"][:200] for one in each["nodes"][:3]]
                self.found.append(f"{name} {view.scheme}: {each['id']} {places}")
            wide = await self.page.evaluate("document.documentElement.scrollWidth")
            if wide > view.width:
                self.found.append(f"{name}: {wide} px wide on {view.width}")

    async def _nameless(self):
        tree = await self.wire.send("Accessibility.getFullAXTree")
        for each in tree["nodes"]:
            role = each.get("role", {}).get("value")
            if role in _CONTROLS and not each.get("ignored") and not each.get("name", {}).get("value", "").strip():
                yield role
