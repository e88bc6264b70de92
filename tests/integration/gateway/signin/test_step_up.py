"""What can't be undone asks who it is once more: every form of the pages is in `tests/undoing.py`, or this fails.

A call to the API proves its key each time; what holds there is that no browser's session will do instead.
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import APIRouter
from fastapi.routing import iter_route_contexts

from allmanning.gateway import api, pages, widget
from tests.integration.gateway.signin.people import person, signed_in_as
from tests.integration.gateway.signin.store import age_sessions
from tests.undoing import ASKS, DOES_NOT_ASK

# Longer than a proof stands (sessions.FRESH_S), shorter than a session idles.
LONG_AGO_S = 700

# Before anybody is signed in, and what citizens do.
OPEN = ("/signin", "/signout", "/conversation", "/feedback", "/person", "/widget")
# Whoever asked reads why it was answered so, without an account.
WITHOUT_A_KEY = {"POST /v1/decisions/{decision_id}/explanation"}


def routes(router: APIRouter) -> Iterator[tuple[str, str]]:
    """Method and path of everything that is not only read."""
    for each in iter_route_contexts(router.routes):
        yield from ((method, each.path) for method in sorted((each.methods or set()) - {"GET", "HEAD"}) if each.path)


def forms() -> set[str]:
    """The address of every form that somebody who works here can send."""
    found = {path for router in (pages.router, widget.router) for _, path in routes(router)}
    return {each for each in found if each != "/" and not each.startswith(OPEN)}


def test_every_form_is_in_one_of_the_tables():
    told = "say in tests/undoing.py whether the form can be undone"
    assert (told, forms() - ASKS.keys() - DOES_NOT_ASK.keys()) == (told, set())
    assert (ASKS.keys() | DOES_NOT_ASK.keys()) - forms() == set()
    assert ASKS.keys() & DOES_NOT_ASK.keys() == set()


async def test_what_can_not_be_undone_asks_before_anything_is_done(gateway):
    account = person(gateway)
    other = person(gateway, "bo@exempelby.se", "caseworker")
    async with signed_in_as(gateway, account) as client:
        age_sessions(gateway.data_dir, by_s=500)
        assert (await client.post("/admin/keys", data=ASKS["/admin/keys"])).status_code == 200
        age_sessions(gateway.data_dir, by_s=LONG_AGO_S - 500)
        silent = []
        for path, fields in ASKS.items():
            address = path.replace("{account_id}", other.id)
            answer = await client.post(address.replace("{", "").replace("}", ""), data=fields)
            if not answer.headers.get("location", "").startswith("/signin/again?"):
                silent.append((path, answer.status_code))
        assert silent == []
        assert gateway.script.asked == []


async def test_no_session_stands_in_for_a_key(gateway):
    """A page asks its person again; a call that changes something has its key in it, or is nobody's."""
    taken = []
    async with signed_in_as(gateway, person(gateway)) as client:
        calls = list(routes(api.router))
        for method, path in calls:
            answer = await client.request(method, path.replace("{", "").replace("}", ""), json={})
            if answer.status_code != 401:
                taken.append(f"{method} {path}")
    assert len(calls) > 50
    assert set(taken) == WITHOUT_A_KEY
    assert gateway.script.asked == []
