"""Names that many persons in Sweden have, written down by hand."""

from __future__ import annotations

from importlib.resources import files
from typing import Final

GIVEN_NAMES: Final = frozenset(
    files("allmanning.index.personal").joinpath("given_names.txt").read_text(encoding="utf-8").split()
)
