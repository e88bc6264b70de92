"""The administrator's register in a real browser: live, by keyboard, by drop, accessible and at every width."""

from __future__ import annotations

from hashlib import sha256

import pytest
from playwright.async_api import expect

from allmanning.contracts.ingest.v1 import ingest_pb as ingest
from allmanning.contracts.ingest.v1.ingest_pb import Document, Finding, Progress, State
from tests.browser import faults, needs_chromium, violations
from tests.integration.gateway.said import START, version
from tests.integration.gateway.test_evaluation_page import keep
from tests.integration.gateway.test_gap_pages import gaps_answered
from tests.integration.gateway.test_pages_in_browser import LONG_WORD, page_of

pytestmark = needs_chromium

DROP = """(file) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File(["Taxan."], file, { type: "text/plain" }));
  document.getElementById("drop").dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true }));
}"""


def full_register(gateway) -> None:
    """Two hundred documents in every state, and work that goes on."""
    states = [each for each in State if each is not State.UNSPECIFIED]
    for number in range(200):
        name = f"d{number:03}"
        state = states[number % len(states)]
        blamed = state not in {State.INDEXED, State.RECEIVED, State.RETIRED}
        gateway.script.documents[name] = Document(
            version=version(
                name,
                title=f"Riktlinjer för {LONG_WORD if number % 7 == 0 else 'bygglov'} {number}",
                uri=f"riktlinjer/{LONG_WORD * 2}/{number}.pdf" if number % 5 == 0 else f"riktlinjer/{number}.pdf",
                valid_to="2025-12-31" if number % 9 == 1 else "",
                review_on="2026-01-31" if number % 10 == 1 else "",
            ),
            state=state,
            code="file.unreadable" if blamed else "",
            reason="Filen är skadad och kan inte läsas. (The file is damaged.)" if blamed else "",
            updated_at="2026-11-20T08:00:00.000Z",
            passages=12,
            pages=4,
        )
    gateway.script.queue = queue(waiting=84)


def queue(waiting: int) -> ingest.QueueResponse:
    working = Document(
        version=version("bok", title=f"Översiktsplan {LONG_WORD}"),
        state=State.RECEIVED,
        progress=Progress(stage=Progress.Stage.READING, done=118, total=412),
    )
    count = ingest.QueueResponse.Count
    return ingest.QueueResponse(
        counts=[
            count(state=State.RECEIVED, documents=waiting),
            count(state=State.INDEXED, documents=12_040),
            count(state=State.FAILED, documents=2),
            count(state=State.HELD, documents=3),
            count(state=State.REJECTED, documents=14),
        ],
        settled_per_minute=310,
        seconds_left=16 if waiting else 0,
        working=[working] if waiting else [],
    )


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)])
async def test_no_page_has_an_accessibility_violation_or_overflows(gateway, browser, scheme, width):
    await gateway.put_document()
    full_register(gateway)
    gateway.script.documents["altan"].findings = [
        Finding(code="hidden.colour", count=40),
        Finding(code="personal.phone", count=1, places=[Finding.Place(page=4, start=START + 3, end=START + 8)]),
    ]
    await gaps_answered(gateway)
    before = keep(gateway.data_dir, LONG_WORD, {"right": 0.8}, at="2026-11-20T08:00:00.000Z")
    after = keep(gateway.data_dir, "Efter", {"right": 0.9}, at="2026-11-21T08:00:00.000Z", rows="sha256:ee")
    page = await page_of(gateway, browser, "admin", color_scheme=scheme, viewport={"width": width, "height": 800})
    found = []
    register = ("", "?state=rejected", "?state=cancelled&collection=tom", "/altan", "/d002", "/d003")
    side = f"/admin/evaluations?before={before}&after={after}"
    for path in (*(f"/admin/documents{each}" for each in register), "/admin/gaps", "gaps", "write", side):
        if path == "gaps":
            await page.get_by_label("Varför behöver du se detta?").fill("Dokumentplan 2027")
            await page.get_by_role("button", name="Visa frågorna").click()
            await expect(page.get_by_role("heading", name="7 frågor utan svar")).to_be_visible()
        elif path == "write":
            await page.get_by_role("button", name="Skriv det som saknas").first.click()
            await expect(page.get_by_label("Vad som gäller")).to_be_visible()
        else:
            await page.goto(path)
        found += [(path, each) for each in await faults(page, width)]

    assert found == []
    assert page.complaints == []


async def test_on_paper_the_table_stands_dark_on_white_and_nothing_asks_for_anything(gateway, browser):
    await gateway.put_document("altan")
    page = await page_of(gateway, browser, "admin", color_scheme="dark")
    await page.goto("/admin/documents")
    await page.emulate_media(media="print", color_scheme="dark")

    for gone in ("nav", "#upload", "main form", "button", ".bottom", ".tools"):
        for each in await page.locator(gone).all():
            assert not await each.is_visible(), gone
    await expect(page.locator("main table tbody tr")).to_be_visible()
    looks = "style => [style.color, style.backgroundColor]"
    ink = await page.evaluate(f"({looks})(getComputedStyle(document.querySelector('main tbody th')))")
    assert ink[0] == "rgb(22, 33, 27)"
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgba(0, 0, 0, 0)"
    wide = "[...document.querySelectorAll('main table')].every(each => each.scrollWidth <= each.clientWidth + 1)"
    assert await page.evaluate(wide)
    assert page.complaints == []


