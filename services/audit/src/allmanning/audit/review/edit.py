"""How much a reviewer changed."""

from __future__ import annotations

import re
from itertools import accumulate
from typing import Final, NamedTuple

from rapidfuzz.distance import Levenshtein

_WORD: Final = re.compile(r"\S+\s*|\s+")


class Span(NamedTuple):
    """Characters `start`..`end` of the draft became `new_start`..`new_end` of the new text; ends are exclusive."""

    start: int
    end: int
    new_start: int
    new_end: int


class Edit(NamedTuple):
    """`distance` counts characters (Levenshtein); `share` is that over the longer text, 0..1."""

    distance: int
    share: float
    spans: tuple[Span, ...]


def edit_of(draft: str, text: str) -> Edit:
    """What was done to `draft` to get `text`; spans are whole words."""
    distance = Levenshtein.distance(draft, text)
    longest = max(len(draft), len(text))
    return Edit(distance, distance / longest if longest else 0.0, tuple(_spans(draft, text)))


def _spans(draft: str, text: str) -> list[Span]:
    before, after = _WORD.findall(draft), _WORD.findall(text)
    at, new_at = _starts(before), _starts(after)
    return [
        Span(at[code.src_start], at[code.src_end], new_at[code.dest_start], new_at[code.dest_end])
        for code in Levenshtein.opcodes(before, after)
        if code.tag != "equal"
    ]


def _starts(words: list[str]) -> list[int]:
    """Where each word starts, and where the last one ends."""
    return list(accumulate(map(len, words), initial=0))
