"""Which pages people of each role go to, on a platform with the demo's documents and some questions asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from tests.benchmark.generate.bench import demo_questions
from tests.platform_node import Platform

SHARES: Final = {"citizen": 0.5, "caseworker": 0.3, "auditor": 0.1, "admin": 0.1}
"""Of the sessions: many ask, some work with it all day, few look after it."""
_ASKED: Final = 6


@dataclass(frozen=True)
class Stop:
    """A page by its name, and the addresses that it is looked at by, in turn."""

    name: str
    paths: Sequence[str]


@dataclass(frozen=True)
class Answer:
    decision: str
    sources: Sequence[str]
    """Paths of the cited documents."""


def _answers(platform: Platform, key: str) -> list[Answer]:
    """A citizen's questions: the decisions that the other pages show."""
    answers = []
    with platform.http(key) as client:
        for question in demo_questions()[:_ASKED]:
            body = {"model": "allmanning", "messages": [{"role": "user", "content": question}]}
            told = client.post("/v1/chat/completions", json=body).raise_for_status().json()["allmanning"]
            links = [str(each["link"]) for each in told["citations"]]
            answers.append(Answer(told["decision_id"], ["/" + each.split("/", 3)[3] for each in links]))
    return answers


def stops(platform: Platform, citizen_key: str) -> Mapping[str, Sequence[Stop]]:
    """The walk of each role."""
    answers = _answers(platform, citizen_key)
    decisions = [each.decision for each in answers]
    sources = [path for each in answers for path in each.sources]
    searches = [f"/search?q={quote(each)}" for each in demo_questions()]
    documents = [path.partition("?")[0] for path in sources]
    return {
        "citizen": [
            Stop("start", ["/"]),
            Stop("source", sources),
            Stop("decision", [f"/decision/{each}?authority=exempelby" for each in decisions]),
        ],
        "caseworker": [
            Stop("search, empty", ["/search"]),
            Stop("search", searches),
            Stop("source", sources),
            Stop("review queue", ["/review"]),
        ],
        "auditor": [
            Stop("log", ["/log"]),
            Stop("find decisions", ["/log/decisions"]),
            Stop("one decision", [f"/log/{each}" for each in decisions]),
        ],
        "admin": [
            Stop("documents", ["/admin/documents"]),
            Stop("one document", [f"/admin{each}" for each in documents]),
            Stop("sources", ["/admin/sources"]),
            Stop("collections", ["/admin/collections"]),
            Stop("rules", ["/admin/rules"]),
            Stop("health", ["/admin/health"]),
        ],
    }
