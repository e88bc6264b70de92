"""Questions as fast fingers type them: one letter wrong in each. The same at every call."""

from __future__ import annotations

import random
import re
import zlib
from dataclasses import replace

from allmanning.node.evaluate.judged import JudgedSet

_LETTERS = "abcdefghijklmnoprstuvyåäö"
# A slip in "är" or "på" loses nothing, and one in a short word makes another word.
_LONG_WORD = re.compile(r"[^\W\d_]{5,}")


def mistyped(judged: JudgedSet) -> JudgedSet:
    """The set with a slip in every question that has a word of five letters."""
    return replace(judged, queries={name: slipped(text) for name, text in judged.queries.items()})


def slipped(text: str) -> str:
    """A letter dropped, doubled, replaced or swapped with the next, within a word of five letters or more."""
    chance = random.Random(zlib.crc32(text.encode()))
    words = list(_LONG_WORD.finditer(text))
    if not words:
        return text
    word = chance.choice(words)
    # The first letter is seldom mistyped.
    at = chance.randrange(word.start() + 1, word.end() - 1)
    before, letter, following, after = text[:at], text[at], text[at + 1], text[at + 2 :]
    edits = ("", letter * 2, chance.choice(_LETTERS.replace(letter.lower(), "")))
    slips = [*(before + edit + following + after for edit in edits), before + following + letter + after]
    # Two alike that change places are no slip.
    return chance.choice([slip for slip in slips if slip != text])
