"""Street and postal addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from allmanning.index.personal.found import ADDRESS, Found

_WORD: Final = "[A-ZÅÄÖ][a-zåäöéü]{1,30}"
_SURE: Final = (
    "(?:gata|gatan|gränd|gränden|väg|vägen|stig|stigen|torg|torget|backe|backen|allé|allén|esplanaden|kajen|slinga"
    "|slingan|ringen|höjden|kroken|svängen|brinken|liden|udden|kullen|vreten|stråket)"
)
# Places and plans, too: only with a postal code, or after a word that says somebody lives there.
_UNSURE: Final = (
    "(?:gat|plan|planen|plats|platsen|esplanad|led|leden|kaj|bro|bron|park|parken|strand|stranden|gård|gården|gårda|ring"
    "|höjd|krok|brink|lid|hamnen|dalen|lunden|torp|torpet)"
)
_DOOR: Final = (
    r"\d{1,3}(?:[ ]?[A-Z]|[a-z])?(?![^\W_])(?:[-–/]\d{1,3}[A-Za-z]?(?!\w))?"
    r"(?:,?[ ](?:lgh|lägenhet|nb|bv|(?:\d[ ]?)?(?:tr|vån)\.?)(?:[ ]?\d{1,4})?(?!\w))?"
    r"(?![ \xa0]?(?:§|\d{3}(?!\d|[ ]?\d\d[ ])))"
)
_CODE: Final = r"(?:SE?-)?[1-9]\d\d[ \xa0]?\d\d[ \xa0]{1,2}"
_SPACED_CODE: Final = r"(?:SE?-)?[1-9]\d\d[ \xa0]\d\d[ \xa0]{1,2}"
_PLACE: Final = rf"(?:{_WORD}(?:[ -](?!Tel|Växel|Mob|Fax|E-)(?:i[ ])?{_WORD})?|[A-ZÅÄÖ]{{3,20}}(?![^\W_]))"
_TAIL: Final = rf"(?:,?\s{{1,3}}{_CODE}{_PLACE}|,? i {_PLACE}|, {_PLACE}(?=[.,;)\n]|$| och | med | som ))"
_LABEL: Final = (
    r"(?:\w{0,12}[Aa]dress|På|Vid|Från|Till|Bor|Bostad|Av|Mot|Nära|Hos|Korsningen|Fastigheten|Se|Den|Kvarteret|Kv)\b"
)
_BEFORE: Final = rf"(?:(?:S:ta?|(?!{_LABEL}){_WORD})[ ]){{0,2}}"
_NAMED: Final = rf"(?<![^\W_]){_BEFORE}(?:{_WORD}-)?"
_PATTERNS: Final = (
    re.compile(rf"{_NAMED}(?:{_WORD}{_SURE}|{_WORD}[ ](?i:{_SURE}))[ \xa0]{_DOOR}{_TAIL}?"),
    re.compile(rf"{_NAMED}(?:{_WORD}{_UNSURE}|{_WORD}[ ](?i:{_UNSURE}))[ \xa0]{_DOOR}{_TAIL}"),
    re.compile(rf"(?<=\bpå )(?:{_WORD}{_UNSURE}|{_WORD}[ ](?i:{_UNSURE}))[ \xa0]{_DOOR}"),
    # A house in the country has a name and a number.
    re.compile(rf"(?<![^\W_])(?!{_LABEL}){_WORD}(?:[ ]{_WORD})?[ ]\d{{1,4}}[ ]?[A-Z]?,\s{{1,2}}{_CODE}{_PLACE}"),
    re.compile(rf"(?<![^\W_])(?:Box|Postbox|Boxadress|Pl|FE)[ ]\d{{1,5}}(?!\d){_TAIL}?"),
    # However it is written, after a word that says what it is.
    re.compile(
        rf"(?i:(?<=adress )|(?<=adress: )|(?<=adressen )|(?<=bor på ))"
        rf"(?i:{_WORD}[ ]?){{1,2}}(?i:{_SURE})[ \xa0]{_DOOR}(?i:{_TAIL})?"
    ),
    re.compile(rf"(?<![\w.,:/-])(?<!\d )(?:{_SPACED_CODE}|(?<=, )(?:SE?-)?[1-9]\d{{4}}[ ]){_PLACE}"),
)
_NOT_A_PLACE: Final = re.compile(r"\d[ \xa0](?:Kronor|Kr|Sek|SEK|EUR|Euro|Personer|Invånare|Kvadratmeter)\b")


def addresses(text: str) -> Iterator[Found]:
    """Streets with a number, with the postal code and place that follow; and postal codes with a place alone."""
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if not _NOT_A_PLACE.search(match[0]):
                yield Found(ADDRESS, match.start(), match.end())
