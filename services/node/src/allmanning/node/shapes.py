"""What the API answers, as far as the command line reads it."""

from __future__ import annotations

from typing import TypedDict


class DocumentShape(TypedDict):
    id: str
    title: str
    uri: str
    version: str


class PlaceShape(TypedDict):
    headings: list[str]


class CitationShape(TypedDict):
    number: int
    document: DocumentShape
    location: PlaceShape
    quote: str


class DecisionShape(TypedDict):
    decision_id: str
    outcome: str
    reason: str
    citations: list[CitationShape]
    model: str
    pins: dict[str, str]
    foreword: str


class MessageShape(TypedDict):
    role: str
    content: str


class ChoiceShape(TypedDict):
    message: MessageShape


class ChatShape(TypedDict):
    choices: list[ChoiceShape]
    allmanning: DecisionShape
