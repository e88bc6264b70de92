"""Swedish words to search terms, the same for passages and questions.

Stop words out; å ä ö folded; compounds replaced by their parts; base forms; Snowball stems; identifiers as terms of
their own. Folding comes first, so that text that lost its å ä ö gives the very same terms: telling "får" from "far"
would gain nothing measurable.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import Stemmer  # type: ignore[import-not-found]

from allmanning.index.fold import folded
from allmanning.index.identifiers import identifiers
from allmanning.index.lexicon import folded_lexicon

# Part of the index version: another number means that every passage must be analysed anew.
VERSION = "3"

# An identifier says more than any word beside it.
IDENTIFIER_WEIGHT = 3.0

_STOP = """
och det att i en jag hon som han på den med var sig för så till är men ett om hade de av du henne då sin nu har inte
hans honom skulle hennes där min man ej vid kunde något från ut när efter upp vi dem vara vad över än dig kan sina här
ha mot alla under någon eller allt mycket sedan ju denna själv detta åt utan varit hur ingen mitt ni bli blev oss din
dessa några deras blir mina samma vilken er sådan vår dess inom mellan sådant varför varje vilka ditt vem vilket sådana
vart dina vars vårt våra ert era ska får måste vill behöver gör göra gäller finns samt även mig dem deras vare vars
"""
# A letter may be followed by its marks when the text is not composed.
_WORD = re.compile(r"(?:[^\W_][\u0300-\u036f]*)+(?:-(?:[^\W_][\u0300-\u036f]*)+)*")
_STOP_WORDS = frozenset(folded(_STOP).split())
_PLURAL = "or"
# "Hur ansöker jag?" is answered by "Ansökan görs …" and "Skicka ansökningen …": written as a verb or as either noun.
_VERBAL = re.compile(folded("(ansök|anmäl|inbjud|förfråg|önsk)(?:ning|an)$"))


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text at its place, and the search terms it gives."""

    start: int
    end: int
    text: str
    """In lower case, composed."""
    terms: tuple[str, ...]


class _Stemmer(threading.local):
    """A stemmer for each thread: it keeps the word it works on."""

    def __init__(self) -> None:
        # Our own cache is in front of it.
        self.snowball = Stemmer.Stemmer("swedish", 0)


_stemmer = _Stemmer()


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """What the forms of a word, already folded, have in common."""
    return str(_stemmer.snowball.stemWord(word))


@lru_cache(maxsize=100_000)
def word_terms(word: str) -> tuple[str, ...]:
    """The terms of a word in lower case: those of its parts, or its own."""
    return tuple(_term(folded(part)) for part in folded_lexicon().parts(folded(word)))


def _term(base: str) -> str:
    """What is indexed for a base form, folded."""
    # No base form is a plural: "kontor" is no "kont", nor "motor" a "möte".
    if base.endswith(_PLURAL) and folded_lexicon().has(base):
        return base
    return stem(_VERBAL.sub(r"\1a", base))


def words(text: str) -> Iterator[Word]:
    """The words of a text that mean something, in order; places are code points of `text`."""
    for match in _WORD.finditer(text):
        written, terms = _read(match[0])
        if terms:
            yield Word(match.start(), match.end(), written, terms)


@lru_cache(maxsize=100_000)
def _read(word: str) -> tuple[str, tuple[str, ...]]:
    """A word as it is kept, and its terms; none for one that means nothing."""
    written = unicodedata.normalize("NFC", word).lower()
    return written, tuple(term for each in spellings(written) if _means_something(each) for term in word_terms(each))


def spellings(word: str) -> list[str]:
    """The words in a word with hyphens, and all in one: "e-tjänst" is also written "etjänst"."""
    parts = word.split("-")
    return [*parts, "".join(parts)] if len(parts) > 1 else parts


def _means_something(word: str) -> bool:
    return folded(word) not in _STOP_WORDS and (len(word) > 1 or word.isdigit())


def terms(text: str) -> Iterator[tuple[str, float]]:
    """The search terms of a text with their weight in a question; a term comes as often as the text has it."""
    for word in words(text):
        for term in word.terms:
            yield term, 1.0
    yield from identifier_terms(text)


def identifier_terms(text: str) -> Iterator[tuple[str, float]]:
    """The terms of case numbers, statutes and the like in a text, with their weight in a question."""
    for identifier in identifiers(unicodedata.normalize("NFC", text)):
        yield folded(identifier), IDENTIFIER_WEIGHT
