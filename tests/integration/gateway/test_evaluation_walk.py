"""An administrator measures the answers from the pages: in a browser, and without scripts."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator

from playwright.async_api import expect

from allmanning.contracts.generate.v1 import generate_pb as generate
from tests.browser import needs_chromium
from tests.integration.gateway.said import QUOTE, finished, opened, sentence
from tests.integration.gateway.signin.people import person
from tests.integration.gateway.signin.test_in_browser import Walk, sign_in
from tests.integration.gateway.test_pages_in_browser import page_of

LINES = "\n".join(
    json.dumps(each, ensure_ascii=False)
    for each in (
        {
            "id": "altan",
            "question": "Behöver jag bygglov?",
            "expect": "answered",
            "role": "citizen",
            "facts": ["markhöjd"],
        },
        {"id": "mars", "question": "Vem styr på Mars?", "expect": "abstained", "role": "citizen"},
    )
)


def file(text: str) -> dict[str, tuple[str, bytes, str]]:
    return {"file": ("frågor.jsonl", text.encode(), "application/jsonl")}


@needs_chromium
async def test_questions_are_written_asked_followed_and_each_fault_opened(gateway, browser) -> None:
    person(gateway)
    held = asyncio.Event()
    text = f"{QUOTE} [1]"

    async def answer(_: generate.AnswerRequest) -> AsyncIterator[generate.AnswerResponse]:
        await held.wait()
        for each in (opened(), sentence(text), finished(text, generate.Outcome.ANSWERED)):
            yield each

    gateway.script.answer = answer
    walk = Walk(await page_of(gateway, browser, viewport={"width": 360, "height": 800}), 360)
    page = walk.page
    await sign_in(page, "anna@exempelby.se")
    await page.goto("/admin/evaluations")
    await walk.look("evaluations-empty", "Mätningar")
    await page.get_by_label("Namn på uppsättningen").fill("Bygglov")
    await page.locator("#file").set_input_files(
        {"name": "f.jsonl", "mimeType": "application/jsonl", "buffer": LINES.encode()}
    )
    await page.get_by_role("button", name="Spara frågorna").click()
    await expect(page.get_by_role("row", name=re.compile("Vem styr på Mars"))).to_contain_text("ska inte besvaras")
    await page.get_by_label("Frågan, med de ord").fill("Hur hög får altanen vara?")
    await page.get_by_label("Det här ska stå i svaret").fill("markhöjd\nbygglov")
    await page.get_by_label("Rätt dokument").fill("bygg/altan.html")
    await page.get_by_role("button", name="Lägg till frågan").click()
    await expect(page.get_by_text("3 frågor")).to_be_visible()
    await walk.look("evaluation-set", "Bygglov")

    await page.get_by_label("Vad mätningen ska heta").fill("Före bytet")
    await page.get_by_role("button", name="Mät nu").click()
    await expect(page.locator("#progress")).to_contain_text("0 av 3 frågor har fått svar.")
    await walk.look("evaluation-running", "Före bytet")
    held.set()
    await expect(page.get_by_role("heading", name="Klar")).to_be_visible()
    await walk.look("evaluation-done", "Före bytet")
    await page.get_by_role("link", name="Vem styr på Mars?").click()
    await expect(page.get_by_role("main")).to_contain_text("ska inte besvaras")
    await expect(page.get_by_role("link", name="Beslutet i loggen")).to_be_visible()
    await walk.look("evaluation-answer", "Vem styr på Mars?")


async def test_what_is_wrong_with_a_file_is_told_by_line_and_nothing_is_kept(gateway) -> None:
    wrong = ('{"id": "x", "expect": "kanske"}', "inte json", '{"id": "altan", "question": "?", "expect": "review"}')
    bad = "\n".join((LINES, *wrong))
    async with gateway.signed_in("admin") as client:
        refused = await client.post("/admin/evaluations/sets", data={"name": "Fel"}, files=file(bad))
        made = await client.post("/admin/evaluations/sets", data={"name": "Rätt"}, files=file(LINES))
        where = made.headers["location"]
        kept = (await client.get(f"{where}/questions.jsonl")).text
        stale = {"revision": "0", "question": "altan"}
        conflict = await client.post(f"{where}/questions/remove", data=stale)
        listed = (await client.get("/admin/evaluations")).text

    assert refused.status_code == 400
    told = re.sub(r"\s+", " ", refused.text)
    assert "Rad 3: fältet question saknas; rad 3: expect ska vara något av answered" in told
    assert "rad 4: raden är inte ett JSON-objekt" in told
    assert "rad 5: id altan finns redan" in told
    assert 'value="Fel"' in refused.text
    assert [json.loads(each) for each in kept.splitlines()] == [json.loads(each) for each in LINES.splitlines()]
    assert conflict.status_code == 409
    assert ("Rätt" in listed, ">Fel<" in listed) == (True, False)


async def test_an_auditor_sees_figures_and_begins_nothing(gateway) -> None:
    async with gateway.signed_in("admin") as client:
        made = await client.post("/admin/evaluations/sets", data={"name": "Rätt"}, files=file(LINES))
        run = await client.post("/admin/evaluations", data={"set": made.headers["location"].rpartition("/")[2]})
    async with gateway.signed_in("auditor") as client:
        seen = await client.get(run.headers["location"])
        answer = await client.get(f"{run.headers['location']}/answers/1")
        begun = await client.post("/admin/evaluations", data={"set": "x"})

    assert (seen.status_code, answer.status_code, begun.status_code) == (200, 403, 403)
    assert "Stoppa mätningen" not in seen.text
