"""The official words for what people say: "dagis" is written "förskola".

Applied to questions, never to passages, so the list can grow without indexing anything anew. An authority's own rows
come before those that ship with the platform.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Final

import yaml

from allmanning.index.analyse import stem
from allmanning.index.fold import folded

# What an official word weighs that the asker did not say.
WEIGHT = 0.8
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_LEAST_REST = 4
# With a capital within a sentence it is what something is called: the youth club "Kåken" is no house.
_NAME = re.compile(r"(?<=[a-zåäö0-9,] )[A-ZÅÄÖ][a-zåäö]")
# Where more words have capitals, they are no names.
_MOST_NAMES = 0.5


@dataclass(frozen=True)
class Rows:
    """Everyday words with the official ones, found by any form of the word or by the first part of a compound."""

    whole: Mapping[str, Sequence[str]] = field(default_factory=dict)
    first_parts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    words: frozenset[str] = frozenset()
    """The everyday words as they are written, in lower case."""

    @classmethod
    def of(cls, lines: Mapping[str, Sequence[str]]) -> Rows:
        """Rows from words as they are written; one that ends in `*` is also the first part of longer words."""
        keys = {folded(key.rstrip("*")): words for key, words in lines.items()}
        return cls(
            whole={form: words for key, words in keys.items() for form in (stem(key), key)},
            first_parts={folded(key[:-1]): words for key, words in lines.items() if key.endswith("*")},
            words=frozenset(key.rstrip("*").lower() for key in lines),
        )

    def official(self, word: str) -> Sequence[str] | None:
        """The official words for a folded word, with the rest of a compound beside them; None for a word not listed."""
        if (found := self.whole.get(word) or self.whole.get(stem(word))) is not None:
            return found
        for end in range(len(word) - 1, 0, -1):
            if (words := self.first_parts.get(word[:end])) is not None:
                return [*words, word[end:]] if len(word) - end >= _LEAST_REST else words
        return None


NO_ROWS: Final = Rows()


def official(
    text: str, own: Rows = NO_ROWS, *, near: bool = False, asked: bool = True
) -> Iterator[tuple[str, Sequence[str]]]:
    """Each everyday word of `text`, as it is written there, with the official words for it.

    A row that gives only the word itself back leaves the word as it is, as an authority's `own` may. With `near`,
    also words that are only near in meaning; with `asked`, those that people ask with on what the official ones are
    about.
    """
    for match in _WORD.finditer(text):
        if words := _official(match[0], own, _shipped(near=near, asked=asked)):
            yield match[0], words


def worded_officially(text: str, own: Rows = NO_ROWS) -> str:
    """`text` with each everyday word replaced by the first official one, as an embedder understands it best.

    A name is left as it is.
    """
    shipped, names = _shipped(near=False, asked=True), {match.start() for match in _NAME.finditer(text)}
    if len(names) > _MOST_NAMES * len(text.split()):
        names = set()

    def worded(match: re.Match[str]) -> str:
        words = () if match.start() in names else _official(match[0], own, shipped)
        return match[0] if not words or _same(match[0], words[0]) else words[0]

    return _WORD.sub(worded, text)


def everyday_words(own: Rows = NO_ROWS) -> frozenset[str]:
    """Every word that has a row, in lower case."""
    return own.words | _shipped(near=False, asked=True).words


def _official(written: str, own: Rows, shipped: Rows) -> Sequence[str]:
    word = folded(written)
    words = own.official(word) or shipped.official(word) or ()
    return () if len(words) == 1 and _same(written, words[0]) else words


def _same(one: str, other: str) -> bool:
    """Two forms of a word."""
    return stem(folded(one)) == stem(folded(other))


@cache
def _shipped(*, near: bool, asked: bool) -> Rows:
    sections: Mapping[str, Mapping[str, Sequence[str]]] = yaml.safe_load(
        files("allmanning.index").joinpath("everyday.yaml").read_text(encoding="utf-8")
    )
    wanted = {"names": True, "asked": asked, "near": near, "asked_near": near and asked}
    return Rows.of({word: words for name, on in wanted.items() if on for word, words in sections[name].items()})
