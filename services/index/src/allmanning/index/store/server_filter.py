"""Conditions in the words of the Qdrant server."""

from __future__ import annotations

from qdrant_client import models

from allmanning.index.condition import (
    AtLeast,
    AtMost,
    Condition,
    Equals,
    Every,
    Not,
    OneOf,
    OneOfNumbers,
    Phrase,
    PointIn,
    Some,
)


def server_filter(condition: Condition) -> models.Filter:
    """The filter that lets through exactly what the condition says."""
    match condition:
        case Every(conditions):
            return models.Filter(must=[_rendered(each) for each in conditions])
        case Some(conditions):
            return models.Filter(should=[_rendered(each) for each in conditions])
        case Not(inner):
            return models.Filter(must_not=[_rendered(inner)])
        case _:
            return models.Filter(must=[_rendered(condition)])


def _rendered(condition: Condition) -> models.Condition:
    match condition:
        case Equals(field, value):
            return models.FieldCondition(key=field, match=models.MatchValue(value=value))
        case OneOf(field, values):
            return models.FieldCondition(key=field, match=models.MatchAny(any=list(values)))
        case OneOfNumbers(field, values):
            return models.FieldCondition(key=field, match=models.MatchAny(any=list(values)))
        case AtLeast(field, value):
            return models.FieldCondition(key=field, range=models.Range(gte=value))
        case AtMost(field, value):
            return models.FieldCondition(key=field, range=models.Range(lte=value))
        case Phrase(field, words):
            return models.FieldCondition(key=field, match=models.MatchPhrase(phrase=words))
        case PointIn(ids):
            return models.HasIdCondition(has_id=list(ids))
        case Every() | Some() | Not():
            return server_filter(condition)
