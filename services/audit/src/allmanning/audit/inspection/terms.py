"""What a decision can be found by: the terms that its leaves state. No term is personal data; leaves hold none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from allmanning.audit.log.decision_list import STEPS
from allmanning.audit.log.json_path import objects, text
from allmanning.audit.log.leaf import Leaf
from allmanning.runtime.record import Json

# One decision has many of these.
DOCUMENT: Final = "document"
VERSION: Final = "version"
PASSAGE: Final = "passage"
CITED_DOCUMENT: Final = "cited_document"
CITED_VERSION: Final = "cited_version"
CITED_PASSAGE: Final = "cited_passage"
RULE: Final = "rule"
RULES: Final = "rules"
MODEL: Final = "model"
PROMPT: Final = "prompt"
INDEX: Final = "index"
CONFIG: Final = "config"
CODE: Final = "code"
REVIEWER_ROLE: Final = "reviewer_role"
REVIEWER_UNIT: Final = "reviewer_unit"
# One decision has at most one of these; the newest stands.
OUTCOME: Final = "outcome"
UNIT: Final = "unit"
USE_CASE: Final = "use_case"
CHANNEL: Final = "channel"
LANGUAGE: Final = "language"
ROLE: Final = "role"
APPEAL_ROUTE: Final = "appeal_route"

SINGLE: Final = frozenset({OUTCOME, UNIT, USE_CASE, CHANNEL, LANGUAGE, ROLE, APPEAL_ROUTE})
KINDS: Final = SINGLE | {
    DOCUMENT,
    VERSION,
    PASSAGE,
    CITED_DOCUMENT,
    CITED_VERSION,
    CITED_PASSAGE,
    RULE,
    RULES,
    MODEL,
    PROMPT,
    INDEX,
    CONFIG,
    CODE,
    REVIEWER_ROLE,
    REVIEWER_UNIT,
}
_PINS: Final = (MODEL, PROMPT, RULES, INDEX, CONFIG, CODE)


class Term(NamedTuple):
    """`kind` is one of `KINDS`."""

    kind: str
    value: str


def versioned(document: str, version: str) -> str:
    """How a version is named among the terms."""
    return f"{document}@{version}"


def terms_of(leaf: Leaf) -> list[Term]:
    """The terms of a leaf, each once; empty for a record that is no step of a decision."""
    if leaf.kind() not in STEPS:
        return []
    return list(dict.fromkeys(term for term in _stated(leaf) if term.value))


def _stated(leaf: Leaf) -> Iterator[Term]:
    fields = leaf.fields
    yield Term(OUTCOME, leaf.text("outcome"))
    if "gate" in fields:
        yield Term(RULE, leaf.text("gate", "rule_id"))
        yield Term(RULES, leaf.text("gate", "rules"))
    yield Term(MODEL, leaf.text("model"))
    yield Term(INDEX, leaf.text("index_version"))
    if "pins" in fields:
        for kind in _PINS:
            yield Term(kind, leaf.text("pins", kind))
    if leaf.kind() == "question.received":
        for kind in (UNIT, USE_CASE, CHANNEL, LANGUAGE, ROLE, APPEAL_ROUTE):
            yield Term(kind, leaf.text(kind))
    if leaf.kind() == "review.closed":
        yield Term(REVIEWER_ROLE, leaf.text("review", "role") or leaf.text("role"))
        yield Term(REVIEWER_UNIT, leaf.text("review", "unit") or leaf.text("unit"))
    for each in objects(fields.get("passages")):
        yield from _grounds(each, DOCUMENT, VERSION, PASSAGE)
    for each in objects(fields.get("citations")):
        yield from _grounds(each, CITED_DOCUMENT, CITED_VERSION, CITED_PASSAGE)


def _grounds(value: Json, document: str, version: str, passage: str) -> Iterator[Term]:
    name = text(value, "document")
    yield Term(document, name)
    if text(value, "version"):
        yield Term(version, versioned(name, text(value, "version")))
    yield Term(passage, text(value, "passage"))
