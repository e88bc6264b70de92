"""Every page, and what every form leads to, full of what hostile people wrote, in a real browser."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final

import pytest
from playwright.async_api import Browser

from tests.browser import needs_chromium
from tests.e2e.faces.looks import DESK, PHONE, Looker
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


def asker_of(face: Face) -> str:
    """The first of those who may."""
    return ASKERS[MAY[face.name][0]]


@asynccontextmanager
async def lookers(town: Town, browser: Browser) -> AsyncIterator[Mapping[str, Looker]]:
    """A browser's page for each asker."""
    opened = {each: await Looker.of(browser, town.url, town.sessions.get(each, "")) for each in LETTERS}
    yield opened
    for each in opened.values():
        await each.page.context.close()


async def shows_a_page(looker: Looker, address: str) -> bool:
    """Whether what is there is read in the browser, and is no file."""
    head = await looker.page.context.request.get(address, max_redirects=0)
    kind = head.headers.get("content-type", "")
    return (
        head.status not in range(300, 400)
        and kind.startswith("text/html")
        and "content-disposition" not in head.headers
    )


@pytest.mark.timeout(600)
async def test_every_page_is_whole_for_everybody_and_runs_nothing_that_somebody_wrote(town, browser):
    visits = [
        (asker_of(face), face.of(town.known) + (f"?authority={town.ours}" if "n" in MAY[face.name] else ""), face.name)
        for face in faces()
        if face.method == "GET" and face.name not in _PIECES | _ELSEWHERE
    ]
    async with lookers(town, browser) as by_asker:
        for asker, address, name in visits:
            looker = by_asker[asker]
            if await shows_a_page(looker, address):
                await looker.look(await looker.page.goto(address), name, DESK, PHONE)
        titles = [title for each in by_asker.values() for title in each.titles.values()]
        for asker, address in STATES:
            await by_asker[asker].look(await by_asker[asker].page.goto(address), address, PHONE)

    assert [found for each in by_asker.values() for found in each.found] == []
    assert sorted({each for each in titles if titles.count(each) > 1}) == []


@pytest.mark.timeout(600)
async def test_what_every_form_leads_to_is_whole_and_runs_nothing_that_was_typed(town, browser):
    """Each is sent with an attack in every field; what comes back of it is a page, or the way to one."""
    forms = [each for each in faces() if each.method == "POST" and each.name not in ENDING]
    seen: set[str] = set()
    async with lookers(town, browser) as by_asker:
        for face in forms:
            looker = by_asker[asker_of(face)]
            address = face.of(town.known) + (f"?authority={town.ours}" if "n" in MAY[face.name] else "")
            answer = await looker.sent(town.url + address, typed(face, town))
            if answer is None:
                continue
            # The page of an error is the same wherever it comes from.
            title = await looker.shown(answer, face.name)
            if title not in seen:
                seen.add(title)
                await looker.look(answer, face.name, PHONE)

    assert len(seen) > 30
    assert [found for each in by_asker.values() for found in each.found] == []
