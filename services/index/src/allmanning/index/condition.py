"""A filter over payload fields, independent of the engine.

Values are integers and keywords only: Qdrant Edge turns a boolean into an integer and then matches nothing, which under
a negation lets everything through.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Equals:
    """The field has this value."""

    field: str
    value: int | str


@dataclass(frozen=True)
class OneOf:
    """The field has one of these values."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class OneOfNumbers:
    """The field has one of these numbers."""

    field: str
    values: tuple[int, ...]


@dataclass(frozen=True)
class AtLeast:
    """The field is this number or more."""

    field: str
    value: int


@dataclass(frozen=True)
class AtMost:
    """The field is this number or less."""

    field: str
    value: int


@dataclass(frozen=True)
class Phrase:
    """The text field has these words in this order, without others between them; the text is folded."""

    field: str
    words: str


@dataclass(frozen=True)
class PointIn:
    """The point has one of these ids."""

    ids: tuple[str, ...]


@dataclass(frozen=True)
class Every:
    """All of the conditions hold."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class Some:
    """At least one of the conditions holds."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class Not:
    """The condition does not hold."""

    condition: Condition


Condition: TypeAlias = Equals | OneOf | OneOfNumbers | AtLeast | AtMost | Phrase | PointIn | Every | Some | Not
