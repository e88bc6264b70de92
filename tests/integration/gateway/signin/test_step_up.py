"""What can't be undone asks who it is once more: every form of the pages is in one of two tables, or this fails.

A call to the API proves its key each time; what holds there is that no browser's session will do instead.
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import APIRouter
from fastapi.routing import iter_route_contexts

from allmanning.gateway import api, pages, widget
from tests.integration.gateway.signin.people import person, signed_in_as
from tests.integration.gateway.signin.store import age_sessions

# Longer than a proof stands (sessions.FRESH_S), shorter than a session idles.
LONG_AGO_S = 700

# Sent with these fields, they ask first. `{account_id}` is somebody's, everything else in braces nobody's.
ASKS: dict[str, dict[str, str]] = {
    # Erased, and gone.
    "/log/erasures/new": {"act": "ask"},
    "/log/erasures/{erasure_id}": {"approve": "yes"},
    "/log/retention/classes/{proposal}": {},
    "/log/retention/holds/{hold}": {"reason": "x"},
    "/admin/documents/{document_id}/retire": {"sure": "true"},
    "/admin/sources/{source_id}/delete": {"retire_documents": "true"},
    # In somebody else's hands.
    "/log/registers/{register}": {"reason": "x"},
    "/log/disclosures/{disclosure_id}": {"decision": "yes"},
    "/log/disclosures/{disclosure_id}/release": {},
    # Ended for good.
    "/log/seal": {"reason": "changed", "understood": "true"},
    # What answers people from now on.
    "/admin/rules/versions/{version_id}/settle": {},
    "/admin/deployments/{deployment_id}/approve": {},
    "/admin/deployments/halts/{halt_id}/resume": {"reason": "x"},
    # Who comes in.
    "/admin/users": {"name": "x", "role": "admin"},
    "/admin/users/{account_id}": {"role": "admin"},
    "/admin/users/{account_id}/state": {"state": "disabled"},
    "/admin/users/{account_id}/reset": {},
    "/admin/keys": {"label": "x", "role": "admin"},
    "/admin/webhooks": {"url": "https://x.se", "events": "review.due"},
    "/admin/webhooks/{webhook_id}": {"url": "https://x.se", "events": "review.due"},
    "/admin/webhooks/{webhook_id}/secret": {},
    "/admin/webhooks/{webhook_id}/remove": {},
    "/account/passkey/options": {},
    "/account/passkey": {},
    "/account/passkey/remove": {},
    "/account/codes": {},
    "/account/codes/recovery": {},
    "/account/codes/off": {},
}

READS = "opens or counts: each reading is on record with its reason"
DRAFTS = "proposes, and a second person decides, who is asked"
WORK = "the day's work: it can be done otherwise tomorrow, and is on record"
BRAKE = "stops something: a brake must not ask"
OWN = "the sender's own, and proved by it"
DOES_NOT_ASK: dict[str, str] = {
    "/log/decisions": READS,
    "/log/{decision_id}": READS,
    "/log/{decision_id}/explanation": READS,
    "/log/{decision_id}/case-file": READS,
    "/log/bundle": READS,
    "/log/lint/{decision_id}": READS,
    "/log/replay": READS,
    "/log/reports": READS,
    "/log/like-cases": READS,
    "/log/like-cases/{decision_id}": READS,
    "/log/use": WORK,
    "/log/controls/readers": READS,
    "/log/erasures/search": READS,
    "/log/disclosures/of/{decision_id}": READS,
    "/log/samples": WORK,
    "/log/samples/{sample_id}/draw": WORK,
    "/log/samples/{sample_id}/open": READS,
    "/log/samples/{sample_id}/verdicts": WORK,
    "/log/recalls": WORK,
    "/log/recalls/{recall_id}": WORK,
    "/log/controls/plan": WORK,
    "/log/controls/draw": WORK,
    "/log/controls/{control_id}": WORK,
    "/log/registers/texts": WORK,
    "/log/disclosures/of/{decision_id}/masks": DRAFTS,
    "/log/retention/classes": DRAFTS,
    "/log/retention/holds": BRAKE,
    "/admin/deployments": DRAFTS,
    "/admin/deployments/{deployment_id}/end": BRAKE,
    "/admin/deployments/halt": BRAKE,
    "/admin/rules/edit": DRAFTS,
    "/admin/rules/versions/{version_id}/impact": READS,
    "/admin/keys/end": BRAKE,
    "/admin/webhooks/{webhook_id}/state": BRAKE,
    "/admin/webhooks/{webhook_id}/try": WORK,
    "/admin/widget": WORK,
    "/admin/widget/{channel_id}/revoke": BRAKE,
    "/admin/documents": WORK,
    "/admin/documents/retry": WORK,
    "/admin/documents/pause": BRAKE,
    "/admin/documents/{document_id}/retry": WORK,
    "/admin/documents/{document_id}/cancel": BRAKE,
    "/admin/quotas": WORK,
    "/admin/synonyms": WORK,
    "/admin/sources": WORK,
    "/admin/sources/{source_id}/run": WORK,
    "/admin/collections": WORK,
    "/admin/collections/{name}": WORK,
    "/admin/gaps": WORK,
    "/admin/write": WORK,
    "/admin/write/begin": WORK,
    "/review/next": WORK,
    "/review/sent": WORK,
    "/review/{review_id}": WORK,
    "/review/{review_id}/claim": WORK,
    "/review/{review_id}/return": WORK,
    "/review/{review_id}/seen": WORK,
    "/review/reports/{report_id}": WORK,
    "/case-file/{decision_id}": READS,
    "/search/answer": READS,
    "/search/report/{document_id}": WORK,
    "/search/saved": OWN,
    "/search/saved/{search_id}/forget": OWN,
    "/account/password": "asks for the old password",
    "/account/sessions/end": BRAKE,
}
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
    told = "say in ASKS or DOES_NOT_ASK whether the form can be undone"
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
