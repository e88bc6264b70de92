"""VERIFY.html, opened from a file in a real browser, says of a bundle what `allmanning log verify` says."""

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from allmanning.audit.export.bundle import Chosen
from allmanning.audit.export.certificate import StreamState, certify
from allmanning.audit.export.certificate_page import certificate_page
from allmanning.audit.export.manifest import Scope
from allmanning.audit.export.zipped import zipped
from allmanning.audit.gate.facts import NUMBERS, TRUTHS
from allmanning.audit.gate.gate import Gate
from allmanning.audit.gate.logged import Evaluation
from allmanning.audit.gate.ruleset import Ruleset
from allmanning.audit.gate.table import Table
from allmanning.audit.log.reading import StoredPin
from allmanning.audit.log.store import Store
from allmanning.audit.verify import verify
from allmanning.audit.verify.html import page as report_page
from allmanning.runtime.record import canonical
from tests.browser import CHROMIUM, QUIET, needs_chromium, violations
from tests.unit.audit.bundles import ORIGIN, first, packed, resigned, unzipped
from tests.unit.audit.producer import AUTHORITY, Producer, put
from tests.unit.audit.tables import own, row

pytestmark = needs_chromium


@pytest.fixture
def producer() -> Producer:
    return Producer()


@pytest.fixture
def filled(tmp_path: Path, producer: Producer):
    store = Store(tmp_path / "audit")
    store.open()
    gate = Gate.from_file(None)
    for time in ("2026-05-01T10:00:00.000Z", "2026-11-21T10:00:00.000Z", "2026-11-22T10:00:00.000Z"):
        producer.decide(gate, time=time)
    put(store, producer.leaves, len(producer.leaves))
    pinned = gate.baseline
    store.keep(producer.parts, [StoredPin(AUTHORITY, pinned.hash, "rules", pinned.pinned)])
    yield store
    store.close()


@pytest.fixture
async def page(tmp_path: Path, filled: Store) -> AsyncIterator[Page]:
    """The page as it lies in a bundle, on a machine without a network."""
    (tmp_path / "VERIFY.html").write_bytes(unzipped(packed(filled))["VERIFY.html"])
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        context = await browser.new_context(locale="sv-SE", offline=True)
        context.set_default_timeout(15_000)
        opened = await context.new_page()
        noise: list[str] = []
        opened.on("pageerror", lambda error: noise.append(str(error)))
        opened.on("console", lambda message: noise.append(message.text))
        opened.on("request", lambda asked: None if asked.url.startswith("file:") else noise.append(asked.url))
        await opened.goto((tmp_path / "VERIFY.html").as_uri())
        yield opened
        assert noise == []
        await browser.close()


async def give(page: Page, data: bytes) -> list[tuple[str, str]]:
    """Hand the page a ZIP; returns each check's name and outcome."""
    await page.locator("#file").set_input_files(
        [{"name": "paket.zip", "mimeType": "application/zip", "buffer": data}]
    )  # fmt: skip
    await page.locator("#heading").wait_for()
    rows = await page.locator("#checks tr").evaluate_all(
        "rows => rows.map(row => [row.dataset.check, row.dataset.status])"
    )
    return [(name, status) for name, status in rows]


def said(data: bytes, **options: str) -> list[tuple[str, str]]:
    """What the command says of the same ZIP."""
    return sorted({(check.name, check.status) for check in verify(data, **options).checks})


async def accessible(page: Page) -> None:
    assert await violations(page) == []


async def test_a_good_bundle_holds_in_the_browser_as_on_the_command_line(page, filled, producer):
    await accessible(page)
    chosen = [
        Chosen(),
        Chosen(opened=frozenset()),
        Chosen(Scope("period", "2026-11-22T00:00:00.000Z", "2026-12-01T00:00:00.000Z")),
        Chosen(Scope("decisions", decisions=(producer.leaves[0].decision, producer.leaves[-1].decision))),
    ]
    for each in chosen:
        data = packed(filled, each)
        assert verify(data).ok
        assert sorted(set(await give(page, data))) == said(data)
        await expect(page.locator("#verdict")).to_have_text("Allt stämmer.")
    await accessible(page)
    assert await page.evaluate("document.activeElement.id") == "heading"


