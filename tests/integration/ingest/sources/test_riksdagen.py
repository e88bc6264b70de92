"""Acts from a server that answers as Riksdagen's open data is documented to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from allmanning.contracts.ingest.v1.ingest_pb import Source
from allmanning.runtime.errors import InvalidInput
from tests.integration.ingest.sources.asking import Asking, figures
from tests.integration.ingest.sources.web import Page, Web, serving


@pytest.fixture
def web() -> Iterator[Web]:
    with serving() as web:
        yield web


def listed(number: str, title: str, changed: str = "2025-01-01 04:30:00", through: str = "") -> dict[str, object]:
    dok_id = f"sfs-{number.replace(':', '-')}"
    return {
        "traff": "1",
        "doktyp": "sfs",
        "id": dok_id,
        "dok_id": dok_id,
        "beteckning": number,
        "titel": title,
        "undertitel": f"t.o.m. SFS {through}" if through else "",
        "systemdatum": changed,
        "datum": "2018-04-19",
        "dokument_url_html": f"//data.riksdagen.se/dokument/{dok_id}.html",
    }


def page(web: Web, query: dict[str, str], documents: object, hits: int, number: int = 1, *, more: bool = False) -> None:
    asked = {"doktyp": "sfs", "utformat": "json", "a": "s", "p": str(number), **query}
    answer: dict[str, object] = {"@traffar": str(hits), "@sida": str(number), "dokument": documents}
    if more:
        answer["@nasta_sida"] = "https://data.riksdagen.se/dokumentlista/?p=2"
    body = json.dumps({"dokumentlista": answer}).encode()
    web.pages[f"/dokumentlista/?{urlencode(asked)}"] = Page(body, "application/json", etag=False)


def act(web: Web, number: str, text: str, facts: str = "") -> None:
    body = f"<b>SFS nr</b>: {number}<br /><b>Utfärdad</b>: 2018-04-19<br />{facts}<hr /><h3>1 §</h3><p>{text}</p>"
    web.pages[f"/dokument/sfs-{number.replace(':', '-')}.html"] = Page(body.encode(), etag=False)


async def follow(asking: Asking, web: Web, **options: str) -> Source.Run:
    await asking.put("riksdagen", web.url, delay_s="0", **options)
    return await asking.run()


async def test_acts_come_by_number_and_change_when_amended(asking: Asking, web: Web) -> None:
    title = "Lag (2018:218) med kompletterande bestämmelser"
    page(web, {"bet": "2018:218"}, listed("2018:218", title), 1)
    page(web, {"bet": "1998:204"}, [listed("1998:204", "PuL"), listed("1998:2044", "Annan")], 2)
    act(web, "2018:218", "Lagen gäller behandling.")
    repealed = "<b>Upphävd</b>: 2018-05-25<br /><b>Författningen har upphävts genom</b>: SFS 2018:218<br />"
    act(web, "1998:204", "Lagen gällde förr.", repealed)
    assert figures(await follow(asking, web, numbers="2018:218, 1998:204")) == {"found": 2, "added": 2}
    documents = await asking.settled()
    assert sorted(documents) == ["SFS 1998:204", "SFS 2018:218"]
    now, then = documents["SFS 2018:218"].version, documents["SFS 1998:204"].version
    assert now
    assert then
    assert (now.title, now.document_type, now.valid_to) == (title, "SFS", "")
    assert then.valid_to == "2018-05-24"
    web.forget()
    assert figures(await asking.run()) == {"found": 2, "unchanged": 2}
    assert not [path for path, _ in web.asked if path.startswith("/dokument/")]
    page(web, {"bet": "2018:218"}, listed("2018:218", title, "2025-06-01 04:30:00", "2025:187"), 1)
    act(web, "2018:218", "Lagen gäller all behandling.")
    assert figures(await asking.run()) == {"found": 2, "changed": 1, "unchanged": 1}


async def test_number_that_is_not_listed_fails_alone_and_keeps_its_document(asking: Asking, web: Web) -> None:
    page(web, {"bet": "2018:218"}, listed("2018:218", "Lag"), 1)
    act(web, "2018:218", "Lagen gäller.")
    page(web, {"bet": "2099:1"}, None, 0)
    run = await follow(asking, web, numbers="2099:1 2018:218")
    assert figures(run) == {"found": 2, "added": 1, "failed": 1}
    page(web, {"bet": "2018:218"}, None, 0)
    assert figures(await asking.run()) == {"found": 2, "failed": 2}
    assert list(await asking.documents()) == ["SFS 2018:218"]


async def test_search_follows_pages_and_a_list_that_breaks_off_removes_nothing(asking: Asking, web: Web) -> None:
    query = {"sok": "fiske", "sz": "200", "sort": "datum", "sortorder": "asc"}
    page(web, query, [listed("2001:1", "A"), listed("2001:2", "B")], 3, more=True)
    page(web, query, listed("2001:3", "C"), 3, 2)
    for number in ("2001:1", "2001:2", "2001:3"):
        act(web, number, f"Lag {number} om fiske.")
    assert figures(await follow(asking, web, search="fiske")) == {"found": 3, "added": 3}
    page(web, query, [listed("2001:1", "A")], 3)
    run = await asking.run()
    assert (run.code, run.unchanged, run.removed) == ("source.unreachable", 1, 0)
    page(web, query, [listed("2001:1", "A"), listed("2001:2", "B")], 2)
    assert figures(await asking.run()) == {"found": 2, "unchanged": 2, "removed": 1}
    for broken in (Page(b"<html>", etag=False), Page(b"[]", etag=False), Page(b"", status=500, etag=False)):
        for path in [each for each in web.pages if each.startswith("/dokumentlista/")]:
            web.pages[path] = broken
        run = await asking.run()
        assert (run.code, run.removed) == ("source.unreachable", 0)


@pytest.mark.parametrize("wrong", [{}, {"numbers": "lag 5"}, {"numbers": "2018:218", "search": "fiske"}])
async def test_what_to_fetch_must_be_clear(asking: Asking, wrong: dict[str, str]) -> None:
    with pytest.raises(InvalidInput, match=r"source\.option_invalid"):
        await asking.put("riksdagen", "", **wrong)
    await asking.put("riksdagen", "", numbers="2018:218")
