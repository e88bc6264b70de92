"""A web site is followed as its sitemap, its robots.txt and its answers say."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest

from allmanning.contracts.ingest.v1.ingest_pb import Source, State
from allmanning.runtime.errors import InvalidInput
from tests.integration.ingest.sources.asking import Asking, figures
from tests.integration.ingest.sources.web import Page, Web, serving


@pytest.fixture
def web() -> Iterator[Web]:
    with serving() as web:
        web.pages["/robots.txt"] = Page(b"User-agent: *\nDisallow: /hemligt/\n", "text/plain")
        yield web


async def follow(asking: Asking, web: Web, place: str = "", **options: str) -> Source.Run:
    await asking.put("website", web.url + place, **({"delay_s": "0"} | options))
    return await asking.run()


def paths(web: Web) -> list[str]:
    return [path for path, _ in web.asked]


async def test_pages_come_change_and_go_and_unchanged_ones_cost_no_body(asking: Asking, web: Web) -> None:
    for name in ("a", "b", "c"):
        web.html(f"/{name}", f"Sidan {name} om gator.")
    web.sitemap("/a", "/b", "/c")
    assert figures(await follow(asking, web)) == {"found": 3, "added": 3}
    documents = await asking.settled()
    assert sorted(documents) == [f"{web.url}/{name}" for name in "abc"]
    assert all(each.state is State.INDEXED for each in documents.values())
    web.forget()
    assert figures(await asking.run()) == {"found": 3, "unchanged": 3}
    assert [status for path, status in web.asked if path in ("/a", "/b", "/c")] == [304, 304, 304]
    web.html("/a", "Sidan a om broar.")
    web.pages["/b"] = Page(b"borta", status=410, etag=False)
    web.sitemap("/a", "/b")
    web.forget()
    assert figures(await asking.run()) == {"found": 1, "changed": 1, "removed": 2}
    assert list(await asking.settled()) == [f"{web.url}/a"]
    assert await asking.ingest.found("broar") == ["Sidan a om broar."]


async def test_we_say_who_we_are_and_keep_no_cookies(asking: Asking, web: Web) -> None:
    web.html("/a", "Gator.", headers={"Set-Cookie": "id=1; Path=/"})
    web.html("/b", "Broar.")
    web.sitemap("/a", "/b")
    await follow(asking, web)
    assert web.cookies == []
    assert [agent.partition("/")[0] for agent in web.agents] == ["allmanning"]


async def test_server_in_trouble_keeps_what_there_is(asking: Asking, web: Web) -> None:
    web.html("/a", "Gator.")
    web.html("/b", "Broar.")
    web.sitemap("/a", "/b")
    await follow(asking, web)
    web.pages["/b"] = Page(b"fel", status=500, etag=False)
    run = await asking.run()
    assert figures(run) == {"found": 2, "unchanged": 1, "failed": 1}
    assert "HTTP 500" in run.reason
    for broken in (Page(b"fel", status=503, etag=False), Page(b"<urlset><url>", "application/xml")):
        web.pages["/sitemap.xml"] = broken
        run = await asking.run()
        assert (run.code in ("source.unreachable", "source.sitemap_invalid"), run.removed) == (True, 0)
    assert len(await asking.documents()) == 2


async def test_site_that_does_not_answer_is_unreachable(asking: Asking, web: Web) -> None:
    web.html("/a", "Gator.")
    web.sitemap("/a")
    await follow(asking, web)
    # Port 1 is never listened on.
    await asking.put("website", "http://127.0.0.1:1", delay_s="0")
    run = await asking.run()
    assert (run.code, run.found, run.removed) == ("source.no_answer", 0, 0)
    assert len(await asking.documents()) == 1


async def test_what_robots_forbid_is_not_asked_for(asking: Asking, web: Web) -> None:
    web.html("/a", "Gator.")
    web.html("/hemligt/b", "Broar.")
    web.sitemap("/a", "/hemligt/b")
    run = await follow(asking, web)
    assert figures(run) == {"found": 2, "added": 1, "failed": 1}
    assert "source.robots_forbidden" in run.reason
    assert "/hemligt/b" not in paths(web)


async def test_rules_for_us_by_name_win_and_missing_robots_allow(asking: Asking, web: Web) -> None:
    web.html("/hemligt/b", "Broar.")
    web.sitemap("/hemligt/b")
    rules = b"User-agent: *\nDisallow: /\n\nUser-agent: Allmanning\nDisallow:\n"
    web.pages["/robots.txt"] = Page(rules, "text/plain")
    assert figures(await follow(asking, web)) == {"found": 1, "added": 1}
    web.pages["/robots.txt"] = Page(b"User-agent: allmanning\nDisallow: /\n", "text/plain")
    assert (await asking.run()).code == "source.robots_forbidden"
    del web.pages["/robots.txt"]
    assert figures(await asking.run()) == {"found": 1, "unchanged": 1}
    web.pages["/robots.txt"] = Page(b"", status=500)
    assert (await asking.run()).code == "source.unreachable"


async def test_hundred_pages_in_a_sitemap_index(asking: Asking, web: Web) -> None:
    names = [f"/sida/{number}" for number in range(100)]
    for name in names:
        web.html(name, f"Sidan {name} om gator.")
    web.pages["/robots.txt"] = Page(f"Sitemap: {web.url}/kartor.xml\n".encode(), "text/plain")
    web.index("/k1.xml", "/k2.xml.gz", "/k1.xml", at="/kartor.xml")
    web.sitemap(*names[:60], at="/k1.xml")
    web.sitemap(*names[50:], at="/k2.xml.gz", packed=True)
    assert figures(await follow(asking, web)) == {"found": 100, "added": 100}
    assert paths(web).count("/k1.xml") == 1
    assert figures(await asking.run()) == {"found": 100, "unchanged": 100}
    # One sitemap of two away: its pages stay.
    web.pages["/k2.xml.gz"] = Page(b"", status=500)
    run = await asking.run()
    assert (run.code, run.unchanged, run.removed) == ("source.unreachable", 60, 0)
    run = await follow(asking, web, max_pages="10")
    assert (run.code, run.found) == ("source.too_many_pages", 10)


async def test_files_that_pages_link_to_stay_while_the_page_is_unchanged(asking: Asking, web: Web) -> None:
    links = '<a href="/fil/taxa.pdf#s2">Taxa</a> <a href="bild.png">Bild</a> <a href="http://annan.example/x.pdf">X</a>'
    web.html("/a", "Gator.", links=links + '<a href="plan.txt">Plan</a>')
    web.pages["/fil/taxa.pdf"] = Page(b"%PDF-1.4 trasig", "application/pdf")
    web.pages["/plan.txt"] = Page(b"Planen galler gator.", "text/plain")
    web.sitemap("/a")
    assert figures(await follow(asking, web)) == {"found": 1, "added": 1}
    assert figures(await follow(asking, web, include_files="ja")) == {"found": 1, "unchanged": 1}
    web.html("/a", "Gator och torg.", links=links + '<a href="plan.txt">Plan</a>')
    assert figures(await asking.run()) == {"found": 3, "added": 2, "changed": 1}
    assert figures(await asking.run()) == {"found": 3, "unchanged": 3}
    assert not {"/bild.png", "/x.pdf"} & set(paths(web))
    web.html("/a", "Gator och torg.", links=links)
    assert figures(await asking.run()) == {"found": 2, "changed": 1, "unchanged": 1, "removed": 1}


async def test_other_kinds_and_hidden_pages_are_left(asking: Asking, web: Web) -> None:
    web.pages["/bild"] = Page(b"\x89PNG", "image/png")
    web.html("/dold", "Dold.", head='<meta name="robots" content="noindex, nofollow">')
    web.html("/dold2", "Dold.", headers={"X-Robots-Tag": "noindex"})
    web.html("/a", "Gator.")
    web.sitemap("/bild", "/dold", "/dold2", "/a")
    assert figures(await follow(asking, web)) == {"found": 1, "added": 1}
    assert figures(await asking.run()) == {"found": 1, "unchanged": 1}
    web.html("/a", "Gator.", head='<meta name="robots" content="noindex">')
    run = await asking.run()
    assert (run.code, run.removed) == ("", 1)


async def test_one_page_under_several_addresses_is_one_document(asking: Asking, web: Web) -> None:
    canonical = '<link rel="canonical" href="/gator">'
    web.html("/gator", "Gator.", head=canonical)
    web.html("/gator?sort=namn", "Gator.", head=canonical)
    web.html("/x", "Annat.", head='<link rel="canonical" href="/">')
    web.pages["/gamla-gator"] = Page(b"", status=301, headers={"Location": "/gator"}, etag=False)
    web.sitemap("/gator?sort=namn", "/gamla-gator", "/x")
    assert figures(await follow(asking, web)) == {"found": 2, "added": 2}
    assert sorted(await asking.documents()) == [f"{web.url}/gator", f"{web.url}/x"]
    assert figures(await asking.run()) == {"found": 2, "unchanged": 2}


async def test_pages_that_name_each_other_are_not_both_lost(asking: Asking, web: Web) -> None:
    web.html("/a", "Gator.", head='<link rel="canonical" href="/b">')
    web.html("/b", "Gator.", head='<link rel="canonical" href="/a">')
    web.sitemap("/a", "/b")
    for _ in range(2):
        await follow(asking, web)
        assert list(await asking.documents()) == [f"{web.url}/b"]


async def test_redirect_to_another_host_is_not_followed(asking: Asking, web: Web) -> None:
    with serving() as inner:
        inner.html("/hemligt", "Internt.")
        for place in (f"{inner.url}/hemligt", "http://169.254.169.254/latest/meta-data/", "file:///etc/passwd"):
            web.pages["/a"] = Page(b"", status=302, headers={"Location": place}, etag=False)
            web.sitemap("/a")
            run = await follow(asking, web)
            assert figures(run) == {"found": 1, "failed": 1}
            assert "source.redirected_away" in run.reason
        web.pages["/robots.txt"] = Page(b"", status=302, headers={"Location": f"{inner.url}/robots.txt"}, etag=False)
        assert (await asking.run()).code == "source.redirected_away"
        assert inner.asked == []


@pytest.mark.parametrize("host", ["localhost", "[::1]", "0.0.0.0", "2130706433", "[::ffff:127.0.0.1]"])
async def test_private_addresses_are_refused_unless_the_operator_lists_the_host(
    asking: Asking, web: Web, host: str
) -> None:
    web.html("/a", "Gator.")
    web.sitemap("/a")
    await asking.put("website", f"http://{host}:{web.port}", delay_s="0")
    run = await asking.run()
    assert (run.code, web.asked) == ("source.address_refused", [])


@pytest.mark.parametrize("place", ["file:///etc/passwd", "ftp://x.example", "x.example", "http://u:hemlig@x.example"])
async def test_wrong_addresses_are_refused(asking: Asking, place: str) -> None:
    with pytest.raises(InvalidInput, match=r"source\.location_invalid") as refused:
        await asking.put("website", place)
    assert "hemlig@" not in refused.value.message


async def test_packed_answers_are_unpacked_and_bombs_are_not(asking: Asking, web: Web) -> None:
    packed = {"Content-Encoding": "gzip"}
    web.pages["/a"] = Page(gzip.compress(b"<html><body><p>Packade gator.</p></body></html>"), headers=packed)
    web.pages["/b"] = Page(gzip.compress(bytes(30_000_000)), headers=packed)
    web.pages["/c"] = Page(b"inte gzip", headers=packed)
    web.pages["/d"] = Page(b"x", headers={"Content-Encoding": "br"})
    web.pages["/e"] = Page(b"a" * 1_100_000, etag=False)
    web.sitemap("/a", "/b", "/c", "/d", "/e")
    assert figures(await follow(asking, web)) == {"found": 5, "added": 1, "failed": 4}
    await asking.settled()
    assert await asking.ingest.found("gator") == ["Packade gator."]
    web.pages["/sitemap.xml"] = Page(gzip.compress(b" " * 60_000_000), "application/gzip")
    assert (await asking.run()).code == "file.too_large"


async def test_patterns_choose_pages_and_trusted_times_save_questions(asking: Asking, web: Web) -> None:
    for name in ("/bygga/a", "/bygga/b", "/politik/c"):
        web.html(name, f"Sidan {name}.")
    web.sitemap("/bygga/a", "/bygga/b", "/politik/c", lastmod="2026-11-01")
    options = {"include": "/bygga/*", "exclude": "*/b", "trust_lastmod": "ja"}
    assert figures(await follow(asking, web, **options)) == {"found": 1, "added": 1}
    web.forget()
    assert figures(await asking.run()) == {"found": 1, "unchanged": 1}
    assert paths(web) == ["/robots.txt", "/sitemap.xml"]
    web.sitemap("/bygga/a", lastmod="2026-11-02")
    assert figures(await asking.run()) == {"found": 1, "unchanged": 1}
    assert paths(web)[-1] == "/bygga/a"


async def test_busy_server_is_given_the_time_it_asks_for(asking: Asking, web: Web) -> None:
    web.html("/a", "Gator.")
    web.sitemap("/a")
    good = web.pages["/a"]
    web.pages["/a"] = Page(b"", status=429, headers={"Retry-After": "1"}, etag=False)

    def recovers(_: str) -> None:
        if ("/a", 429) in web.asked:
            web.pages["/a"] = good

    web.before = recovers
    assert figures(await follow(asking, web)) == {"found": 1, "added": 1}
