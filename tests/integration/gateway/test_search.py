"""Search over HTTP: what is asked for, what comes back, and what is refused."""

from __future__ import annotations

import pytest

from allmanning.contracts.access.v1.access_pb import Secrecy
from allmanning.contracts.passage.v1.passage_pb import Facet, Order, ScoredPassage, Span
from allmanning.contracts.retrieve.v1.retrieve_pb import SearchResponse, Understanding
from allmanning.runtime.errors import Busy, InvalidInput, Unavailable


def found(script):
    """A whole answer, as the retrieve service gives it."""
    scored = ScoredPassage(
        passage=script.passage(script.version(document_type="riktlinje", secrecy=Secrecy.INTERNAL)),
        score=0.8,
        dense=0.7,
        sparse=3.0,
        matches=[Span(start=3, end=8)],
        sentence=Span(start=0, end=40),
    )
    understanding = Understanding(
        language="sv",
        expansions=[Understanding.Expansion(word="dagis", words=["förskola"])],
        corrections=[Understanding.Correction(written="alttan", meant="altan")],
        phrases=["1,2 meter"],
        excluded=["plank"],
        words_only=True,
    )
    return SearchResponse(
        passages=[scored],
        total=12,
        found=7,
        next="abc",
        index_version="v7",
        facets=[Facet(field="collection", counts=[Facet.Count(value="bygg", passages=7)])],
        understanding=understanding,
    )


async def search(client, **body):
    return await client.post("/v1/search", json={"query": "altan", **body})


async def test_an_answer_tells_where_why_and_how_many(gateway):
    gateway.script.search = lambda _: found(gateway.script)
    async with gateway.client("caseworker") as client:
        answer = (await search(client)).json()

    [hit] = answer.pop("passages")
    assert answer == {
        "total": 12,
        "found": 7,
        "next": "abc",
        "index_version": "v7",
        "facets": {"collection": [{"value": "bygg", "count": 7}]},
        "understanding": {
            "language": "sv",
            "corrections": [{"written": "alttan", "meant": "altan"}],
            "expansions": [{"word": "dagis", "words": ["förskola"]}],
            "phrases": ["1,2 meter"],
            "excluded": ["plank"],
            "words_only": True,
        },
    }
    assert hit.pop("view").startswith("/documents/altan?start=")
    assert hit.pop("text").startswith("En altan i markhöjd")
    assert hit == {
        "id": "p1",
        "flagged": False,
        "document": {
            "id": "altan",
            "title": "Bygglov – altan och trädäck",
            "uri": "bygg/altan.html",
            "version": "a" * 64,
            "authority": "exempelby",
            "collection": "bygg",
            "document_type": "riktlinje",
            "media_type": "text/html",
            "secrecy": "internal",
            "valid_from": "2026-03-01",
            "review_on": "",
            "review_overdue": False,
        },
        "location": {
            "page": 4,
            "headings": ["Bygglov", "När behövs bygglov"],
            "start": 39,
            "end": 79,
            "regions": [],
        },
        "score": 0.8,
        "matches": [{"start": 3, "end": 8}],
        "sentence": {"start": 0, "end": 40},
    }


async def test_an_answer_without_more_pages_or_a_known_sentence_says_so(gateway):
    gateway.script.passages = [ScoredPassage(passage=gateway.script.passage())]
    async with gateway.client("caseworker") as client:
        answer = (await search(client)).json()

    assert answer["next"] is None
    assert answer["passages"][0]["sentence"] is None
    assert (answer["passages"][0]["matches"], answer["facets"]) == ([], {})


