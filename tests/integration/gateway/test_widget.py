"""The chat on another web site: isolated from its styles, allowed by its policy, refused where it is not listed."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.async_api import Page, expect

from allmanning.contracts.audit.v1.asker_pb import RateAnswerRequest, RequestContactRequest
from allmanning.gateway.channels import admitted, channels_of, create_channel, revoke_channel
from allmanning.gateway.widget.script import script
from allmanning.runtime.errors import Busy, Forbidden, InvalidInput
from tests.browser import needs_chromium, violations
from tests.integration.gateway.asker_script import AskerScript
from tests.integration.gateway.said import DECISION
from tests.integration.gateway.test_pages_in_browser import page_of

pytestmark = needs_chromium

MOST_BYTES = 25_000
HOSTILE = """
body * { all: unset !important; display: none !important; font-size: 60px !important; color: white !important; }
body *, allmanning-chat { opacity: 0 !important; transform: scale(0) !important; pointer-events: none !important; }
button, dialog, textarea { visibility: hidden !important; position: static !important; }
"""


class Site:
    """A web site of somebody else: one page with the widget's line, its own policy and its own styles."""

    def __init__(self) -> None:
        self.line, self.policy = "", ""
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                style = self.path == "/hostile.css"
                page = (
                    '<!doctype html><html lang="sv"><head><title>Annan webbplats</title>'
                    '<link rel="stylesheet" href="/hostile.css"></head>'
                    f"<body><main><h1>Annan webbplats</h1><p>Text.</p></main>{site.line}</body></html>"
                )
                body = (HOSTILE if style else page).encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/css" if style else "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Content-Security-Policy", site.policy)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def show(self, gateway, key: str, connect: bool = True) -> str:
        """Put the line in the page; its address."""
        self.policy = (
            f"default-src 'none'; script-src {gateway.url}; style-src 'self'; base-uri 'none'; "
            f"require-trusted-types-for 'script'{f'; connect-src {gateway.url}' if connect else ''}"
        )
        source = f'src="{gateway.url}/widget.js" data-authority="exempelby" data-key="{key}"'
        self.line = f"<script {source} defer></script>"
        return self.origin


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def channel(gateway, site) -> Callable[..., str]:
    def make(per_day: int = 10, origin: str = "") -> str:
        return create_channel(gateway.data_dir, "exempelby", [origin or site.origin], per_day).key

    return make


async def ask(page: Page, question: str) -> None:
    await page.get_by_label("Din fråga").fill(question)
    await page.keyboard.press("Enter")


async def test_it_answers_on_a_hostile_page_with_a_strict_policy_by_keyboard(gateway, browser, site, channel):
    page = await page_of(gateway, browser)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    await page.goto(site.show(gateway, channel()))
    opener = page.get_by_role("button", name="Fråga oss")
    await expect(opener).to_be_visible()
    shape = await opener.evaluate(
        "each => { const s = getComputedStyle(each), b = each.getBoundingClientRect();"
        " return [s.fontSize, s.opacity, s.backgroundColor, b.height >= 24 && b.height < 80]; }"
    )
    assert shape == ["17px", "1", "rgb(30, 91, 60)", True]
    await opener.press("Enter")
    await expect(page.get_by_label("Din fråga")).to_be_focused()
    await expect(page.get_by_role("dialog", name="Fråga oss")).to_contain_text("AI-tjänst")
    await ask(page, "Behöver jag bygglov?")
    source = page.get_by_role("link", name="Bygglov – altan och trädäck").first
    await expect(source).to_be_visible()
    assert (await source.get_attribute("href")).startswith(f"{gateway.url}/documents/altan?")
    await expect(page.locator("[aria-live]")).to_contain_text("En altan i markhöjd")
    assert await violations(page) == []
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(opener).to_be_focused()

    # Another page of the site: the conversation is still there, and goes along.
    await page.goto(site.origin)
    await opener.click()
    await ask(page, "Och ett plank?")
    await expect(page.locator("article ol")).to_have_count(2)
    asked = gateway.script.asked[-1]
    assert [each.content for each in asked.messages][::2] == ["Behöver jag bygglov?", "Och ett plank?"]
    assert (asked.principal.channel, asked.principal.role.name) == ("citizen", "CITIZEN")
    assert await page.context.cookies() == []
    assert {url.split("/", 3)[2] for url in requests} == {site.origin[7:], gateway.url[7:]}
    # Nothing was refused but the styles of the page's own picture, if any.
    assert [each for each in page.complaints if "favicon" not in each] == []


