"""`allmanning search` and `allmanning synonyms` against a running gateway."""

from __future__ import annotations

import asyncio
import json

import pytest
import yaml
from typer.testing import CliRunner

from allmanning.contracts.passage.v1.passage_pb import Order, ScoredPassage, Span
from allmanning.contracts.retrieve.v1.retrieve_pb import SearchResponse, Synonym, Understanding
from allmanning.node import cli
from allmanning.node.commands import synonyms
from allmanning.node.commands.search import highlighted
from allmanning.runtime.errors import InvalidInput


async def run(app, gateway, role, *words):
    """Run a command as a person at a terminal does."""
    options = ["--url", gateway.url, "--key", gateway.key(role)]
    return await asyncio.to_thread(CliRunner().invoke, app, [*words, *options])


def answering(script, **understanding):
    scored = ScoredPassage(passage=script.passage(), matches=[Span(start=3, end=8)], sentence=Span(start=0, end=40))
    answer = SearchResponse(passages=[scored], found=24, total=99, understanding=Understanding(**understanding))
    script.search = lambda _: answer


async def test_a_search_at_the_terminal_tells_where_and_how_many(gateway):
    answering(
        gateway.script,
        corrections=[Understanding.Correction(written="alttan", meant="altan")],
        expansions=[Understanding.Expansion(word="dagis", words=["förskola"])],
        words_only=True,
    )
    done = await run(cli.app, gateway, "caseworker", "search", 'alttan dagis -plank "1,2 meter"')

    assert done.exit_code == 0
    assert gateway.script.asked[0].query == 'alttan dagis -plank "1,2 meter"'
    lines = done.output.splitlines()
    assert lines[0].startswith("Just nu söker vi bara på ord")
    assert lines[1:5] == [
        "Visar träffar för altan (du skrev alttan).",
        "Söker även på förskola (för dagis).",
        "1. Bygglov – altan och trädäck  bygg/altan.html",
        "Bygglov › När behövs bygglov › s. 4",
    ]
    assert lines[5].startswith("En altan i markhöjd kräver inte bygglov.")
    assert lines[-1] == "1 av 24 träffar."


async def test_options_become_filters(gateway):
    options = ["-c", "bygg", "-c", "skola", "--type", "protokoll", "--from", "2026-01-01", "--order", "newest"]
    done = await run(cli.app, gateway, "caseworker", "search", "altan", *options, "--limit", "3", "--json")

    assert json.loads(done.output)["passages"] == []
    [asked] = gateway.script.asked
    assert (asked.filter.collections, asked.filter.document_types) == (["bygg", "skola"], ["protokoll"])
    assert (asked.filter.dated_from, asked.filter.dated_until) == ("2026-01-01", "")
    assert (asked.order, asked.limit) == (Order.NEWEST, 3)


async def test_a_date_that_is_none_is_wrong_input(gateway):
    done = await run(cli.app, gateway, "caseworker", "search", "altan", "--from", "igår", "--json")

    assert done.exit_code == 2
    assert json.loads(done.output)["error"]["code"] == "field.invalid"


def test_the_best_sentence_stands_out_and_its_words_more():
    text = highlighted({"text": "Ett. Två.", "sentence": {"start": 5, "end": 9}, "matches": [{"start": 5, "end": 8}]})

    assert text.style == "dim"
    assert [(each.start, each.end, each.style) for each in text.spans] == [(5, 9, "not dim"), (5, 8, "bold yellow")]


async def test_synonyms_that_were_set_are_shown_as_they_can_be_set_again(gateway, tmp_path):
    file = tmp_path / "ord.yaml"
    file.write_text("# Våra ord\ndagis*: [förskola]\nno: ['1', två ord]\n", encoding="utf-8")
    done = await run(synonyms.app, gateway, "admin", "set", str(file), "--authority", "exempelby")
    shown = await run(synonyms.app, gateway, "caseworker", "show", "--authority", "exempelby")
    file.write_text(shown.output, encoding="utf-8")
    again = await run(synonyms.app, gateway, "admin", "set", str(file), "--authority", "exempelby", "--json")

    assert (done.exit_code, done.output) == (0, "Listan har nu 2 ord.\n")
    assert yaml.safe_load(shown.output) == {"dagis*": ["förskola"], "no": ["1", "två ord"]}
    assert json.loads(again.output)["synonyms"] == [
        {"word": "dagis*", "words": ["förskola"]},
        {"word": "no", "words": ["1", "två ord"]},
    ]


async def test_an_empty_list_is_said_in_so_many_words(gateway, tmp_path):
    gateway.script.synonyms = [Synonym(word="dagis", words=["förskola"])]
    file = tmp_path / "ord.yaml"
    file.write_text("")
    forgotten = await run(synonyms.app, gateway, "admin", "set", str(file), "--authority", "exempelby")
    file.write_text("{}")
    meant = await run(synonyms.app, gateway, "admin", "set", str(file), "--authority", "exempelby")

    assert (forgotten.exit_code, meant.exit_code) == (2, 0)
    assert gateway.script.synonyms == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("dagis: [förskola]\nlekis: förskoleklass\n", "rad 2"),
        ("dagis: [förskola, [mer]]\n", "rad 1"),
        ("[dagis]: [förskola]\n", "rad 1"),
        ("- dagis\n", "en rad per ord"),
        ("dagis: [", "YAML"),
    ],
)
async def test_a_file_of_the_wrong_shape_is_refused_with_its_line(gateway, tmp_path, content, said):
    file = tmp_path / "ord.yaml"
    file.write_text(content)
    done = await run(synonyms.app, gateway, "admin", "set", str(file), "--authority", "exempelby", "--json")

    error = json.loads(done.output)["error"]
    assert (done.exit_code, error["code"]) == (2, "synonyms.invalid")
    assert said in error["message"]
    assert not gateway.script.asked


async def test_exit_codes_tell_what_is_wrong(gateway, tmp_path):
    file = tmp_path / "ord.yaml"
    missing = await run(synonyms.app, gateway, "admin", "set", str(file), "--authority", "exempelby")
    file.write_text("dagis: [förskola]")
    forbidden = await run(synonyms.app, gateway, "caseworker", "set", str(file), "--authority", "exempelby")
    gateway.script.error = InvalidInput("synonyms.invalid", "Rad 1: ordet är för kort. (Row 1: too short.)")
    refused = await run(synonyms.app, gateway, "admin", "set", str(file), "--authority", "exempelby")

    assert (missing.exit_code, forbidden.exit_code, refused.exit_code) == (2, 4, 2)
    assert "Rad 1: ordet är för kort.\n" in refused.output
