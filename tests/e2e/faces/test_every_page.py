"""Every page, and what every form leads to, full of what hostile people wrote, in a real browser."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Final

import pytest
from playwright.async_api import APIResponse, Browser

from tests.browser import needs_chromium
from tests.e2e.faces.looks import DESK, PHONE, Lookers, View
from tests.e2e.faces.matrix import ENDING, ENDLESS, LETTERS, typed
from tests.e2e.faces.routes import Face, faces
from tests.e2e.faces.states import STATES
from tests.e2e.faces.table import MAY
from tests.e2e.faces.town import Town

pytestmark = needs_chromium

ASKERS: Final[Mapping[str, str]] = {letter: asker for asker, letter in LETTERS.items()}
# Pieces that a script puts into a page.
_PIECES: Final = frozenset({"GET /search/found", "GET /search/preview/{document_id}", ENDLESS})
# Long pages about the API, which tests/integration/gateway looks at.
_ELSEWHERE: Final = frozenset({"GET /api", "GET /api/problems", "GET /api/reference", "GET /api/reference/{name}"})


@pytest.fixture
def town(town: Town) -> Town:
    town.sign_in_again()
    return town


def asker_of(face: Face) -> str:
    """The first of those who may."""
    return ASKERS[MAY[face.name][0]]


def lookers(town: Town, browser: Browser) -> AbstractAsyncContextManager[Lookers]:
    return Lookers.of(browser, town.url, {each: town.sessions.get(each, "") for each in LETTERS})


def address_of(face: Face, town: Town) -> str:
    return town.url + face.of(town.known) + (f"?authority={town.ours}" if "n" in MAY[face.name] else "")


@pytest.mark.timeout(600)
async def test_every_page_is_whole_for_everybody_and_runs_nothing_that_somebody_wrote(town, browser):
    pages = [each for each in faces() if each.method == "GET" and each.name not in _PIECES | _ELSEWHERE]
    titles: dict[str, str] = {}

    async def see(asker: str, address: str, name: str, *views: View) -> None:
        async with opened.one(asker) as looker:
            made = await looker.got(address)
            if made is None:
                return
            await looker.open(made)
            title = await looker.shown(name)
            if made.ok and name in MAY:
                titles[name] = title
            await looker.look(name, *views)

    async with lookers(town, browser) as opened:
        await asyncio.gather(
            *(see(asker_of(face), address_of(face, town), face.name, DESK, PHONE) for face in pages),
            *(see(asker, town.url + address, address, PHONE) for asker, address in STATES),
        )

    told = list(titles.values())
    assert len(told) > 70
    assert opened.found == []
    assert sorted({each for each in told if told.count(each) > 1}) == []


@pytest.mark.timeout(600)
async def test_what_every_form_leads_to_is_whole_and_runs_nothing_that_was_typed(town, browser):
    """Each is sent with an attack in every field; what comes back of it is a page, or the way to one."""
    forms = [each for each in faces() if each.method == "POST" and each.name not in ENDING]
    seen: set[str] = set()

    async def see(face: Face, made: APIResponse) -> None:
        async with opened.one(asker_of(face)) as looker:
            await looker.open(made)
            title = await looker.shown(face.name)
            # The page of an error is the same wherever it comes from.
            if title not in seen:
                seen.add(title)
                await looker.look(face.name, PHONE)

    async with lookers(town, browser) as opened, asyncio.TaskGroup() as looking:
        # One after the other, for what a form does the next one finds.
        for face in forms:
            made = await opened.sender(asker_of(face)).sent(address_of(face, town), typed(face, town))
            if made is not None:
                looking.create_task(see(face, made))

    assert len(seen) > 30
    assert opened.found == []
