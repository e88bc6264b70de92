"""The words, numbers and signs of a text in order, each with what its inflected forms have in common."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from allmanning.generate.support.written import one_way
from allmanning.index.analyse import stem
from allmanning.index.fold import folded

_TOKEN: Final = re.compile(
    r"\d+(?:[.,:/]\d+)*|§+|%|€|\$|[^\W\d_](?:[^\W\d_]|[\u0300-\u036f])*(?:[-'’:][^\W\d_]+)*[²³]?"
)
# Words that hold a sentence together and say little of what it is about.
_LIGHT: Final = frozenset(
    folded(
        "och att det i en ett jag hon som han på den med var sig för så till är men om hade de av du henne då sin nu"
        " har honom hennes där min man vid något från ut när efter upp vi dem vara vad över än dig sina här ha mot åt"
        " eller sedan ju denna själv detta hur ni bli blev blir oss dessa vilken er sådan vår dess inom mellan varje"
        " även finns samt också deras enligt genom hos per ca cirka"
        " the a an of to in on at for and or is are be by with from that this it as your you we they their its"
    ).split()
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number or sign."""

    text: str
    low: str
    """Lower case, å ä ö as a and o."""
    stem: str
    first: bool
    """Begins a sentence or a line, where a capital letter says nothing."""

    @property
    def light(self) -> bool:
        return self.low in _LIGHT

    @property
    def number(self) -> bool:
        return self.text[0].isdigit()

    @property
    def word(self) -> bool:
        return self.text[0].isalpha()


@lru_cache(maxsize=8_000)
def tokens(text: str) -> tuple[Token, ...]:
    """The tokens of `text`, numbers and dates written one way."""
    plain = one_way(text)
    found: list[Token] = []
    for match in _TOKEN.finditer(plain):
        before = plain[: match.start()].rstrip(" \t\"'”’»«([*#-|")
        written = match.group()
        low = folded(written)
        first = not before or before[-1] in ".!?:\n"
        found.append(Token(written, low, stem(low) if written[0].isalpha() else low, first))
    return tuple(found)
