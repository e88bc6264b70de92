"""JSON of a form that is known: whatever has another form is a fault of its file, told in Swedish."""

from __future__ import annotations

from collections.abc import Mapping

from allmanning.runtime.record import Json


def object_with(value: Json, keys: set[str]) -> Mapping[str, Json]:
    """An object with exactly these fields. Raises `ValueError`."""
    if not isinstance(value, dict) or set(value) != keys:
        raise ValueError(f"ett fält saknas eller är okänt, väntade {', '.join(sorted(keys))}")
    return value


def text_in(value: Json) -> str:
    """Raises `ValueError` for what is no text."""
    if not isinstance(value, str):
        raise ValueError("ett fält är inte text")  # noqa: TRY004 -- all faults of a file are one kind
    return value


def list_in(value: Json) -> list[Json]:
    """Raises `ValueError` for what is no list."""
    if not isinstance(value, list):
        raise ValueError("ett fält är inte en lista")  # noqa: TRY004 -- as above
    return value
