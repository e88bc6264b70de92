"""Swedish words to search terms, the same for passages and questions.

NFC, lower case, å ä ö folded, stop words out, Snowball stems, and identifiers as single terms. Folding comes before
stemming so that text that lost its å ä ö gives the very same terms.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import snowballstemmer  # type: ignore[import-untyped]

from allmanning.index.identifiers import identifiers

# Part of the index version: another number means that every passage must be analysed anew.
VERSION = "1"

# An identifier says more than any word beside it.
IDENTIFIER_WEIGHT = 3.0

_STOP = """
och det att i en jag hon som han på den med var sig för så till är men ett om hade de av du henne då sin nu har inte
hans honom skulle hennes där min man ej vid kunde något från ut när efter upp vi dem vara vad över än dig kan sina här
ha mot alla under någon eller allt mycket sedan ju denna själv detta åt utan varit hur ingen mitt ni bli blev oss din
dessa några deras blir mina samma vilken er sådan vår dess inom mellan sådant varför varje vilka ditt vem vilket sådana
vart dina vars vårt våra ert era ska får måste vill behöver gör göra gäller finns samt även mig dem deras vare vars
"""
_FOLD = str.maketrans("åäöéèêëáàâãüúùûóòôõøæñç", "aaoeeeeaaaauuuuoooooanc")
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")


def folded(text: str) -> str:
    """NFC, lower case, and without the marks that bad OCR and old systems lose."""
    return unicodedata.normalize("NFC", text).lower().translate(_FOLD)


_STOP_WORDS = frozenset(folded(_STOP).split())


class _Stemmer(threading.local):
    """A stemmer for each thread: it keeps the word it works on."""

    def __init__(self) -> None:
        self.snowball = snowballstemmer.stemmer("swedish")


_stemmer = _Stemmer()


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """What the forms of a word, already folded, have in common."""
    return str(_stemmer.snowball.stemWord(word))


def _words(text: str) -> Iterator[str]:
    for match in _WORD.finditer(folded(text)):
        parts = match[0].split("-")
        yield from parts
        # "e-tjänst" is also written "etjänst".
        if len(parts) > 1:
            yield "".join(parts)


def terms(text: str) -> Iterator[tuple[str, float]]:
    """The search terms of a text with their weight in a question; a term comes as often as the text has it."""
    for word in _words(text):
        if word not in _STOP_WORDS and (len(word) > 1 or word.isdigit()):
            yield stem(word), 1.0
    for identifier in identifiers(unicodedata.normalize("NFC", text)):
        yield folded(identifier), IDENTIFIER_WEIGHT
