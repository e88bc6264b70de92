"""Names of persons by simple means: a given name, the ending of a surname, or a word that a name stands after.

Low confidence: for counting, never for holding or masking unless a collection says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from allmanning.index.personal.found import NAME, Found
from allmanning.index.personal.given_names import GIVEN_NAMES

_UPPER: Final = "A-ZÅÄÖÉÜÆØŠŽĆČÁÓÍ"
_LOWER: Final = "a-zåäöéèüáíóúæøšžćčñëïôęłńśçğışß"
_WORD: Final = rf"[{_UPPER}][{_LOWER}]{{1,24}}(?:[-’'][{_UPPER}]?[{_LOWER}]{{1,24}})?"
_PARTICLE: Final = r"(?:von|af|de|van|der|da|al|el|bin|ben)"
_RUN: Final = re.compile(
    rf"(?<![^\W_])(?<!-)(?:{_WORD}|(?:[OD]['’]|Mc|Mac|Al-|El-)[{_UPPER}][{_LOWER}]{{1,24}})"
    rf"(?:[ \xa0](?:(?:{_PARTICLE}[ ]){{1,2}}{_WORD}|[{_UPPER}]\."
    rf"|(?:[OD]['’]|Mc|Mac|Al-|El-)[{_UPPER}][{_LOWER}]{{1,24}}|{_WORD})){{0,4}}(?![^\W_])"
)
_SURNAME: Final = re.compile(
    r".{2,}(?:sson|ström|berg|bergh|gren|qvist|kvist|quist|lund|lundh|lind|lindh|dahl|dal|stedt|strand|blad|ander|lius|enius|nius|ell|mark|holm"
    r"|feldt|man|skog|sén|ovic|ović|dotter|nen|off|ski|sky|ez|zadeh|oğlu|oglu|én|löf|lööf|löv|fors|bäck|beck|björk|vall|wall|rot|roth|sten|stén|hed"
    r"|hag|hage|hult|ling|lin|dén|din|kovic|evic|ević|ić|wicz|ova|pour|ian|yan|hagen|rup|[nrl]sen|gaard|ryd|rud|lander|mann)s?$"
)
_NOT_A_SURNAME: Final = re.compile(
    r"(?:.*(?:ionen|dagblad|folkblad|veckoblad|polisen|fastighetsförmedling)|Stockholm|Vattenfall)s?$", re.IGNORECASE
)
_GENITIVE: Final = re.compile(r"(?:son|berg|gren|vist|lund|lind|dahl|ström|man|holm|strand)s$")
_NOT_A_GIVEN: Final = re.compile(
    r".*(?:kommun|nämnd|en|styrelse|verk|region|gata|gatan|vägen|torg|torget|gränd|skola|skolan|län|förvaltning|lagen|enhet|avdelning|bolag|iska|ska)s?$"
)
# Words that a name stands after.
_SURELY_BEFORE: Final = re.compile(
    r"(?i:(?<![^\W_])(?:patient|klient|brukar|sökande|klagande|elev|hyresgäst|vårdnadshavar|grann|make|maka|makan|hustru|fru|herr|fröken"
    r"|dotter|dottern|son|sonen|modern|fadern|mamma|pappa|syster|bror|barn|anhörig|målsägande|misstänkt|vittne|sambo|pojke|flicka|namn|hälsningar|mvh"
    r"|förnamn|efternamn|handläggar|socialsekreterar|undertecknad)"
    r"(?:en|n|et|t|e|r|na|ens|ns|mannen)?"
    r"|(?<![^\W_])(?:heter|hette|(?:mitt|hans|hennes) namn är|talade med|pratade med|samtal med|hälsar))"
    r"[:,]?[ \xa0\n]{1,2}$"
)
# Given names that are words too: with a capital letter at the start of a sentence they say nothing.
_WORDS_TOO: Final = frozenset(
    ("Bo", "Per", "Hans", "Inga", "Sten", "Dag", "Love", "Liv", "Max", "Gun", "Rut", "Stig", "Maj", "Tore", "Iris",
     "Mark", "Jack", "Dan", "Frank", "Sol", "Lo", "Juli", "August", "Bror", "Rose", "Bella", "Lea", "Is", "Sam")
)  # fmt: skip
_SENTENCE_START: Final = re.compile(r"(?:^|[.!?:;•–\"”»(\n]\s*)$")
# A word alone that can hardly be anything but a surname.
_SURNAME_ALONE: Final = re.compile(r".{2,}(?:[^s]sson|ström|qvist|kvist|gren|stedt|lund|dahl|sén|ovic|ović)$")
_NEAR: Final = 40
# After these a single given name is a place, a prize or a ship.
_NOT_A_PERSON_BEFORE: Final = re.compile(
    rf"(?:(?<![^\W_])[{_UPPER}][{_LOWER}]{{1,24}}|[Ss]ankta?|S:ta?|(?i:kvarteret|fartyget|stormen|båten|kv\.?))[ \xa0]$"
)
_NOT_BEFORE_A_NAME: Final = re.compile(
    "(?:Sankta?|Drottning|Kung|Kungin|Prins|Prinsessan?|Stormen|Lex|Radio|Villa|Hotell?)$"
)


def names(text: str) -> Iterator[Found]:
    """Runs of capitalised words that begin as a name does, and single given names."""
    for match in _RUN.finditer(text):
        words = [(part.group(), match.start() + part.start(), match.start() + part.end())
                 for part in re.finditer(r"\S+", match[0])]  # fmt: skip
        at = _first(text, words)
        if at is not None:
            last, _, end = words[-1]
            genitive = _GENITIVE.search(last) or (last not in GIVEN_NAMES and last.removesuffix("s") in GIVEN_NAMES)
            yield Found(NAME, words[at][1], end - bool(genitive))


def _first(text: str, words: list[tuple[str, int, int]]) -> int | None:
    """Which of the words in a run the name begins with; None: the run is no name."""
    for at, (word, _, _) in enumerate(words[:-1]):
        if _begins(word, words[at + 1][0]):
            return at
    word, start, _ = words[0]
    before = text[max(0, start - _NEAR) : start]
    unlike = _NOT_A_GIVEN.match(word) or _NOT_A_SURNAME.match(words[-1][0])
    if not unlike and _SURELY_BEFORE.search(before):
        return 0
    if len(words) > 1 and not _NOT_A_SURNAME.match(words[-1][0]) and _SURELY_BEFORE.search(f"{word} "):
        return 1
    return _alone(words, before)


def _alone(words: list[tuple[str, int, int]], before: str) -> int | None:
    """A given name or surname alone, perhaps after the first word of the sentence."""
    word, starts = words[-1][0], bool(_SENTENCE_START.search(before))
    if not (_is_given(word) or _SURNAME_ALONE.match(word)):
        return None
    if len(words) == 1:
        return None if _NOT_A_PERSON_BEFORE.search(before) or (starts and word in _WORDS_TOO) else 0
    return 1 if len(words) == 2 and starts and not _NOT_BEFORE_A_NAME.match(words[0][0]) else None


def _begins(word: str, following: str) -> bool:
    return _is_given(word) or (
        bool(_SURNAME.match(following)) and not _NOT_A_SURNAME.match(following) and not _NOT_A_GIVEN.match(word)
    )


def _is_given(word: str) -> bool:
    return any(part in GIVEN_NAMES for part in (word, word.removesuffix("s"), *re.split(r"[-’']", word)))
