"""What browsers are told and hostile people write: headers, frames, caches, other sites' forms, stored scripts."""

from __future__ import annotations

import asyncio
import html
import re
from urllib.parse import unquote

import pytest
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


# What a name, a path or a way back may look like that leads elsewhere.
ELSEWHERE = ("//ond.se", "/\\ond.se", "https:ond.se", "https://ond.se/", "%2f%2fond.se", "/\t/ond.se", "/\x00/ond.se")


async def test_no_way_back_leads_to_another_site(gateway):
    key = gateway.key("admin")
    led: list[str] = []
    async with gateway.client() as client:
        for path in ELSEWHERE:
            led.append((await client.post("/signin", data={"key": key, "next_path": path})).headers["location"])
            answer = await client.get("/account/second-factor", params={"next_path": path})
            led.append(answer.headers["location"])
            page = (await client.get("/signin/again", params={"next_path": path})).text
            assert 'href="//' not in page
            assert 'action="//' not in page
    assert set(led) == {"/admin"}


async def test_a_page_called_as_another_site_is_leads_nowhere_but_here(gateway):
    """`GET //ond.se/..` is a path; an address that begins with it is another site."""
    for path in ("//ond.se/..", "///ond.se", "/%2f%2fond.se", "/%5cond.se", "/%09/ond.se"):
        reader, writer = await asyncio.open_connection("127.0.0.1", int(gateway.url.rpartition(":")[2]))
        writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nConnection: close\r\n\r\n".encode())
        page = (await reader.read()).decode()
        writer.close()
        assert page.startswith("HTTP/1.1 404"), path
        assert [each for each in re.findall(r'(?:href|action|src)="([^"]*)"', page) if "ond.se" in each] == []
        assert 'href="?lang=en"' in page


@pytest.mark.parametrize(
    "name",
    [
        'a"; filename="ond.html',
        "a\r\nSet-Cookie: session=x.pdf",
        "faktura\u202efdp.exe",
        "../../etc/passwd",
        "å;=,.pdf",
    ],
)
async def test_a_hostile_file_name_is_one_harmless_name_in_the_header(gateway, name):
    await gateway.put_document("ond", b"<script>window.taken=1</script>", uri=name, media_type="text/html")
    async with gateway.client() as client:
        answer = await client.get("/v1/documents/ond/original?authority=exempelby")

    told = answer.headers["content-disposition"]
    assert re.fullmatch(r"attachment; filename\*=UTF-8''[A-Za-z0-9._~%-]+", told), told
    assert not {"/", "\\", "\r", "\n", "\u202e"} & set(unquote(told))
    assert "set-cookie" not in answer.headers
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"


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
