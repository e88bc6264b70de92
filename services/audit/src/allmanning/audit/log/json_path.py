"""What stands where in a JSON value that nobody has checked: nothing is found where the form is another."""

from __future__ import annotations

from collections.abc import Mapping

from allmanning.runtime.record import Json


def at(value: Json, *path: str) -> Json:
    """What stands at a path of a JSON value; None when nothing does."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def objects(value: Json) -> list[Mapping[str, Json]]:
    """The objects of a list; nothing when it is no list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def text(value: Json, *path: str) -> str:
    """The text at a path of a JSON value; empty when there is none."""
    found = at(value, *path)
    return found if isinstance(found, str) else ""