async def test_every_filter_reaches_the_search(gateway):
    filters = {
        "collections": ["bygg"],
        "documents": ["altan"],
        "authorities": ["exempelby", "grannby"],
        "document_types": ["riktlinje"],
        "media_types": ["application/pdf"],
        "secrecy": ["open", "internal"],
        "dated_from": "2026-01-01",
        "dated_until": "2026-12-31",
        "as_of": "2026-05-01",
    }
    async with gateway.client("caseworker") as client:
        answer = await search(client, limit=5, filters=filters, order="oldest", cursor="abc", facets=True)

    assert answer.status_code == 200
    [asked] = gateway.script.asked
    assert (asked.query, asked.limit, asked.as_of) == ("altan", 5, "2026-05-01")
    assert (asked.order, asked.cursor, asked.facets) == (Order.OLDEST, "abc", True)
    limits = asked.filter
    assert (limits.collections, limits.documents, limits.authorities) == (
        ["bygg"],
        ["altan"],
        ["exempelby", "grannby"],
    )
    assert (limits.document_types, limits.media_types) == (["riktlinje"], ["application/pdf"])
    assert limits.secrecies == [Secrecy.OPEN, Secrecy.INTERNAL]
    assert (limits.dated_from, limits.dated_until) == ("2026-01-01", "2026-12-31")


async def test_a_search_without_more_limits_nothing(gateway):
    async with gateway.client("citizen") as client:
        await search(client, filters=None, cursor=None)

    [asked] = gateway.script.asked
    assert (asked.limit, asked.as_of, asked.order, asked.cursor) == (10, "", Order.UNSPECIFIED, "")
    assert asked.filter.to_binary() == b""
    assert asked.principal.clearances == [Secrecy.OPEN]


@pytest.mark.parametrize(
    ("body", "param", "message"),
    [
        ({"limit": 101}, "limit", "Fältet limit ska vara högst 100."),
        (
            {"filters": {"collection": ["bygg"]}},
            "filters",
            (
                "Fältet filters har inget som heter collection. Där finns collections, documents, authorities, "
                "document_types, media_types, secrecy, dated_from, dated_until, as_of."
            ),
        ),
        (
            {"filters": {"secrecy": ["hemlig"]}},
            "filters.secrecy[0]",
            "Fältet filters.secrecy[0] ska vara ett av 'open', 'internal', 'secret'.",
        ),
        ({"order": "best"}, "order", "Fältet order ska vara ett av 'relevance', 'newest', 'oldest'."),
        (
            {"filters": {"as_of": "igår"}},
            "filters.as_of",
            "Fältet filters.as_of ska vara ett datum, skrivet ÅÅÅÅ-MM-DD.",
        ),
        ({"filters": {"collections": "bygg"}}, "filters.collections", "Fältet filters.collections ska vara en lista."),
        ({"filters": ["bygg"]}, "filters", "Fältet filters ska vara ett objekt."),
    ],
)
async def test_what_we_do_not_know_is_refused_with_what_there_is(gateway, body, param, message):
    async with gateway.client("caseworker") as client:
        answer = await search(client, **body)

    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["param"]) == (400, "field.invalid", param)
    assert error["message"] == message
    assert not gateway.script.asked


@pytest.mark.parametrize(
    ("error", "status", "english"),
    [
        (
            InvalidInput("cursor.invalid", "Sidmarkören hör inte hit."),
            400,
            "This page of results belongs to another search. Search again from the beginning.",
        ),
        (
            InvalidInput("filter.invalid", "Högst 100 värden per fält. (At most 100 values a field.)"),
            400,
            "At most 100 values a field.",
        ),
        (
            Unavailable("embedder.unavailable", "Inbäddaren svarar inte."),
            503,
            "The service that understands meaning does not answer right now. Try again in a while.",
        ),
    ],
)
async def test_what_the_search_refuses_is_told_in_the_readers_language(gateway, error, status, english):
    gateway.script.error = error
    async with gateway.client("caseworker") as client:
        answer = await client.post("/v1/search", json={"query": "altan"}, headers={"Accept-Language": "en"})

    assert (answer.status_code, answer.json()["error"]["message"]) == (status, english)


async def test_a_busy_service_says_when_to_come_back(gateway):
    gateway.script.error = Busy("retrieve.busy", "För mycket på en gång.", retry_after_s=7)

    async with gateway.client("caseworker") as client:
        answer = await client.post("/v1/search", json={"query": "altan"})

    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
