"""Conditions in the words of Qdrant Edge."""

from __future__ import annotations

import qdrant_edge as edge

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


def edge_filter(condition: Condition) -> edge.Filter:
    """The filter that lets through exactly what the condition says."""
    match condition:
        case Every(conditions):
            return edge.Filter(must=[_rendered(each) for each in conditions])
        case Some(conditions):
            return edge.Filter(should=[_rendered(each) for each in conditions])
        case Not(inner):
            return edge.Filter(must_not=[_rendered(inner)])
        case _:
            return edge.Filter(must=[_rendered(condition)])


def _rendered(condition: Condition) -> edge.FieldCondition | edge.HasIdCondition | edge.Filter:
    match condition:
        case Equals(field, value):
            return edge.FieldCondition(key=field, match=edge.MatchValue(value))
        case OneOf(field, values):
            return edge.FieldCondition(key=field, match=edge.MatchAny(list(values)))
        case OneOfNumbers(field, values):
            return edge.FieldCondition(key=field, match=edge.MatchAny(list(values)))
        case AtLeast(field, value):
            return edge.FieldCondition(key=field, range=edge.RangeFloat(gte=value))
        case AtMost(field, value):
            return edge.FieldCondition(key=field, range=edge.RangeFloat(lte=value))
        case Phrase(field, words):
            return edge.FieldCondition(key=field, match=edge.MatchPhrase(words))
        case PointIn(ids):
            return edge.HasIdCondition(set(ids))
        case Every() | Some() | Not():
            return edge_filter(condition)
