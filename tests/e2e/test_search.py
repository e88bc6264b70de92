"""Search as a caseworker uses it, on the whole platform over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.platform_node import Platform

QUESTION = "Behöver jag bygglov för en altan?"


@pytest.fixture
def caseworker(demo: Platform, keys: dict[str, str]) -> Iterator[httpx2.Client]:
    with demo.http(keys["caseworker"]) as client:
        yield client


def search(client: httpx2.Client, query: str, **body: object) -> dict:
    answer = client.post("/v1/search", json={"query": query, **body})
    assert answer.status_code == 200, answer.text
    return answer.json()


def counts(found: dict, facet: str) -> dict[str, int]:
    return {each["value"]: each["count"] for each in found["facets"][facet]}


def test_a_hit_shows_the_words_and_the_sentence_that_it_was_found_by(caseworker: httpx2.Client) -> None:
    best = search(caseworker, QUESTION)["passages"][0]
    words = [best["text"][each["start"] : each["end"]].lower() for each in best["matches"]]
    sentence = best["text"][best["sentence"]["start"] : best["sentence"]["end"]]

    assert any("altan" in each or "bygglov" in each for each in words)
    assert sentence
    assert sentence == sentence.strip()


def test_pages_follow_each_other_without_repeating_a_passage(caseworker: httpx2.Client) -> None:
    seen: list[str] = []
    page = search(caseworker, QUESTION, limit=7)
    for _ in range(4):
        seen += [each["id"] for each in page["passages"]]
        assert page["next"]
        page = search(caseworker, QUESTION, limit=7, cursor=page["next"])

    assert len(seen) == len(set(seen)) == 28
    assert page["found"] >= 28


def test_a_cursor_of_another_question_is_refused(caseworker: httpx2.Client) -> None:
    cursor = search(caseworker, QUESTION, limit=5)["next"]
    answer = caseworker.post("/v1/search", json={"query": "sophämtning", "limit": 5, "cursor": cursor})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "cursor.invalid")


@pytest.mark.parametrize(
    ("facet", "limit", "field"),
    [
        ("collection", "collections", "collection"),
        ("media_type", "media_types", "media_type"),
        ("secrecy", "secrecy", "secrecy"),
    ],
)
def test_choosing_a_value_finds_as_many_as_its_count_said(
    caseworker: httpx2.Client, facet: str, limit: str, field: str
) -> None:
    whole = counts(search(caseworker, QUESTION, facets=True), facet)
    assert len(whole) > 1
    value = min(whole, key=whole.__getitem__)
    chosen = search(caseworker, QUESTION, filters={limit: [value]}, limit=100, facets=True)

    assert {each["document"][field] for each in chosen["passages"]} == {value}
    assert counts(chosen, facet) == {value: chosen["found"]}


def test_counts_tell_a_citizen_nothing_of_what_is_not_open(
    demo: Platform, keys: dict[str, str], caseworker: httpx2.Client
) -> None:
    with demo.http(keys["citizen"]) as citizen:
        open_only = search(citizen, "samråd om ett barn", facets=True)

    assert list(counts(open_only, "secrecy")) == ["open"]
    assert "internal" in counts(search(caseworker, "samråd om ett barn", facets=True), "secrecy")


def test_a_phrase_must_stand_and_an_excluded_word_must_not(caseworker: httpx2.Client) -> None:
    quoted = search(caseworker, '"bygglov" altan', limit=50)
    without = search(caseworker, "altan -bygglov", limit=50)

    assert quoted["understanding"]["phrases"] == ["bygglov"]
    assert quoted["passages"]
    assert all("bygglov" in each["text"].lower() for each in quoted["passages"])
    assert without["understanding"]["excluded"] == ["bygglov"]
    assert without["passages"]
    assert not any(" bygglov " in each["text"].lower() for each in without["passages"])


def test_the_newest_come_first_when_asked_for(caseworker: httpx2.Client) -> None:
    dates = [each["document"]["valid_from"] for each in search(caseworker, "taxa 2026", order="newest")["passages"]]
    dated = [each for each in dates if each]

    assert dated
    assert dated == sorted(dated, reverse=True)


def test_a_misspelt_word_is_corrected_and_it_is_said(caseworker: httpx2.Client) -> None:
    understood = search(caseworker, "byglov för altan")["understanding"]

    assert {"written": "byglov", "meant": "bygglov"} in understood["corrections"]


def test_neighbours_and_similar_passages_of_a_hit(caseworker: httpx2.Client) -> None:
    best = search(caseworker, QUESTION)["passages"][0]
    around = caseworker.get(f"/v1/passages/{best['id']}/neighbours", params={"each_side": 2}).json()["passages"]
    similar = caseworker.get(f"/v1/passages/{best['id']}/similar").json()["passages"]

    assert best["id"] in [each["id"] for each in around]
    assert {each["document"]["id"] for each in around} == {best["document"]["id"]}
    starts = [each["location"]["start"] for each in around]
    assert starts == sorted(starts)
    assert similar
    assert best["id"] not in [each["id"] for each in similar]


@pytest.mark.parametrize("what", ["neighbours", "similar"])
def test_a_passage_of_another_authority_is_as_unknown_as_one_that_is_not_there(
    demo: Platform, keys: dict[str, str], caseworker: httpx2.Client, what: str
) -> None:
    with demo.http(keys["admin"]) as client:
        listed = client.get("/v1/documents", params={"limit": 500}).json()["documents"]
    shared = {each["id"] for each in listed if each["shared"]}
    own = next(each for each in search(caseworker, QUESTION)["passages"] if each["document"]["id"] not in shared)
    with demo.http(demo.key("grannby", "caseworker")) as stranger:
        answers = [
            stranger.get(f"/v1/passages/{passage}/{what}")
            for passage in (own["id"], "00000000-0000-5000-8000-000000000000", "x")
        ]

    assert [each.status_code for each in answers] == [404, 404, 404]
    assert answers[0].json() == answers[1].json() == answers[2].json()


def test_an_authoritys_own_words_are_searched_for(demo: Platform, caseworker: httpx2.Client, tmp_path: Path) -> None:
    file = tmp_path / "ord.yaml"
    file.write_text("knatteskola*: [förskola]\n", encoding="utf-8")
    demo.command("synonyms", "set", str(file), "--authority", "exempelby")
    try:
        shown = demo.command("synonyms", "show", "--authority", "exempelby")
        found = search(caseworker, "vad kostar knatteskolan")
    finally:
        file.write_text("{}")
        demo.command("synonyms", "set", str(file), "--authority", "exempelby")

    assert shown["synonyms"] == [{"word": "knatteskola*", "words": ["förskola"]}]
    assert ["förskola"] in [each["words"] for each in found["understanding"]["expansions"]]
    assert "förskol" in found["passages"][0]["text"].lower() + found["passages"][0]["document"]["title"].lower()


def test_a_bad_list_of_words_is_refused_by_its_row(demo: Platform, tmp_path: Path) -> None:
    file = tmp_path / "ord.yaml"
    file.write_text("dagis*: [förskola]\ntvå ord: [förskola]\n", encoding="utf-8")
    done = demo.run("synonyms", "set", str(file), "--authority", "exempelby")

    assert done.returncode == 2
    assert "Rad 2" in done.stdout


def test_the_command_line_searches_within_limits(demo: Platform) -> None:
    found = demo.command("search", "altan", "--collection", "bygga-bo", "--limit", "3")

    assert len(found["passages"]) == 3
    assert {each["document"]["collection"] for each in found["passages"]} == {"bygga-bo"}