async def test_an_answer_is_rated_and_the_conversation_handed_over_without_leaving_the_page(
    gateway, browser, site, channel, shots
):
    audit = await AskerScript().start(gateway)
    page = await page_of(gateway, browser, viewport={"width": 1280, "height": 800})
    await page.goto(site.show(gateway, channel()))
    await page.get_by_role("button", name="Fråga oss").click()
    await ask(page, "Behöver jag bygglov?")
    await page.get_by_role("button", name="Nej").press("Enter")
    await expect(page.get_by_text("Vad var det som inte stämde?")).to_be_visible()
    await page.get_by_label("Det jag behöver veta saknas").check()
    await page.get_by_label("Vill du berätta mer?").fill("Hur nära tomtgränsen?")
    assert await violations(page) == []
    await page.screenshot(path=shots / "widget-rating.png")
    await page.get_by_role("button", name="Skicka").click()
    await expect(page.get_by_text("Tack! De som sköter innehållet får veta det.")).to_be_focused()
    first, rated = [each for each in audit.asked if isinstance(each, RateAnswerRequest)]
    assert (first.helped, first.reason) == (False, "")
    assert (rated.decision_id, rated.reason, rated.comment) == (DECISION, "missing", "Hur nära tomtgränsen?")
    assert (rated.principal.channel, rated.principal.role.name) == ("citizen", "CITIZEN")

    await page.get_by_role("button", name="Prata med en människa").press("Enter")
    await expect(page.get_by_role("heading", name="Så når du oss")).to_be_focused()
    await expect(page.get_by_text("0123-45 67 89")).to_be_visible()
    assert await violations(page) == []
    await page.screenshot(path=shots / "widget-person.png")
    await page.get_by_label("Telefon eller e-post").fill("kim@exempel.se")
    await page.get_by_role("button", name="Skicka samtalet").dblclick()
    await expect(page.get_by_text("En handläggare hör av sig till kim@exempel.se.")).to_be_focused()
    [handed] = [each for each in audit.asked if isinstance(each, RequestContactRequest)]
    assert (handed.reach, list(handed.decision_ids)) == ("kim@exempel.se", [DECISION])
    assert "Behöver jag bygglov?" in handed.conversation
    await page.get_by_role("button", name="Tillbaka till samtalet").click()
    await expect(page.get_by_label("Din fråga")).to_be_visible()
    await expect(page.get_by_role("button", name="Prata med en människa")).to_be_focused()

    # On the site's next page nobody is asked again what they have told.
    await page.goto(site.origin)
    await page.get_by_role("button", name="Fråga oss").click()
    await expect(page.locator("article ol")).to_have_count(1)
    assert await page.get_by_text("Hjälpte svaret dig?").count() == 0
    assert await page.context.cookies() == []
    assert [each for each in page.complaints if "favicon" not in each] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_on_a_phone_it_is_all_there_is(gateway, browser, site, channel, scheme):
    page = await page_of(gateway, browser, viewport={"width": 320, "height": 600}, color_scheme=scheme)
    await page.goto(site.show(gateway, channel()))
    await page.get_by_role("button", name="Fråga oss").click()
    await ask(page, "Altan?")
    await expect(page.locator("article ol li")).to_have_count(2)

    assert await violations(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320
    await page.get_by_role("button", name="Stäng").click()
    await expect(page.get_by_role("button", name="Fråga oss")).to_be_focused()


async def test_a_page_that_is_not_listed_is_refused_in_words(gateway, browser, site, channel):
    page = await page_of(gateway, browser)
    await page.goto(site.show(gateway, channel(origin="https://www.exempelby.se")))
    await page.get_by_role("button", name="Fråga oss").click()
    await ask(page, "Altan?")

    await expect(page.locator(".problem")).to_contain_text("Den här webbplatsen får inte visa tjänsten.")
    await expect(page.get_by_label("Din fråga")).to_have_value("Altan?")
    assert gateway.script.asked == []


async def test_a_page_whose_policy_stops_it_says_what_to_allow(gateway, browser, site, channel):
    page = await page_of(gateway, browser)
    await page.goto(site.show(gateway, channel(), connect=False))
    await page.get_by_role("button", name="Fråga oss").click()
    await ask(page, "Altan?")

    await expect(page.locator(".problem")).to_contain_text(f"tillåta {gateway.url} i connect-src")


async def test_the_script_is_light_and_kept(gateway):
    async with gateway.client() as client:
        first = await client.get("/widget.js")
        again = await client.get("/widget.js", headers={"If-None-Match": first.headers["etag"]})

    assert first.content == script().plain
    assert len(gzip.compress(first.content)) < MOST_BYTES
    assert first.headers["content-encoding"] == "gzip"
    assert first.headers["cross-origin-resource-policy"] == "cross-origin"
    assert again.status_code == 304
    # It works under policies that allow neither, and so has neither.
    assert not any(word in first.text for word in ("innerHTML", "eval(", "document.cookie", "style="))


async def test_only_listed_pages_may_read_the_answer_and_only_so_many(gateway, site, channel):
    key = channel(per_day=1)
    async with gateway.client() as client:
        data = {"key": key, "question": "Altan?"}
        right = await client.post("/widget/ask", data=data, headers={"Origin": site.origin})
        over = await client.post("/widget/ask", data=data | {"lang": "en"}, headers={"Origin": site.origin})
        nowhere = await client.post("/widget/ask", data=data)
        unknown = await client.post("/widget/ask", data=data | {"key": "pub_x"}, headers={"Origin": site.origin})
        long = await client.post("/widget/ask", data=data | {"question": "a" * 4001}, headers={"Origin": site.origin})

        said = [
            await client.post(f"/widget/{path}", data={"key": key, "helped": "yes"}, headers={"Origin": origin})
            for path in ("feedback", "person", "contact")
            for origin in (site.origin, "https://ond.example")
        ]

    # What is no question is not counted; without an answer of one's own there is nothing to rate or hand over.
    assert [(each.status_code, each.json().get("code")) for each in said] == [
        (403, "conversation.not_own"),
        (403, "channel.origin_refused"),
        (403, "conversation.not_own"),
        (403, "channel.origin_refused"),
        (200, None),
        (403, "channel.origin_refused"),
    ]
    assert "event: end" in right.text
    assert right.headers["access-control-allow-origin"] == site.origin
    assert (over.status_code, over.json()["code"]) == (429, "channel.quota")
    assert (nowhere.status_code, nowhere.json()["code"]) == (403, "channel.origin_refused")
    assert "access-control-allow-origin" not in nowhere.headers
    assert (unknown.status_code, unknown.json()["code"]) == (403, "channel.unknown")
    assert (long.status_code, long.json()["code"]) == (400, "question.too_long")
    assert len(gateway.script.asked) == 1


async def test_an_administrator_makes_lists_and_ends_channels(gateway):
    async with gateway.client("admin") as client:
        wrong = await client.post("/v1/channels", json={"origins": ["http://www.exempelby.se"]})
        made = await client.post("/v1/channels", json={"origins": ["https://WWW.exempelby.se/sida"]})
        listed = await client.get("/v1/channels")
        ended = await client.delete(f"/v1/channels/{made.json()['id']}")
        again = await client.delete(f"/v1/channels/{made.json()['id']}")
    async with gateway.client("caseworker") as client:
        forbidden = await client.post("/v1/channels", json={"origins": ["https://www.exempelby.se"]})
    async with gateway.signed_in("admin") as person:
        await person.post("/admin/widget", data={"origins": "https://a.se\nhttps://b.se", "per_day": "5"})
        page = await person.get("/admin/widget")
        kept = await person.post("/admin/widget", data={"origins": "inte en adress", "per_day": "5"})

    assert (wrong.status_code, wrong.json()["code"]) == (400, "channel.origin")
    assert made.json()["origins"] == ["https://www.exempelby.se"]
    assert [each["id"] for each in listed.json()["channels"]] == [made.json()["id"]]
    assert (ended.status_code, again.status_code, forbidden.status_code) == (204, 404, 403)
    assert f"src=&#34;{gateway.url}/widget.js" in page.text or f'src="{gateway.url}/widget.js' in page.text
    assert "https://a.se, https://b.se" in page.text
    assert (kept.status_code, "inte en adress</textarea>" in kept.text) == (400, True)


def test_a_day_has_its_number_and_a_revoked_key_opens_nothing(tmp_path):
    made = create_channel(tmp_path, "exempelby", ["https://www.exempelby.se"], per_day=2)
    for _ in range(2):
        admitted(tmp_path, made.key, "https://www.exempelby.se")
    with pytest.raises(Busy):
        admitted(tmp_path, made.key, "https://www.exempelby.se")
    assert [(each.id, used) for each, used in channels_of(tmp_path, "exempelby")] == [(made.id, 2)]
    assert not revoke_channel(tmp_path, "annanby", made.id)
    assert revoke_channel(tmp_path, "exempelby", made.id)
    with pytest.raises(Forbidden):
        admitted(tmp_path, made.key, "https://www.exempelby.se")
    for origins in ([], ["*"], ["https://*.se"], ["ftp://a.se"], ["https://"]):
        with pytest.raises(InvalidInput):
            create_channel(tmp_path, "exempelby", origins)
