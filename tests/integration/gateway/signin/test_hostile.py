"""What browsers are told and hostile people write: headers, frames, caches, other sites' forms, stored scripts."""

from __future__ import annotations

import html

from playwright.async_api import Page, Request, Response, Route

from allmanning.contracts.passage.v1.passage_pb import Facet, Location, Passage, ScoredPassage
from allmanning.contracts.retrieve.v1.retrieve_pb import SearchResponse, Understanding
from tests.browser import needs_chromium
from tests.integration.gateway.said import version
from tests.integration.gateway.signin.people import person, sign_in
from tests.integration.gateway.test_pages_in_browser import page_of

HOSTILE = (
    "<script>window.taken=1</script><img src=x onerror=window.taken=1><svg/onload=window.taken=1>"
    "\"'><a href=javascript:window.taken=1>x</a>{{7*7}}${7*7}</title></textarea><style>*{display:none}</style>"
)
PATHS = ("/", "/signin", "/search", "/admin/documents", "/admin/users", "/admin/keys", "/account", "/documents/ond")


def hostile_script(gateway) -> None:
    """Every text that somebody else wrote is an attack."""
    bad = version("ond", title=HOSTILE, uri=f"javascript:window.taken=1//{HOSTILE}")
    location = Location(page=4, headings=[HOSTILE], start=0, end=90)
    hit = Passage(id="p1", document=bad, text=f"{HOSTILE} En altan kräver inte bygglov.", location=location)
    gateway.script.neighbours = [hit]
    gateway.script.passages = [ScoredPassage(passage=hit, score=0.9, dense=0.8)]
    gateway.script.search = lambda _: SearchResponse(
        passages=[ScoredPassage(passage=hit, dense=0.8, sparse=4.0)],
        found=1,
        total=1,
        facets=[Facet(field="collection", counts=[Facet.Count(value=HOSTILE, passages=1)])],
        understanding=Understanding(
            corrections=[Understanding.Correction(written=HOSTILE, meant=HOSTILE)], phrases=[HOSTILE]
        ),
    )


async def test_every_answer_tells_browsers_to_trust_nothing_but_us(gateway):
    await gateway.put_document("ond")
    person(gateway)
    async with gateway.client() as client:
        await sign_in(client, "anna@exempelby.se")
        answers = [await client.get(path, headers={"Accept": "text/html"}) for path in (*PATHS, "/okänd")]
        answers += [await client.post(path, headers={"Accept": "text/html"}) for path in PATHS]
        answers.append(await client.get("/v1/documents"))
        answers.append(await client.get("/static/base.css"))

    for answer in answers:
        where = (answer.request.method, answer.url.path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy, where
        assert "frame-ancestors 'none'" in policy, where
        assert "unsafe" not in policy, where
        assert answer.headers["x-content-type-options"] == "nosniff", where
        assert answer.headers["referrer-policy"] == "no-referrer", where
        assert answer.headers["cross-origin-opener-policy"] == "same-origin", where
        if not answer.url.path.startswith("/static/"):
            assert answer.headers["cache-control"] == "no-store", where
        assert answer.status_code < 500, where


@needs_chromium
async def test_nothing_that_somebody_wrote_is_run_or_loaded(gateway, browser):
    hostile_script(gateway)
    await gateway.put_document("ond", html.escape(HOSTILE).encode(), title=HOSTILE, uri=f"javascript:{HOSTILE}")
    key = gateway.key("admin", label=HOSTILE[:100])
    person(gateway, HOSTILE[:100])
    page = await page_of(gateway, browser)
    elsewhere: list[str] = []

    def asked(request: Request) -> None:
        if not request.url.startswith(gateway.url):
            elsewhere.append(request.url)

    page.on("request", asked)
    visited = ["/", f"/signin?next_path=javascript:window.taken=1&name={HOSTILE}", f"/?authority={HOSTILE}"]
    await see(page, visited)
    await page.goto("/")
    await page.get_by_label("Din fråga").fill(HOSTILE)
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="Källor").wait_for()
    await harmless(page)
    await page.goto("/signin")
    await page.locator("details.other").evaluate("each => { each.open = true; }")
    await page.get_by_label("Din nyckel").fill(key)
    await page.get_by_label("Din nyckel").press("Enter")
    await page.wait_for_url(lambda url: "/signin" not in url)
    visited = [
        f"/search?q={HOSTILE}",
        f"/passages/p1/neighbours?q={HOSTILE}",
        f"/passages/p1/similar?q={HOSTILE}",
        "/documents/ond?authority=exempelby",
        f"/admin/documents?batch={HOSTILE}&collection={HOSTILE}",
        "/admin/users",
        "/admin/keys",
        f"/{HOSTILE}",
    ]
    await see(page, visited)

    assert elsewhere == []


async def see(page: Page, paths: list[str]) -> None:
    for path in paths:
        answer = await page.goto(path)
        assert answer is not None
        assert answer.status < 500, path
        await harmless(page)


async def harmless(page: Page) -> None:
    """Nothing ran, and nothing stands there that would."""
    assert await page.evaluate("window.taken") is None, page.url
    assert await page.evaluate("getComputedStyle(document.body).display") != "none", page.url
    found = await page.evaluate(
        """() => [...document.querySelectorAll("*")].filter((each) =>
          [...each.attributes].some((one) => one.name.startsWith("on"))
          || /^\\s*(javascript|data):/i.test(each.getAttribute("href") || each.getAttribute("action") || "")
          || (each.tagName === "SCRIPT" && !each.src)).map((each) => each.outerHTML)"""
    )
    assert found == [], page.url


ATTACK = """<form id="f" method="post" action="{url}{path}"{how}>
<input name="label" value="x"><input name="role" value="admin"><input name="name" value="ond"></form>
<script>document.getElementById("f").submit()</script>"""


@needs_chromium
async def test_another_site_sends_no_form_and_frames_no_page_in_ones_name(gateway, browser):
    page = await page_of(gateway, browser, "admin")
    answers: list[Response] = []
    page.on("response", lambda each: answers.append(each) if each.request.method == "POST" else None)
    attacks = [
        (path, how) for path in ("/admin/keys", "/admin/users", "/signout") for how in ("", ' enctype="text/plain"')
    ]
    shown = ""

    async def foreign_site(route: Route) -> None:
        await route.fulfill(body=shown, content_type="text/html")

    await page.route("http://ond.test/*", foreign_site)
    for path, how in attacks:
        shown = ATTACK.format(url=gateway.url, path=path, how=how)
        await page.goto("http://ond.test/")
        await page.wait_for_url(f"{gateway.url}/**")
    assert [each.status for each in answers] == [403] * len(attacks)

    shown = f'<iframe src="{gateway.url}/admin/keys"></iframe>'
    await page.goto("http://ond.test/", wait_until="load")
    assert "API-nycklar" not in await page.frames[-1].content()

    await page.goto(f"{gateway.url}/admin/keys")
    # The one that signed in.
    assert await page.locator("tbody tr").count() == 1
