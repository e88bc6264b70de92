"""How long a text may be: longer ones would take a machine's memory, and hours to embed."""

from __future__ import annotations

from typing import Final

from allmanning.runtime.errors import Unprocessable

# About five thousand pages.
MOST_CHARACTERS: Final = 10_000_000
# What an empty cell costs: its separator.
_CELL: Final = 3


def too_long() -> Unprocessable:
    return Unprocessable(
        "document.too_long",
        "Dokumentet är längre än 10 miljoner tecken (omkring 5 000 sidor). Dela upp det. "
        "(The document is longer than 10 million characters; divide it.)",
    )


class Allowance:
    """What is left of the length one file may have."""

    def __init__(self, characters: int = MOST_CHARACTERS) -> None:
        self._left = characters

    def take(self, characters: int) -> None:
        """Raises `Unprocessable`: `document.too_long`."""
        self._left -= characters
        if self._left < 0:
            raise too_long()

    def take_row(self, cells: int, characters: int) -> None:
        """A row of a table. Raises as `take`."""
        self.take(characters + _CELL * cells)
