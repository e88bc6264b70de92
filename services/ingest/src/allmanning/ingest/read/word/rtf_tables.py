"""What an RTF file tells once for all its text: encodings, colours, styles."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from allmanning.ingest.read import finding
from allmanning.ingest.read.word.rtf_state import BODY_LEVEL, State
from allmanning.ingest.read.word.rtf_tokens import encoding_of_charset, encoding_of_page

_HEADING_NAME: Final = re.compile(r"(?:heading|rubrik)\s*([1-9])\b", re.IGNORECASE)
_TITLES: Final = frozenset({"title", "rubrik", "titel"})
# Half points.
_SMALLEST: Final = 2
_WHITE_FROM: Final = 0xF0


@dataclass
class Tables:
    """`levels`: number of a style -> level of its headings."""

    levels: dict[int, int] = field(default_factory=dict)
    _encoding: str = "cp1252"
    _fonts: dict[int, str] = field(default_factory=dict)
    _colours: list[tuple[int, int, int] | None] = field(default_factory=list)
    _mixed: dict[str, int] = field(default_factory=dict)

    def set(self, word: str, number: int | None, state: State) -> None:
        """Take in a control word, if it is about this."""
        if word == "ansicpg":
            self._encoding = encoding_of_page(number)
        elif word == "mac":
            self._encoding = "mac_roman"
        elif word == "fcharset" and state.destination == "fonttbl":
            self._fonts[state.font] = encoding_of_charset(number)
        elif word in ("red", "green", "blue") and state.destination == "colortbl":
            self._mixed[word] = number or 0

    def end_colours(self, count: int) -> None:
        """So many colours end here; the first may be left to the reader."""
        for _ in range(count):
            said = self._mixed
            self._colours.append((said.get("red", 0), said.get("green", 0), said.get("blue", 0)) if said else None)
            self._mixed = {}

    def name_style(self, name: str, style: State) -> None:
        """The style that `style` describes has this name."""
        name = name.strip(" ;")
        named = _HEADING_NAME.match(name)
        if named:
            self.levels[style.style] = int(named[1])
        elif name.lower() in _TITLES:
            self.levels[style.style] = 1
        elif style.outline < BODY_LEVEL:
            self.levels[style.style] = style.outline + 1

    def encoding_of(self, font: int) -> str:
        return self._fonts.get(font) or self._encoding

    def hidden_code(self, state: State) -> str | None:
        """Why text in this state is not seen; None when it is."""
        if state.hidden:
            return finding.HIDDEN_STYLE
        if 0 < state.size <= _SMALLEST:
            return finding.HIDDEN_SIZE
        # A row's colours are told before its cells, by cell: white letters in a table are taken for seen.
        if state.in_table or state.shaded or not self._is_white(state.colour):
            return None
        return finding.HIDDEN_COLOUR if not state.behind or self._is_white(state.behind) else None

    def _is_white(self, index: int) -> bool:
        colour = self._colours[index] if 0 < index < len(self._colours) else None
        return colour is not None and min(colour) >= _WHITE_FROM
