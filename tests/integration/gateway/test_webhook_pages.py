"""An administrator's webhooks in a real browser, with a real receiver; and the same by commands."""

from __future__ import annotations

import asyncio
import json

import pytest
from playwright.async_api import expect
from typer.testing import CliRunner

from allmanning.node.cli import app
from tests.browser import needs_chromium
from tests.integration.gateway.conftest import until
from tests.integration.gateway.receiver import receiving
from tests.integration.gateway.signin.people import person
from tests.integration.gateway.signin.test_in_browser import Walk, sign_in
from tests.integration.gateway.test_pages_in_browser import page_of


@needs_chromium
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
async def test_a_webhook_is_made_tried_mended_paused_and_removed(gateway, browser, scheme, width) -> None:
    person(gateway)
    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 800}}
    walk = Walk(await page_of(gateway, browser, **options), width)
    page = walk.page
    await sign_in(page, "anna@exempelby.se")
    async with receiving() as receiver:
        await page.goto("/admin/webhooks")
        await walk.look("webhooks-empty", "Webhookar")
        await page.get_by_label("Mottagarens adress").fill("http://arende.exempelby.se/in")
        await page.get_by_label("En granskning har passerat sin tid").check()
        await page.get_by_role("button", name="Skapa").click()
        await expect(page.get_by_role("alert")).to_contain_text("https")
        await expect(page.get_by_label("Mottagarens adress")).to_have_value("http://arende.exempelby.se/in")
        await expect(page.get_by_label("En granskning har passerat sin tid")).to_be_checked()
        await walk.look("webhooks-wrong")
        await page.get_by_label("Mottagarens adress").fill(receiver.url)
        await page.get_by_label("Ett dokument gick inte att läsa").check()
        await page.get_by_role("button", name="Skapa").click()
        secret = await page.get_by_label("Hemlighet").input_value()
        assert secret.startswith("whsec_")
        await walk.look("webhook-secret", "Hemlighet")

        await page.get_by_role("link", name="Vidare till mottagaren").click()
        await walk.look("webhook-new", receiver.url)
        assert secret not in await page.content()
        await page.get_by_role("button", name="Skicka ett prov").click()
        await expect(page.get_by_role("status")).to_contain_text("Provet kom fram. Mottagaren svarade 204.")
        receiver.status = 500
        await page.get_by_role("button", name="Skicka ett prov").click()
        await expect(page.get_by_role("alert")).to_contain_text("Mottagaren tog inte emot meddelandet")
        await expect(page.get_by_role("row").filter(has_text="försöker igen")).to_contain_text("500")
        await walk.look("webhook", receiver.url)

        await page.get_by_role("button", name="Pausa").click()
        await expect(page.locator(".facts")).to_contain_text("En administratör har pausat den.")
        await expect(page.get_by_role("button", name="Skicka ett prov")).to_have_count(0)
        await walk.look("webhook-paused")
        await page.goto("/admin/webhooks")
        await walk.look("webhooks")
        await page.get_by_role("link", name=receiver.url).click()
        await page.get_by_role("button", name="Slå på igen").click()
        await page.get_by_role("button", name="Byt och visa hemligheten").click()
        assert await page.get_by_label("Hemlighet").input_value() != secret
        await page.get_by_role("link", name="Vidare till mottagaren").click()
        await page.get_by_role("button", name="Ta bort mottagaren").click()
        await expect(page.locator(".nothing")).to_have_text("Inget system får veta något än.")

    assert walk.found == []
    assert [each for each in page.complaints if "400" not in each] == []


async def test_the_same_by_commands(gateway) -> None:
    options = ["--authority", "exempelby", "--url", gateway.url, "--key", gateway.key("admin"), "--json"]

    async def run(*words: str, exit_code: int = 0) -> dict:
        done = await asyncio.to_thread(CliRunner().invoke, app, ["webhook", *words, *options])
        assert done.exit_code == exit_code, done.output
        return json.loads(done.output) if exit_code < 2 else {}

    async with receiving() as receiver:
        made = await run("add", receiver.url, "-e", "review.due", "-e", "document.rejected")
        assert made["secret"].startswith("whsec_")
        [listed] = (await run("list"))["webhooks"]
        assert (listed["id"], listed["events"], "secret" in listed) == (
            made["id"],
            ["review.due", "document.rejected"],
            False,
        )
        tried = await run("test", made["id"])
        assert (tried["state"], tried["status"]) == ("delivered", 204)
        await until(lambda: len(receiver.came) == 1)
        receiver.status = 503
        failed = await run("test", made["id"], exit_code=1)
        assert (failed["state"], failed["error"]) == ("waiting", "webhook.refused")
        await run("add", "ftp://exempelby.se", "-e", "review.due", exit_code=2)
        await run("remove", made["id"])
        assert (await run("list"))["webhooks"] == []