async def test_the_panel_follows_the_work(gateway, browser):
    gateway.script.queue = queue(waiting=84)
    page = await page_of(gateway, browser, "admin")
    await page.goto("/admin/documents")
    await expect(page.locator("#queue .now")).to_contain_text("84 dokument väntar eller läses.")
    gateway.script.queue = queue(waiting=17)

    await expect(page.locator("#queue .now")).to_contain_text("17 dokument väntar eller läses.")
    gateway.script.documents["ny"] = Document(version=version("ny", title="Nytt"), state=State.INDEXED)
    gateway.script.queue = queue(waiting=0)
    await expect(page.get_by_role("link", name="Nytt")).to_be_visible()
    assert page.complaints == []


async def test_a_dropped_file_is_taken_in(gateway, browser):
    page = await page_of(gateway, browser, "admin")
    await page.goto("/admin/documents")
    await page.evaluate(DROP, "taxa.txt")
    await page.get_by_label("Samling").fill("taxor")
    await page.get_by_role("button", name="Läs in").click()

    await page.wait_for_url("**/admin/documents?batch=*")
    [submitted] = [each for each in gateway.script.asked if isinstance(each, ingest.SubmitRequest)]
    assert (submitted.filename, submitted.collection) == ("taxa.txt", "taxor")


async def test_files_are_sent_one_by_one_and_each_says_what_became_of_it(gateway, browser):
    await gateway.put_document("altan", data=b"Likadan.")
    gateway.script.documents["altan"].object = sha256(b"Likadan.").hexdigest()
    page = await page_of(gateway, browser, "admin")
    await page.goto("/admin/documents")
    files = [
        ("stor.txt", b"a" * 30_000),
        ("tom.txt", b""),
        ("likadan.txt", b"Likadan."),
        ("f\u00f6r.txt", b"a" * 60_000),
    ]
    await page.get_by_text("Lägg till dokument").click()
    await page.get_by_label("Filer").set_input_files(
        [{"name": name, "mimeType": "text/plain", "buffer": data} for name, data in files]
    )
    await page.get_by_role("button", name="Läs in").click()

    await expect(page.locator("#sending")).to_contain_text("2 filer kom inte med.")
    told = [" ".join((await row.inner_text()).split()) for row in await page.locator("#sent li").all()]
    submitted = [each for each in gateway.script.asked if isinstance(each, ingest.SubmitRequest)]
    assert told == [
        "stor.txt mottagen",
        "tom.txt Filen är tom.",
        "likadan.txt fanns redan, likadan",
        "för.txt Filen är för stor.",
    ]
    assert [each.filename for each in submitted] == ["stor.txt", "likadan.txt"]
    assert len({each.batch for each in submitted}) == 1
    # What is told of those that were refused stands there when the others have been read.
    for waiting in (2, 0, 5):
        gateway.script.queue = queue(waiting=waiting)
        if waiting:
            await expect(page.locator("#queue .now")).to_contain_text(f"{waiting} dokument väntar")
        else:
            await expect(page.locator("#queue .now")).not_to_be_visible()
    await expect(page.locator("#sent li")).to_have_count(4)
    assert await violations(page) == []
    await page.get_by_role("link", name="Visa dem som kom med").click()
    await page.wait_for_url(f"**/admin/documents?batch={submitted[0].batch}")


async def test_a_file_that_breaks_off_is_sent_again_alone(gateway, browser):
    page = await page_of(gateway, browser, "admin")
    await page.goto("/admin/documents")
    await page.route(
        "**/admin/documents", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    await page.evaluate(DROP, "taxa.txt")
    await page.get_by_role("button", name="Läs in").click()
    await expect(page.locator("#sent")).to_contain_text("Avbröts. Inget av filen sparades.")
    await page.unroute("**/admin/documents")
    await page.get_by_role("button", name="Skicka igen").click()

    await page.wait_for_url("**/admin/documents?batch=*")
    assert [each.filename for each in gateway.script.asked if isinstance(each, ingest.SubmitRequest)] == ["taxa.txt"]


async def test_an_administrator_pauses_by_keyboard(gateway, browser):
    gateway.script.queue = queue(waiting=84)
    page = await page_of(gateway, browser, "admin", java_script_enabled=False)
    await page.goto("/admin/documents")
    await page.get_by_role("button", name="Pausa inläsningen").press("Enter")

    await expect(page.locator("#queue")).to_contain_text("Inläsningen är pausad.")
