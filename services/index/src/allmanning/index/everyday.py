"""The official words for what people say: "dagis" is written "förskola".

Applied to questions, never to passages, so the list can grow without indexing anything anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

import yaml

from allmanning.index.analyse import folded, stem

# What an official word weighs that the asker did not say.
WEIGHT = 0.5
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_LEAST_REST = 4


def official(text: str, *, near: bool = False) -> Iterator[tuple[str, Sequence[str]]]:
    """Each everyday word of `text`, as it is written there, with the official words for it.

    With `near`, also the words that are only near in meaning.
    """
    whole, first_parts = _words(near)
    for match in _WORD.finditer(text):
        word = folded(match[0])
        if (found := whole.get(word) or whole.get(stem(word))) is not None:
            yield match[0], found
            continue
        for part, words in first_parts.items():
            if word.startswith(part):
                rest = word[len(part) :]
                yield match[0], [*words, rest] if len(rest) >= _LEAST_REST else words
                break


def worded_officially(text: str) -> str:
    """`text` with each everyday word replaced by the first official one, as an embedder understands it best."""
    for word, words in official(text):
        text = re.sub(rf"\b{re.escape(word)}\b", words[0], text, count=1)
    return text


@cache
def _words(near: bool) -> tuple[Mapping[str, Sequence[str]], Mapping[str, Sequence[str]]]:
    """Words by their stem, and first parts of compounds, the longest first."""
    sections: Mapping[str, Mapping[str, Sequence[str]]] = yaml.safe_load(
        files("allmanning.index").joinpath("everyday.yaml").read_text(encoding="utf-8")
    )
    lines = {**sections["near"], **sections["names"]} if near else sections["names"]
    keys = {folded(key.rstrip("*")): words for key, words in lines.items()}
    whole = {form: words for key, words in keys.items() for form in (stem(key), key)}
    first = sorted((folded(key[:-1]) for key in lines if key.endswith("*")), key=len, reverse=True)
    return whole, {key: keys[key] for key in first}
