"""An auditor finds a decision and proves it, on the whole platform, in a real browser."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import httpx2
import pytest
from playwright.async_api import Browser, Page, Route, expect

from tests.browser import faults, needs_chromium, visit

QUESTION = "Hur hög får en altan vara utan bygglov?"
REASON = "Granskning enligt revisionsplan 2026"
LISTS = (
    "lint", "replay", "recalls", "samples", "oversight", "controls", "contests", "disclosures", "certificates",
    "registers",
)  # fmt: skip

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def decision(demo, keys) -> str:
    """A decision that is whole in the signed log."""
    headers = {"Authorization": f"Bearer {keys['citizen']}"}
    asked = {"model": "allmanning", "messages": [{"role": "user", "content": QUESTION}]}
    with httpx2.Client(base_url=demo.url, headers=headers, timeout=60) as client:
        answer = client.post("/v1/chat/completions", json=asked)
        number = str(answer.json()["allmanning"]["decision_id"])
        deadline = time.monotonic() + 20
        while client.get(f"/v1/decisions/{number}/receipt").status_code != 200:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    return number


async def auditor(demo, keys, browser: Browser, role: str = "auditor", **options: object) -> Page:
    """A page with an auditor, or another, signed in; what goes wrong in it stands in `complaints`."""
    return await visit(browser, demo.url, keys[role], **options)


async def kept(page: Page, name: str, tmp_path: Path) -> None:
    """A screenshot, in the folder for artefacts when there is one."""
    folder = Path(os.environ.get("ALLMANNING_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=folder / f"{name}.png", full_page=True)


async def test_an_auditor_finds_a_decision_and_proves_it_by_keyboard(demo, keys, browser, decision, tmp_path):
    page = await auditor(demo, keys, browser)
    await page.goto("/log")
    await page.get_by_role("link", name="Hitta", exact=True).press("Enter")
    await page.get_by_label("Utfall").select_option("answered")
    await page.get_by_role("button", name="Sök", exact=True).press("Enter")
    await page.locator(f'a[href="/log/{decision}"]').press("Enter")

    proof = page.locator("#proof")
    await expect(page.get_by_text("kontrollerad nu i din webbläsare")).to_be_visible()
    await expect(page.get_by_text("Oförändrad sedan")).to_be_visible()
    await expect(page.get_by_text(QUESTION)).to_have_count(0)
    await kept(page, "prove-a-decision", tmp_path)
    await page.get_by_text("Så är det kontrollerat").press("Enter")
    await expect(proof).to_contain_text("audit.exempelby.allmanning/")
    await page.get_by_label("Varför behöver du se detta?").first.fill(REASON)
    await page.keyboard.press("Enter")

    await expect(page.get_by_text(QUESTION).first).to_be_visible()
    await expect(page.get_by_text("kontrollerad nu i din webbläsare")).to_be_visible()
    await expect(page.get_by_role("region", name="Vem har läst")).to_contain_text("Revisor")
    assert page.complaints == []


def _leaf(receipt: dict) -> None:
    record = receipt["logs"][0]["records"][1]
    record["leaf"] = record["leaf"].replace('"auto"', '"auta"', 1)


def _signature(receipt: dict) -> None:
    note = receipt["logs"][0]["checkpoint"]
    at = len(note) - 12
    receipt["logs"][0]["checkpoint"] = note[:at] + ("A" if note[at] != "A" else "B") + note[at + 1 :]


def _root(receipt: dict) -> None:
    origin, size, root, rest = receipt["logs"][0]["checkpoint"].split("\n", 3)
    receipt["logs"][0]["checkpoint"] = "\n".join((origin, size, ("A" if root[0] != "A" else "B") + root[1:], rest))


def _other(receipt: dict) -> None:
    receipt["decision"] = "01900000-0000-7000-8000-000000000001"


TAMPERED = {
    _leaf: "En post finns inte i den undertecknade loggen",
    _signature: "Loggens underskrift håller inte.",
    _root: "Loggens underskrift håller inte.",
    _other: "En post finns inte i den undertecknade loggen",
}


async def test_a_changed_byte_is_told_and_no_proof_is_claimed(demo, keys, browser, decision):
    page = await auditor(demo, keys, browser)
    changes = iter(TAMPERED)

    async def tampered(route: Route) -> None:
        answer = await route.fetch()
        receipt = json.loads(await answer.text())
        next(changes)(receipt)
        await route.fulfill(response=answer, body=json.dumps(receipt))

    await page.route("**/receipt", tampered)
    for said in TAMPERED.values():
        await page.goto(f"/log/{decision}")
        await expect(page.get_by_role("alert")).to_contain_text(said)
        await expect(page.get_by_text("kontrollerad nu i din webbläsare")).to_be_hidden()
    assert await faults(page, 1280) == []


async def test_a_page_that_shows_another_record_than_the_signed_one_is_found_out(demo, keys, browser, decision):
    page = await auditor(demo, keys, browser)

    async def altered(route: Route) -> None:
        answer = await route.fetch()
        text = await answer.text()
        at = text.index('data-sha256="') + len('data-sha256="')
        await route.fulfill(response=answer, body=text[:at] + ("1" if text[at] == "0" else "0") + text[at + 1 :])

    await page.route(f"**/log/{decision}", altered)
    await page.goto(f"/log/{decision}")

    await expect(page.get_by_role("alert")).to_contain_text("En post på sidan är en annan än den i loggen.")


async def test_a_log_that_has_become_shorter_is_remembered(demo, keys, browser, decision):
    page = await auditor(demo, keys, browser)
    await page.goto(f"/log/{decision}")
    await expect(page.get_by_text("kontrollerad nu i din webbläsare")).to_be_visible()
    await page.evaluate(
        "() => { for (const name of Object.keys(localStorage)) {"
        "const seen = JSON.parse(localStorage[name]); seen.size += 1000;"
        "localStorage[name] = JSON.stringify(seen); } }"
    )
    await page.reload()

    await expect(page.get_by_role("alert")).to_contain_text("Loggen är kortare")


async def test_a_browser_without_ed25519_says_so(demo, keys, browser, decision):
    page = await auditor(demo, keys, browser)
    await page.add_init_script(
        "crypto.subtle.importKey = () => Promise.reject(new DOMException('no', 'NotSupportedError'))"
    )
    await page.goto(f"/log/{decision}")

    await expect(page.get_by_text("Webbläsaren saknar Ed25519.")).to_be_visible()
    await expect(page.get_by_text("kontrollerad nu i din webbläsare")).to_be_hidden()
    assert await faults(page, 1280) == []


async def test_without_scripts_everything_is_read_and_the_receipt_is_there(demo, keys, browser, decision):
    page = await auditor(demo, keys, browser, java_script_enabled=False)
    await page.goto(f"/log/{decision}")
    await expect(page.get_by_text("finns i den signerade loggen sedan")).to_be_visible()
    await expect(page.get_by_role("link", name="Hämta kvittot")).to_be_visible()
    await page.get_by_label("Varför behöver du se detta?").first.fill(REASON)
    await page.get_by_role("button", name="Visa innehållet").press("Enter")
    await expect(page.get_by_text(QUESTION).first).to_be_visible()
    await page.goto("/log/decisions")
    await page.get_by_label("Ord eller mening").fill("altan")
    await page.get_by_label("Varför behöver du se detta?").fill(REASON)
    await page.get_by_role("button", name="Sök i innehållet").press("Enter")

    await expect(page.locator(f'a[href="/log/{decision}"]')).to_be_visible()


FIRST = {"overview": "/log", "find": "/log/decisions", "retention": "/log/retention"}
EVERY = {
    **FIRST,
    **{name: f"/log/{name}" for name in LISTS},
    "overview-empty": "/log?from=2020-01-01&to=2020-01-31",
    "overview-years": "/log?from=2024-01-01&to=2026-12-31",
    "find-none": "/log/decisions?rule=INGEN&unit=x",
    "find-refused": "/log/decisions?from=igår",
    "certificate": f"/log/certificates?month={time.strftime('%Y-%m', time.gmtime())}",
    "contests-all": "/log/contests?all=true",
}


@pytest.mark.parametrize(("scheme", "width", "pages"), [("light", 1280, FIRST), ("dark", 320, EVERY)])
async def test_every_page_of_the_log_is_accessible_and_fits(
    demo, keys, browser, decision, tmp_path, scheme, width, pages
):
    page = await auditor(demo, keys, browser, color_scheme=scheme, viewport={"width": width, "height": 800})
    found: list[str] = []
    for name, path in {**pages, "decision": f"/log/{decision}"}.items():
        await page.goto(path)
        found += await faults(page, width)
        await kept(page, f"log-{name}-{width}", tmp_path)
    await page.get_by_label("Varför behöver du se detta?").first.fill(REASON)
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="Frågan och svaret").wait_for()
    found += await faults(page, width)
    await page.get_by_role("button", name="Förklara för den det gäller").click()
    await page.get_by_role("heading", name="Förklaring till den det gäller").wait_for()
    found += await faults(page, width)

    assert found == []
    assert [each for each in page.complaints if "400" not in each] == []


async def test_what_an_administrator_does_with_the_log_is_accessible_and_fits(demo, keys, browser, decision):
    width = 320
    page = await auditor(demo, keys, browser, "admin", viewport={"width": width, "height": 800})
    found: list[str] = []
    for path in ("retention", "erasures/new", "erasures/report", "registers", f"lint/{decision}"):
        await page.goto(f"/log/{path}")
        await page.evaluate("document.querySelectorAll('main details').forEach((each) => { each.open = true; })")
        found += await faults(page, width)
    await page.goto(f"/log/disclosures/of/{decision}")
    found += await faults(page, width)
    await page.get_by_label("Varför behöver du se detta?").fill(REASON)
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Lämna till en andra person").wait_for()
    found += await faults(page, width)

    assert found == []
    assert page.complaints == []


async def test_figures_lists_and_explanations_are_taken_home(demo, keys, decision):
    headers = {"Sec-Fetch-Site": "same-origin"}
    async with httpx2.AsyncClient(base_url=demo.url, timeout=30, headers=headers) as client:
        await client.post("/signin", data={"key": keys["auditor"]})
        figures = await client.get("/log?format=csv")
        listed = await client.get("/log/decisions?format=csv&outcome=answered")
        explained = await client.post(f"/log/{decision}/explanation", data={"format": "txt"})
        unreasoned = await client.post(f"/log/{decision}", data={"reason": " "}, headers={"Accept": "text/html"})

    assert "Dag eller månad;Beslut;Besvarad" in figures.text
    assert decision in listed.text
    assert "Regel" in explained.text
    assert unreasoned.status_code == 400
    assert QUESTION not in unreasoned.text
