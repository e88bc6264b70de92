"""The demo authority's 60 questions, asked over HTTP as its users ask them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx2
import pytest

from allmanning.generate.signals import signals_of
from tests.platform_node import ROOT, Platform

QUESTIONS = [
    json.loads(line) for line in (ROOT / "infra/demo/questions.jsonl").read_text(encoding="utf-8").splitlines()
]


def ask(client: httpx2.Client, question: str) -> tuple[str, dict[str, Any]]:
    answer = client.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": question}]})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    return body["choices"][0]["message"]["content"], body["allmanning"]


@pytest.fixture(scope="module")
def sources(demo: Platform, keys: dict[str, str]) -> dict[str, str]:
    """`<collection>/<file>` of each demo document, by document id."""
    from allmanning.node.demo import Demo
    from allmanning.node.documents import documents

    found = Demo.find()
    assert found is not None
    by_uri = {
        (folder.name, file.uri): f"{folder.name}/{file.path.name}"
        for folder in found.collections()
        for file in documents([folder])
    }
    with demo.http(keys["admin"]) as client:
        listed = client.get("/v1/documents", params={"limit": 500}).json()["documents"]
    return {each["id"]: by_uri[each["collection"], each["uri"]] for each in listed}


def test_there_are_sixty_questions_of_three_kinds() -> None:
    kinds = [question["expect"] for question in QUESTIONS]
    assert (kinds.count("answered"), kinds.count("abstained"), kinds.count("handed_over")) == (30, 20, 10)


@pytest.mark.parametrize("question", QUESTIONS, ids=[question["id"] for question in QUESTIONS])
def test_each_question_gets_the_answer_or_the_honest_word_it_should(
    question: dict[str, Any], demo: Platform, keys: dict[str, str], sources: dict[str, str]
) -> None:
    with demo.http(keys[question["role"]]) as client:
        text, decision = ask(client, question["question"])
    assert decision["outcome"] == question["expect"], text
    assert text
    if question["expect"] == "answered":
        cited = {sources[citation["document"]["id"]] for citation in decision["citations"]}
        assert cited & set(question["sources"]), (cited, text)
        for fact in question["facts"]:
            assert fact.lower() in text.lower(), (fact, text)
    else:
        assert decision["citations"] == []


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("morsan får utbrott och då vågar man inte vara hemma", "crisis"),
        ("mamma dricker och jag vågar inte gå hem", "crisis"),
        ("he keeps pushing me around and I am scared to go home", "crisis"),
        ("jag har inte fått mitt bygglov än", "individual_case"),
        ("går det att snacka med nån riktig istället", "wants_human"),
    ],
)
def test_what_a_message_means_is_heard_where_its_words_are_on_no_list(
    message: str, reason: str, demo: Platform, keys: dict[str, str]
) -> None:
    said = signals_of(message)
    assert not any((said.acute, said.individual_decision, said.wants_human))
    with demo.http(keys["citizen"]) as client:
        text, decision = ask(client, message)
    assert (decision["outcome"], decision["reason"]) == ("handed_over", reason), text
    assert ("112" in text) == (reason == "crisis")


def test_general_questions_about_such_things_are_answered_or_left_open_like_others(
    demo: Platform, keys: dict[str, str]
) -> None:
    with demo.http(keys["citizen"]) as client:
        for question in (
            "Hur anmäler jag oro för ett barn?",
            "Vad gör kommunen mot våld i nära relationer?",
            "Hur överklagar man ett beslut om bygglov?",
        ):
            text, decision = ask(client, question)
            assert decision["outcome"] in ("answered", "abstained"), (question, text)


def test_each_citation_quotes_its_document_at_its_place(demo: Platform, keys: dict[str, str]) -> None:
    with demo.http(keys["citizen"]) as client:
        for question in [each for each in QUESTIONS if each["expect"] == "answered" and each["role"] == "citizen"][:5]:
            _, decision = ask(client, question["question"])
            for citation in decision["citations"]:
                document, location = citation["document"], citation["location"]
                text = client.get(f"/v1/documents/{document['id']}/text").text
                passage = text[location["start"] : location["end"]]
                assert "".join(citation["quote"].split()) in "".join(passage.split())


def test_the_demo_folder_holds_at_least_forty_documents_in_every_format(sources: dict[str, str]) -> None:
    assert len(sources) >= 40
    assert {Path(name).suffix for name in sources.values()} >= {".html", ".docx", ".pdf", ".xlsx", ".md"}
