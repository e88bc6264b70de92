"""A table's file as written: every value a text, with its line and column.

YAML's own types are left alone. A lawyer who writes 2018-07-01 or 5 means those characters, and `ja` is a word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias, Union

import yaml

from allmanning.audit.gate.problem import NOWHERE, BadRules, Place, Problem

MAX_CHARS: Final = 400_000
_LOADER: Final = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True)
class Text:
    """A value without parts."""

    place: Place
    value: str


@dataclass(frozen=True)
class Several:
    """A list."""

    place: Place
    items: tuple[Node, ...]


@dataclass(frozen=True)
class Named:
    """Values by name; `at` says where each name stands."""

    place: Place
    items: Mapping[str, Node]
    at: Mapping[str, Place]


Node: TypeAlias = Union[Text, Several, Named]


def read(text: str) -> Node:
    """The file's values.

    Raises:
        BadRules: when it is no YAML, is over 400,000 characters, points from one place to another (`&`, `*`), or names
            the same thing twice, which YAML would silently let the last one win.
    """
    if len(text) > MAX_CHARS:
        raise BadRules([Problem(NOWHERE, "", "", f"filen är längre än {MAX_CHARS} tecken; dela upp reglerna")])
    try:
        for token in yaml.scan(text):
            if isinstance(token, yaml.AnchorToken | yaml.AliasToken):
                place = Place(token.start_mark.line + 1, token.start_mark.column + 1)
                raise BadRules([Problem(place, "", "", "& och * betyder något i YAML; skriv texten inom citattecken")])
        composed = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = Place(mark.line + 1, mark.column + 1) if mark else NOWHERE
        hint = f"filen går inte att läsa här ({error.problem}); kontrollera indrag, kolon och citattecken"
        raise BadRules([Problem(place, "", "", hint)]) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise BadRules([Problem(NOWHERE, "", "", "filen går inte att läsa som YAML")]) from error
    if composed is None:
        raise BadRules([Problem(NOWHERE, "", "", "filen är tom")])
    return _node(composed)


def _place(node: yaml.Node) -> Place:
    return Place(node.start_mark.line + 1, node.start_mark.column + 1)


def _node(node: yaml.Node) -> Node:
    place = _place(node)
    if isinstance(node, yaml.SequenceNode):
        return Several(place, tuple(_node(each) for each in node.value))
    if not isinstance(node, yaml.MappingNode):
        return Text(place, str(node.value).strip())
    items: dict[str, Node] = {}
    at: dict[str, Place] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise BadRules([Problem(_place(key), "", "", "här ska stå ett namn följt av kolon")])
        name = str(key.value).strip()
        if name in items:
            text = f"{name} står två gånger (också på rad {at[name].line}); ta bort den ena"
            raise BadRules([Problem(_place(key), "", name, text)])
        items[name], at[name] = _node(value), _place(key)
    return Named(place, items, at)
