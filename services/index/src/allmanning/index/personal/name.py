"""Names of persons by simple means: a common given name and a capitalised word, or a word with the ending of a surname.

Low confidence: for counting, never for holding or masking unless a collection says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from allmanning.index.personal.found import NAME, Found
from allmanning.index.personal.given_names import GIVEN_NAMES

_UPPER: Final = "A-ZÅÄÖÉÜÆØŠŽĆČ"
_LOWER: Final = "a-zåäöéèüáíóúæøšžćčñëï"
_WORD: Final = rf"[{_UPPER}][{_LOWER}]{{1,24}}(?:[-’'][{_UPPER}]?[{_LOWER}]{{1,24}})?"
_PARTICLE: Final = r"(?:von|af|de|van|der|da|al|el|bin|ben)"
_NAMES: Final = re.compile(
    rf"(?<![^\W_])(?<!-){_WORD}(?:[ \xa0](?:(?:{_PARTICLE}[ ]){{1,2}}{_WORD}|[{_UPPER}]\.|{_WORD})){{1,4}}(?![^\W_])"
)
_SURNAME: Final = re.compile(
    r".{2,}(?:sson|ström|berg|gren|qvist|kvist|lund|lind|dahl|stedt|strand|blad|ander|lius|enius|ell|mark|holm|feldt|man|skog|sén|ovic|ović|dotter|nen"
    r"|off|ski|ez|zadeh|oğlu|oglu)s?$"
)
_GENITIVE: Final = re.compile(r"(?:son|berg|gren|vist|lund|lind|dahl|ström|man|holm|strand)s$")
_NOT_A_GIVEN: Final = re.compile(
    r".*(?:kommun|nämnd|en|styrelse|verk|region|gatan|vägen|torget|skolan|län|förvaltning|lagen|enhet|avdelning|bolag)s?$"
)


def names(text: str) -> Iterator[Found]:
    """Runs of capitalised words that begin as a name does."""
    for match in _NAMES.finditer(text):
        words = [(part.group(), part.start(), part.end()) for part in re.finditer(r"\S+", match[0])]
        for at, (word, start, _) in enumerate(words[:-1]):
            if _begins(word, words[at + 1][0]):
                end = words[-1][2] - bool(_GENITIVE.search(words[-1][0]))
                yield Found(NAME, match.start() + start, match.start() + end)
                break


def _begins(word: str, following: str) -> bool:
    if any(part in GIVEN_NAMES for part in re.split(r"[-’']", word)):
        return True
    return bool(_SURNAME.match(following)) and not _NOT_A_GIVEN.match(word)
