"""Lines that a page width has broken become paragraphs again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

BULLET: Final = re.compile(r"\s*(?:[-*•‣▪◦–—·]\s+|\(?\d{1,3}[.)]\s+|\(?[a-zåäö]\)\s+)")
# "risk-, effekt- och konsekvensbedömning": this hyphen belongs to the word.
_SUSPENDED: Final = re.compile(r"(?:och|eller|samt|resp|respektive|and|or)\b")
_SENTENCE_END: Final = re.compile(r"[.,;:!?]$|[.!?][”\"')]$")
_STATUTE_HEADING: Final = re.compile(r"\d+(?:\s?[a-z])?\s+(?:kap|avd)\.(?:\s|$)", re.IGNORECASE)
_SECTION: Final = re.compile(r"\d+(?:\s?[a-z])?\s?§\s+\S")
# No heading ends so: a line before a list, or one that is broken.
_HANGING: Final = re.compile(
    r"\b(?:att|av|den|det|en|ett|eller|från|för|har|i|inte|med|när|och|om|på|som|ska|till|vid|är|åt|the|of|and|to)$"
)
# A full stop that ends no sentence.
_AND_SO_ON: Final = re.compile(r"\s+m\.\s?[mfl]+\.$")
_HEADING_CHARACTERS: Final = 90


def joined(lines: Sequence[str]) -> str:
    """One paragraph from its lines; a word divided at a line's end is put together."""
    return joined_spans(lines)[0]


def joined_spans(lines: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    """One paragraph from its lines, and where in it the words of each line are: start and end (exclusive)."""
    text = ""
    spans: list[tuple[int, int]] = []
    for raw in lines:
        line = raw.strip()
        if text and re.search(r"[^\W\d_]-$", text[-2:]) and line[:1].islower() and not _SUSPENDED.match(line):
            text = text[:-1]
            # The hyphen that falls away was the last character of the line that had words last.
            spans = [(min(start, len(text)), min(end, len(text))) for start, end in spans]
        elif text and line and not (re.search(r"\w-$", text[-2:]) and line[:1].isupper()):
            # "Al-\nGruppen" or "E-\nPost" is a name with its own hyphen and gets no space.
            text += " "
        spans.append((len(text), len(text) + len(line)))
        text += line
    return text, spans


def is_heading(text: str, most: int = _HEADING_CHARACTERS, *, styled: bool = False) -> bool:
    """Whether a line that stands alone reads as a heading: short, begins as one, does not end as a sentence.

    One that is `styled`, set in bold, may end with any word.
    """
    text = _AND_SO_ON.sub("", text.strip())
    if _STATUTE_HEADING.match(text) and len(text) <= most:
        return True
    if not 0 < len(text) <= most:
        return False
    if (
        _SENTENCE_END.search(text)
        or (_HANGING.search(text) and not styled)
        or BULLET.match(text)
        or _SECTION.match(text)
    ):
        return False
    first = text.lstrip("§ ")[:1]
    letters = sum(character.isalpha() for character in text)
    return (first.isupper() or first.isdigit()) and letters >= 3 and letters >= len(text) * 0.35
