"""A version that another took the place of: who may still read it, and what is said of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from allmanning.contracts.access.v1.access_pb import Secrecy
from allmanning.contracts.ingest.v1.ingest_pb import Document, State
from allmanning.contracts.passage.v1.passage_pb import Location, Passage, Region, ScoredPassage
from allmanning.runtime.objects import Objects
from allmanning.runtime.swedish_day import today
from tests.integration.gateway.conftest import Running
from tests.integration.gateway.said import TEXT, passage, version

OLD, NEW = "0" * 64, "1" * 64


async def replaced(gateway: Running, old: dict[str, object], new: dict[str, object], **facts: object) -> None:
    """Version `OLD` of a document was replaced by `NEW`."""
    originals = Objects(gateway.bus, "originals")
    for name, data in (("old", b"<p>old</p>"), ("new", b"<p>new</p>")):
        await originals.put(f"sha-{name}", data)
    for each in (OLD, NEW):
        await originals.put(f"{each}.txt", f"{TEXT} {each[0]}".encode())
    known = {"state": State.RETIRED, "published": NEW, "passages": 3, "updated_at": "2026-05-31T22:30:00.000Z"} | facts
    gateway.script.versions[OLD] = Document(version=version(version=OLD, **old), object="sha-old", **known)
    current = Document(version=version(version=NEW, **new), object="sha-new", state=State.INDEXED, published=NEW)
    gateway.script.documents["altan"] = gateway.script.versions[NEW] = current


YESTERDAY, TOMORROW = (str(today() + timedelta(days)) for days in (-1, 1))
INTERNAL = {"secrecy": Secrecy.INTERNAL}
SECRET = {"secrecy": Secrecy.SECRET, "owner_unit": "ifo"}
IFO = {"unit": "ifo", "secret": True}


@pytest.mark.parametrize("where", ["/v1/documents/altan", "/v1/documents/altan/text", "/documents/altan"])
@pytest.mark.parametrize(
    ("role", "options", "old", "new", "facts", "status"),
    [
        ("", {}, {}, {}, {}, 200),
        ("", {}, {"valid_to": YESTERDAY}, {}, {}, 200),
        # Whoever may read it now may not therefore read what it was.
        ("", {}, INTERNAL, {}, {}, 404),
        ("caseworker", {}, INTERNAL, {}, {}, 200),
        ("caseworker", {}, SECRET, {}, {}, 404),
        ("caseworker", IFO, SECRET, SECRET, {}, 200),
        # Nor may whoever could read it then, when it has been closed.
        ("", {}, {}, INTERNAL, {}, 404),
        ("caseworker", {}, {}, SECRET, {}, 404),
        ("", {}, {}, {"valid_to": YESTERDAY}, {}, 404),
        # It never came into force, or was overtaken before anybody could find it.
        ("", {}, {"valid_from": TOMORROW}, {}, {}, 404),
        ("", {}, {}, {}, {"passages": 0}, 404),
        ("", {}, {}, {}, {"state": State.HELD}, 404),
        # The document is withdrawn.
        ("", {}, {}, {}, {"published": ""}, 404),
        ("caseworker", {}, {}, {}, {"published": ""}, 404),
        ("auditor", {}, {}, {}, {"published": ""}, 200),
        ("auditor", {}, {"valid_to": YESTERDAY}, SECRET, {}, 200),
        ("auditor", {}, SECRET, {}, {}, 404),
        ("auditor", {"authority": "annanby"}, {}, {}, {}, 404),
        ("caseworker", {"authority": "annanby"}, {"shared": True}, {"shared": True}, {}, 200),
        ("caseworker", {"authority": "annanby"}, {}, {"shared": True}, {}, 404),
    ],
)
async def test_who_may_read_an_old_version(gateway, where, role, options, old, new, facts, status):
    await replaced(gateway, old, new, **facts)
    if options.get("authority"):
        gateway.key("admin", options["authority"])
    page = where.startswith("/documents") and role
    async with gateway.signed_in(role, **options) if page else gateway.client(role, **options) as client:
        answer = await client.get(where, params={"version": OLD, "authority": "exempelby"})
    assert answer.status_code == status


async def test_an_old_version_is_given_whole_and_says_that_it_is_old(gateway):
    await replaced(gateway, {}, {})
    asked = {"version": OLD, "authority": "exempelby"}
    async with gateway.client() as client:
        known = (await client.get("/v1/documents/altan", params=asked)).json()
        text = await client.get("/v1/documents/altan/text", params=asked)
        original = await client.get("/v1/documents/altan/original", params=asked)
        page = await client.get("/documents/altan", params=asked)
        english = await client.get("/documents/altan", params=asked | {"lang": "en"})
        now = await client.get("/documents/altan", params={"authority": "exempelby"})

    assert (known["state"], known["version"], known["current_version"]) == ("retired", OLD, NEW)
    assert (text.text, original.text) == (f"{TEXT} 0", "<p>old</p>")
    # Half past midnight in Sweden.
    assert "Den ersattes 1 juni 2026." in page.text
    assert '<a href="/documents/altan?authority=exempelby">' in page.text
    assert "It was replaced on" in english.text
    assert "ersattes" not in now.text


async def test_while_a_new_version_is_on_its_way_the_published_one_is_shown(gateway):
    await replaced(gateway, {}, {})
    waiting = Document(version=version(version="2" * 64), object="sha-new", state=State.RECEIVED, published=NEW)
    gateway.script.documents["altan"] = waiting
    async with gateway.client() as client:
        known = await client.get("/v1/documents/altan", params={"authority": "exempelby"})
        early = await client.get("/v1/documents/altan", params={"authority": "exempelby", "version": "2" * 64})
    assert (known.status_code, known.json()["version"]) == (200, NEW)
    assert early.status_code == 404


async def test_a_document_that_ends_today_in_sweden_is_read_until_midnight_there(gateway, monkeypatch):
    await gateway.put_document(valid_from="2026-01-01", valid_to="2026-06-30")
    statuses = []
    async with gateway.client() as client:
        for day in (date(2026, 6, 30), date(2026, 7, 1)):
            monkeypatch.setattr("allmanning.gateway.reading.today", lambda day=day: day)
            monkeypatch.setattr("allmanning.gateway.api.documents.today", lambda day=day: day)
            found = await client.get("/v1/documents/altan/text", params={"authority": "exempelby"})
            async with gateway.client("caseworker") as staff:
                listed = (await staff.get("/v1/documents")).json()["documents"]
            statuses.append((found.status_code, len(listed)))
    assert statuses == [(200, 1), (404, 0)]


@pytest.mark.parametrize(("review_on", "overdue"), [("2026-03-01", True), (str(today()), False), ("", False)])
async def test_a_document_whose_review_is_overdue_says_so_where_it_is_found(gateway, review_on, overdue):
    described = version(version="altan".ljust(64, "0"), review_on=review_on)
    await gateway.put_document(review_on=review_on)
    gateway.script.passages = [ScoredPassage(passage=passage(described), score=0.5)]
    async with gateway.client("caseworker") as client:
        hit = (await client.post("/v1/search", json={"query": "altan"})).json()["passages"][0]
        known = (await client.get("/v1/documents/altan")).json()
    async with gateway.signed_in("caseworker") as browser:
        swedish = (await browser.get("/search", params={"q": "altan"})).text
        english = (await browser.get("/search", params={"q": "altan", "lang": "en"})).text
    assert (hit["document"]["review_overdue"], hit["document"]["review_on"]) == (overdue, review_on)
    assert (known["review_overdue"], known["review_on"]) == (overdue, review_on)
    assert ("Skulle ha granskats 2026-03-01" in swedish) is overdue
    assert ("Review was due 2026-03-01" in english) is overdue


async def test_a_hit_says_where_on_its_pages_it_stands_and_opens_there(gateway):
    described = version(media_type="application/pdf", version="altan".ljust(64, "0"))
    region = Region(page=4, left=72, top=100.5, right=523, bottom=180)
    found = Passage(id="p1", document=described, text="Ord", location=Location(page=4, end=3, regions=[region]))
    await gateway.put_document(media_type="application/pdf")
    gateway.script.passages = [ScoredPassage(passage=found, score=0.5)]
    async with gateway.client("caseworker") as client:
        hit = (await client.post("/v1/search", json={"query": "altan"})).json()["passages"][0]
    assert hit["location"]["regions"] == [{"page": 4, "left": 72, "top": 100.5, "right": 523, "bottom": 180}]
    assert "page=4" in hit["view"]
    async with gateway.client() as client:
        page = await client.get(hit["view"])
    assert "authority=exempelby#page=4" in page.text
