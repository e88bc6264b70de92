"""The search page as a browser without scripts gets it."""

from __future__ import annotations

import re
from html import unescape

import pytest

from allmanning.contracts.access.v1.access_pb import Secrecy
from allmanning.contracts.passage.v1.passage_pb import Facet, Order, ScoredPassage, Span
from allmanning.contracts.retrieve.v1.retrieve_pb import SearchResponse, Understanding
from allmanning.runtime.errors import InvalidInput


def links(page):
    """Every link's address by its text, hidden words included."""
    found = re.findall(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', page.text, re.DOTALL)
    return {" ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split()): unescape(path) for path, text in found}


def answering(script, **values):
    """A search that finds one passage and counts collections within what it is limited to."""

    def answer(request):
        counts = {"bygg": 7, "skola": 2}
        chosen = request.filter.collections or counts
        facet = Facet(field="collection", counts=[Facet.Count(value=each, passages=counts[each]) for each in chosen])
        scored = ScoredPassage(
            passage=script.passage(), dense=0.8, sparse=4.0, matches=[Span(start=3, end=8)], sentence=Span(end=40)
        )
        facts = {"passages": [scored], "found": 24, "total": 12_040, "facets": [facet]}
        return SearchResponse(**{**facts, **values})

    script.search = answer


async def test_each_passage_tells_why_it_is_there(gateway):
    passage = gateway.script.passage()
    gateway.script.passages = [
        ScoredPassage(
            passage=passage, dense=0.8, sparse=4.0, matches=[Span(start=3, end=8)], sentence=Span(start=0, end=40)
        ),
        ScoredPassage(passage=passage, sparse=1.0),
        ScoredPassage(passage=passage, dense=0.5),
    ]
    async with gateway.signed_in("caseworker") as client:
        page = await client.get("/search", params={"q": "altan", "collections": "bygg", "as_of": "2026-04-01"})

    assert '<span class="sentence">En <mark>altan</mark> i markhöjd kräver inte bygglov.</span>' in page.text
    assert [page.text.count(f"<strong>Träff på {why}</strong>") for why in ("både ord och betydelse", "ord")] == [1, 1]
    assert "<strong>Träff på betydelse</strong>" in page.text
    assert "3 träffar" in page.text
    asked = gateway.script.asked[0]
    assert (asked.as_of, asked.filter.collections, asked.facets) == ("2026-04-01", ["bygg"], True)


async def test_a_passage_opens_at_its_best_sentence(gateway):
    answering(gateway.script)
    await gateway.put_document()
    async with gateway.signed_in("caseworker") as client:
        page = await client.get("/search?q=altan")

    assert "start=39&end=79&" in links(page)["Bygglov – altan och trädäck"]


async def test_a_choice_narrows_the_search_and_shows_the_others_beside_it(gateway):
    answering(gateway.script)
    async with gateway.signed_in("caseworker") as client:
        page = await client.get("/search?q=altan&order=newest")
        chosen = await client.get(links(page)["bygg 7"])
        both = await client.get(links(chosen)["skola 2"])

    assert links(page)["bygg 7"] == "/search?q=altan&collections=bygg&order=newest"
    assert links(chosen)["bygg , vald, ta bort 7"] == "/search?q=altan&order=newest"
    assert links(chosen)["Ta bort Samling: bygg"] == "/search?q=altan&order=newest"
    assert links(both)["Ta bort alla"] == "/search?q=altan&order=newest"
    shown = [each for each in gateway.script.asked if each.limit > 1]
    assert [each.filter.collections for each in shown] == [[], ["bygg"], ["bygg", "skola"]]
    assert {each.order for each in shown} == {Order.NEWEST}


async def test_the_next_page_goes_on_where_this_one_ended(gateway):
    answering(gateway.script, next="abc")
    async with gateway.signed_in("caseworker") as client:
        first = await client.get("/search?q=altan&secrecy=open")
        second = await client.get(links(first)["Nästa sida"])

    assert [each.cursor for each in gateway.script.asked if each.limit > 1] == ["", "abc"]
    assert "24 träffar, sida 2" in second.text
    assert 'start="21"' in second.text
    assert links(second)["Till första sidan"] == "/search?q=altan&secrecy=open"


async def test_how_the_question_was_understood_is_told(gateway):
    understanding = Understanding(
        corrections=[Understanding.Correction(written="alttan", meant="altan")],
        expansions=[Understanding.Expansion(word="dagis", words=["förskola"])],
        phrases=["1,2 meter"],
        excluded=["plank"],
        words_only=True,
    )
    answering(gateway.script, understanding=understanding)
    async with gateway.signed_in("caseworker") as client:
        page = await client.get("/search", params={"q": "alttan dagis"})

    text = " ".join(unescape(re.sub(r"<[^>]+>", "", page.text)).split())
    assert "Visar träffar för altan" in text
    assert links(page)["Sök i stället på alttan"] == "/search?q=%22alttan%22+dagis"
    assert "Söker även på förskola (för ”dagis”)." in text
    assert "Bara där det står 1,2 meter. Inte där det står plank." in text
    assert "Just nu söker vi bara på ord, inte på betydelse." in text


async def test_nothing_found_says_what_to_do(gateway):
    async with gateway.signed_in("caseworker") as client:
        page = await client.get("/search?q=altan&document_types=taxa")

    assert "0 träffar" in page.text
    assert links(page)["Sök utan avgränsning"] == "/search?q=altan"


async def test_what_documents_and_people_write_is_never_markup(gateway):
    evil = "<script>alert(1)</script>"
    answering(gateway.script, understanding=Understanding(phrases=[evil]))
    async with gateway.signed_in("caseworker") as client:
        page = await client.get("/search", params={"q": evil, "collections": evil, "document_types": evil})

    assert "<script>alert" not in page.text


async def test_a_refused_search_keeps_what_was_written_and_speaks_the_pages_language(gateway):
    gateway.script.error = InvalidInput("query.only_excluded", "Skriv också vad du söker. (Say what to find.)")
    async with gateway.signed_in("caseworker") as client:
        swedish = await client.get("/search", params={"q": "-plank"})
        english = await client.get("/search", params={"q": "-plank", "lang": "en"})

    assert (swedish.status_code, "Skriv också vad du söker.</p>" in swedish.text) == (400, True)
    assert 'value="-plank"' in swedish.text
    assert "Say what you are looking for too" in english.text


@pytest.mark.parametrize(("parameter", "there"), [("secrecy=hemlig", "internal"), ("order=best", "newest")])
async def test_an_address_with_an_unknown_choice_says_which_there_are(gateway, parameter, there):
    async with gateway.signed_in("caseworker") as client:
        swedish = await client.get(f"/search?q=altan&{parameter}", headers={"Accept": "text/html"})
        english = await client.get(f"/search?q=altan&{parameter}&lang=en", headers={"Accept": "text/html"})

    assert (swedish.status_code, english.status_code) == (400, 400)
    assert "ska vara ett av" in swedish.text
    assert "must be one of" in english.text
    assert there in swedish.text


async def test_a_date_nobody_chose_limits_nothing(gateway):
    async with gateway.signed_in("caseworker") as client:
        await client.get("/search?q=altan&dated_from=&dated_until=2026-12-31&as_of=")

    limits = gateway.script.asked[0].filter
    assert (limits.dated_from, limits.dated_until, gateway.script.asked[0].as_of) == ("", "2026-12-31", "")


async def test_around_a_passage_stand_its_neighbours_and_the_way_back(gateway):
    gateway.script.neighbours = [gateway.script.passage(id=each) for each in ("p0", "p1")]
    search = "?q=altan&secrecy=open&as_of=2026-04-01"
    async with gateway.signed_in("caseworker") as client:
        page = await client.get(f"/passages/p1/neighbours{search}")

    assert page.text.count('class="excerpt') == 2
    assert page.text.count('class="excerpt here"') == 1
    assert links(page)["Tillbaka till sökningen"] == f"/search{search}"
    assert gateway.script.asked[0].as_of == "2026-04-01"


async def test_similar_passages_are_listed_under_the_one_they_are_like(gateway):
    gateway.script.neighbours = [gateway.script.passage(id=each) for each in ("p0", "p1", "p2")]
    gateway.script.passages = [ScoredPassage(passage=gateway.script.passage(id="s1"), dense=0.9)]
    async with gateway.signed_in("auditor") as client:
        page = await client.get("/passages/p1/similar?q=altan")

    assert page.text.count('class="excerpt') == 1
    assert page.text.count("<article") == 1


@pytest.mark.parametrize("what", ["neighbours", "similar"])
async def test_pages_of_a_passage_are_for_staff_who_may_read_it(gateway, what):
    gateway.script.neighbours = [gateway.script.passage(gateway.script.version(secrecy=Secrecy.OPEN))]
    async with gateway.client() as stranger, gateway.signed_in("citizen") as citizen:
        assert (await stranger.get(f"/passages/p1/{what}")).status_code == 303
        assert (await citizen.get(f"/passages/p1/{what}")).status_code == 403
    async with gateway.signed_in("caseworker") as caseworker:
        unknown = await caseworker.get(f"/passages/p9/{what}", headers={"Accept": "text/html"})

    assert unknown.status_code == 404
    assert "Det finns inget sådant stycke som du får läsa." in unknown.text
