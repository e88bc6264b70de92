"""An authority's own words: what its people say, and what its documents write."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from allmanning.contracts.retrieve.v1.retrieve_pb import GetSynonymsResponse, Synonym
from allmanning.index.everyday import NO_ROWS, Rows
from allmanning.index.fold import folded
from allmanning.retrieve.query import has_words, readable
from allmanning.runtime.errors import InvalidInput

MAX_ROWS: Final = 1_000
MAX_WORDS: Final = 20
MAX_CHARACTERS: Final = 100
_WORD: Final = re.compile(r"[^\W_]{2,}(?:-[^\W_]+)*|[^\W_](?:-[^\W_]+)+")


@dataclass(frozen=True)
class OwnWords:
    """The rows as a search uses them, and their hash; both empty for an authority without any."""

    rows: Rows = NO_ROWS
    version: str = ""


class Vocabulary(Protocol):
    """Where a search finds the words of the asker's authority."""

    async def own_words(self, authority: str) -> OwnWords: ...


class NoVocabulary:
    """No authority has words of its own."""

    async def own_words(self, authority: str) -> OwnWords:  # noqa: ARG002 (the name is the Protocol's)
        return OwnWords()


def own_words_of(synonyms: Sequence[Synonym]) -> OwnWords:
    lines = {row.word: tuple(row.words) for row in synonyms}
    return OwnWords(Rows.of(lines), version_of(synonyms)) if lines else OwnWords()


def version_of(synonyms: Sequence[Synonym]) -> str:
    """Hash of the rows, in any order: hex, 32 characters. Empty without rows."""
    if not synonyms:
        return ""
    rows = GetSynonymsResponse(synonyms=sorted(synonyms, key=lambda row: row.word))
    return hashlib.sha256(rows.to_binary()).hexdigest()[:32]


def checked_synonyms(synonyms: Sequence[Synonym]) -> list[Synonym]:
    """The rows without needless space, a `*` only at the end of a word.

    Raises:
        InvalidInput: `synonyms.invalid`, with the number of the row.
    """
    if len(synonyms) > MAX_ROWS:
        raise InvalidInput("synonyms.invalid", f"Högst {MAX_ROWS} rader. (At most {MAX_ROWS} rows.)")
    seen: dict[str, int] = {}
    rows = []
    for number, given in enumerate(synonyms, start=1):
        row = Synonym(word=readable(given.word), words=[readable(word) for word in given.words])
        if not 2 <= len(row.word) <= MAX_CHARACTERS or not _WORD.fullmatch(row.word.removesuffix("*")):
            raise _invalid(
                number,
                f"ordet ska vara ett ord på 2-{MAX_CHARACTERS} tecken, med * bara sist",
                f"the word must be one word of 2-{MAX_CHARACTERS} characters, with * at its end only",
            )
        if not 1 <= len(row.words) <= MAX_WORDS:
            raise _invalid(number, f"1-{MAX_WORDS} ord ska stå för det", f"1-{MAX_WORDS} words must stand for it")
        if not all(has_words(word) and len(word) <= MAX_CHARACTERS and "*" not in word for word in row.words):
            raise _invalid(
                number,
                f"varje ord som står för det ska ha 1-{MAX_CHARACTERS} tecken, utan *",
                f"each word that stands for it must have 1-{MAX_CHARACTERS} characters, without *",
            )
        if (earlier := seen.setdefault(folded(row.word.removesuffix("*")), number)) != number:
            raise _invalid(number, f"ordet finns redan på rad {earlier}", f"row {earlier} has the word already")
        rows.append(row)
    return rows


def _invalid(number: int, swedish: str, english: str) -> InvalidInput:
    return InvalidInput("synonyms.invalid", f"Rad {number}: {swedish}. (Row {number}: {english}.)")