async def test_the_page_speaks_english_too(page, filled):
    await give(page, packed(filled))
    await page.get_by_role("button", name="In English").click()
    await expect(page.locator("#verdict")).to_have_text("Everything holds.")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Check an extract of the decision log")
    assert await page.evaluate("document.documentElement.lang") == "en"
    await accessible(page)


async def test_the_keyboard_reaches_everything(page):
    reached = []
    for _ in range(3):
        await page.keyboard.press("Tab")
        reached.append(await page.evaluate("document.activeElement.id || document.activeElement.tagName"))
    assert reached == ["language", "file", "SUMMARY"]
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.id") == "vkey"


async def test_a_tampered_bundle_fails_in_the_same_places(page, filled):
    files = unzipped(packed(filled))
    for start in (
        "README",
        "pins/",
        "logs/2026h2/leaves",
        "logs/2026h2/parts",
        "logs/2026h2/checkpoint",
        "manifest.json",
    ):
        name = first(files, start)
        changed = bytearray(files[name])
        changed[len(changed) // 2] ^= 1
        data = zipped(files | {name: bytes(changed)})
        wrong = {each for each, status in await give(page, data) if status == "failed"}
        expected = {each for each, status in said(data) if status == "failed"}
        assert wrong == expected, name
        await expect(page.locator("#verdict")).to_contain_text("Filen stämmer inte")
    await accessible(page)
    cut = packed(filled)[:-100]
    assert ("archive", "failed") in await give(page, cut)


async def test_an_operator_with_the_key_is_caught_too(page, filled):
    files, key = unzipped(packed(filled)), filled.keys.of(ORIGIN)
    name = "logs/2026h1/parts/000000-000.jsonl"
    files[name] = b"".join(files[name].splitlines(keepends=True)[1:])
    data = resigned(files, key)
    assert ("unexplained", "failed") in await give(page, data)
    assert ("unexplained", "failed") in said(data)


async def test_the_auditors_own_key_and_checkpoint_are_compared(page, filled):
    data = packed(filled)
    kept = unzipped(data)["logs/2026h2/checkpoint"].decode()
    await page.locator("summary").click()
    await page.locator("#checkpoint").fill(kept)
    await page.locator("#vkey").fill(str(filled.keys.of(ORIGIN).verifier))
    found = await give(page, data)
    assert ("earlier_checkpoint", "ok") in found
    assert ("vkey", "ok") in found
    await page.locator("#checkpoint").fill(kept.replace("\n10\n", "\n9\n"))
    assert ("earlier_checkpoint", "failed") in await give(page, data)


async def test_a_browser_without_ed25519_says_so_and_vouches_for_nothing(page, filled):
    refused = """() => Promise.reject(new DOMException("", "NotSupportedError"))"""
    await page.evaluate(f"() => {{ crypto.subtle.importKey = {refused}; }}")
    found = await give(page, packed(filled))
    assert ("checkpoint", "unchecked") in found
    assert not any(status == "failed" for _, status in found)
    await expect(page.locator("#verdict")).to_contain_text("allt gick inte att kontrollera")
    await expect(page.locator("#checks")).to_contain_text("saknar Ed25519")


def cases(count: int) -> list[tuple[dict[str, object], dict[str, object]]]:
    """Inputs and circumstances of every kind, known and unknown, the same each time."""
    chance = random.Random(2026)
    secrecies = ["open", "internal", "secret", ""]
    words = {
        "stage": ["request", "release", ""],
        "role": ["citizen", "caseworker", "auditor", "admin", ""],
        "channel": ["citizen", "internal", "api", ""],
        "highest_secrecy": secrecies,
        "retrieved_secrecy": secrecies,
        "appeal_route": ["förvaltningsbesvär", "laglighetsprövning", "ej_överklagbart", "ej_ärende", ""],
        "delegation_ref": ["A 1.2", ""],
        "language": ["sv", "en", ""],
        "use_case": ["bygglov", ""],
    }
    numbers = [0, 0.1, 0.39999999, 0.4, 0.4000001, 0.74999999999, 0.75, 0.9, 0.99999999999999, 1]
    made = []
    for _ in range(count):
        given: dict[str, object] = {name: chance.choice(each) for name, each in words.items()}
        given = {name: word for name, word in given.items() if word}
        given |= {name: chance.random() < 0.3 for name in TRUTHS.values() if chance.random() < 0.8}
        given |= {name: chance.choice(numbers) for name in NUMBERS.values() if chance.random() < 0.9}
        day = chance.choice(["2025-12-31", "2026-11-27"])
        around: dict[str, object] = {"day": day, "deployment": "d1", "delegation": "A 1.2"}
        for name in ("halt", "deployment", "delegation"):
            if chance.random() < 0.1:
                around[name] = "x" if name == "halt" else ""
        for name in ("log_unavailable", "rules_unreadable", "evaluators_differ"):
            if chance.random() < 0.05:
                around[name] = True
        made.append((given, around))
    return made


HELD = own(
    row("E1", villkor={"skede": "svar", "kanal": "intern"}, **{"handläggningstid": "4", "andra granskare": "ja"}),
    row("E2", villkor={"skede": "svar", "svagaste stöd": "under 0,9"}, handläggningstid="4"),
    row("E3", villkor={"skede": "fråga", "barn": "ja"}, **{"andra granskare": "ja"}),
)


def reviewing(national: Table) -> Table:
    """The baseline, with something said of how some of its rows are reviewed."""
    value = json.loads(canonical(national.value))
    for each in value["regler"]:
        if each["regel"] in {"S4", "F10"}:
            each |= {"handläggningstid": "8", "andra granskare": "nej"}
    return Table.from_value(value)


async def test_the_pages_own_evaluator_agrees_with_the_services(page):
    rules = Ruleset(reviewing(Gate.from_file(None).national), HELD)
    asked = cases(1500)
    found = await page.evaluate(
        """([rules, cases]) => cases.map(([given, around]) => {
            const { id, verdict, hours, second } = decide(rules, given, around);
            return [id, verdict, hours, second];
        })""",
        [json.loads(rules.pinned), asked],
    )
    expected = []
    for given, around in asked:
        leaf = {"gate": {"verdict": "auto", "rule_id": "", "rules": "", "engine": "", "circumstances": around}}
        told = Evaluation.of(leaf)
        assert told is not None
        rule = told.again(rules, given)
        expected.append([rule.id, rule.verdict.name.lower(), rule.deadline_hours, rule.second_reviewer is True])
    assert found == expected
    assert len({rule for rule, *_ in expected}) > 15
    assert {(hours, second) for *_, hours, second in expected} >= {(None, False), (4, False), (4, True), (8, True)}


async def test_report_and_certificate_are_pages_that_anybody_can_read(page, filled, tmp_path):
    """They are opened as files and printed; neither has a script."""
    with filled.reading(AUTHORITY) as reading:
        made = certify(reading, filled.keys, Scope(), StreamState(15, 0), "2026-11-27T10:00:00.000Z")
    broken = verify(packed(filled)[:-50])
    pages = {
        "intyg": certificate_page(made),
        "rapport": report_page(verify(packed(filled)), "paket.zip", "2026-11-27"),
        "fel": report_page(broken, "paket.zip", "2026-11-27"),
    }
    for name, text in pages.items():
        assert "<script" not in text
        (tmp_path / f"{name}.html").write_text(text, encoding="utf-8")
        await page.goto((tmp_path / f"{name}.html").as_uri())
        await accessible(page)
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await expect(page.get_by_role("status")).to_contain_text("stämmer inte")
