"""Settings that are written by name in a text field."""

from __future__ import annotations

from collections.abc import Mapping


def named_values(text: str) -> dict[str, str]:
    """`name: value`, one on each line, as people write them in a text field. A line without a colon has no value."""
    pairs = (line.partition(":") for line in text.splitlines() if line.strip())
    return {name.strip(): value.strip() for name, _, value in pairs}


def written_values(values: Mapping[str, str]) -> str:
    """The other way round: `named_values(written_values(v)) == v` for values of one line."""
    return "\n".join(f"{name}: {value}" for name, value in values.items())
