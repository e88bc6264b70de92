"""What the API answers, as far as the command line reads it."""

from __future__ import annotations

from typing import TypedDict


class DocumentShape(TypedDict):
    id: str
    title: str
    uri: str
    version: str


class CitationShape(TypedDict):
    document: DocumentShape
    quote: str


class DecisionShape(TypedDict):
    decision_id: str
    outcome: str
    citations: list[CitationShape]


class MessageShape(TypedDict):
    role: str
    content: str


class ChoiceShape(TypedDict):
    message: MessageShape


class ChatShape(TypedDict):
    choices: list[ChoiceShape]
    allmanning: DecisionShape
