"""Numbers, dates and set phrases written one way, whichever way they were written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from allmanning.index.fold import folded

_SWEDISH: Final = (
    "januari jan january", "februari feb february", "mars march", "april apr", "maj may", "juni june", "juli july",
    "augusti aug august", "september sept sep", "oktober okt october oct", "november nov", "december dec",
)  # fmt: skip
MONTHS: Final[Mapping[str, int]] = {
    word: number for number, words in enumerate(_SWEDISH, start=1) for word in folded(words).split()
}
"""Names of months, folded, to their numbers."""

_DASHES: Final = str.maketrans("\u2010\u2011\u2012\u2013\u2014\u2212", "------", "\u00ad\u200b\u2060")
_GROUPED: Final = re.compile(r"(?<!\d)(?<!\d[.,:/-])(\d{1,3})((?:[ .\u00a0\u202f]\d{3})+)(?![\d:/]|[.,-]\d)")
_ABROAD: Final = re.compile(r"^(?:\+|00)46[ ()/-]*0?")
_ISO: Final = re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)-(?P<m>0?[1-9]|1[0-2])-(?P<d>0[1-9]|[12]\d|3[01]|[1-9])(?!\d)")
_SLASHED: Final = re.compile(
    r"(?:(?<=\bden )|(?<=senast )|(?<=till )|(?<=från )|(?<=före )|(?<=efter )|(?<=mellan )|(?<=och ))"
    r"(?P<d>3[01]|[12]\d|0?[1-9])/(?P<m>1[0-2]|0?[1-9])(?![\d/])"
)
_PHONE: Final = re.compile(r"(?<![\w.,:/-])(?:\+46|0046|0)[ ()/-]{0,3}\d(?:[ ()/-]{0,3}\d){6,10}(?![\d:/]|[.,-]\d)")
_SHORT: Final = {
    "kr": "kronor", "sek": "kronor", "tkr": "tusen kronor", "mkr": "miljoner kronor", "mnkr": "miljoner kronor",
    "mdkr": "miljarder kronor", "%": "procent", "t.ex.": "till exempel", "t ex": "till exempel", "tex": "till exempel",
    "exempelvis": "till exempel", "bl.a.": "bland annat", "bl a": "bland annat", "ca": "cirka", "c:a": "cirka",
    "d.v.s.": "det vill säga",
    "dvs": "det vill säga", "fr.o.m.": "från och med", "t.o.m.": "till och med", "p.g.a.": "på grund av",
    "m.m.": "med mera",
    "f.d.": "före detta", "s.k.": "så kallad", "samt": "och", "skall": "ska", "etc.": "med mera", "kl": "klockan",
    "enl.": "enligt", "inkl.": "inklusive", "exkl.": "exklusive", "tel.": "telefon", "nr": "nummer",
    "resp.": "respektive",
}  # fmt: skip
_SHORTENED: Final = re.compile(
    rf"(?<![\w.])(?:{'|'.join(re.escape(each) for each in sorted(_SHORT, key=len, reverse=True))})(?!\w)", re.IGNORECASE
)


_BEFORE: Final = r"(?= \w+ (?:minuter|timmar|dagar|arbetsdagar|veckor?|månader?|år) (?:före|innan|i förväg)\b)"
# The same said in other words, each with a "not" in it or a word that elsewhere says another thing.
_SAME: Final = [
    (re.compile(pattern, re.IGNORECASE), instead)
    for pattern, instead in (
        (r"\b(?:utan (?:kostnad|avgift)|(?:kostnads|avgifts)fri(?:tt|a)?|free of charge)\b", "gratis"),
        (r"\bkostar (?:dig |er )?(?:inget|ingenting)\b", "är gratis"),
        (r"\b(?:inte|aldrig) (?:mer|fler|längre|högre|större|tyngre|senare) än\b", "högst"),
        (r"\b(?:inte|aldrig) (?:mindre|färre|kortare|lägre|tidigare) än\b", "minst"),
        (r"\b(?:upp till|maximalt|max|som mest)(?= \d)", "högst"),
        # Three weeks before or more is no later than three weeks before.
        (rf"\bsenast{_BEFORE}", "minst"),
        (rf"\btidigast{_BEFORE}", "högst"),
    )
]  # fmt: skip


@lru_cache(maxsize=8_000)
def one_way(text: str) -> str:
    """Numbers without groups, dates as "31 mars 2026", phone numbers as digits, abbreviations in full, and "utan
    kostnad" as "gratis".
    """
    plain = text.translate(_DASHES)
    plain = _PHONE.sub(lambda found: re.sub(r"\D", "", _ABROAD.sub("0", found.group())), plain)
    plain = _ISO.sub(lambda found: f"{int(found['d'])} {_name(found['m'])} {found['y']}", plain)
    plain = _SLASHED.sub(lambda found: f"{int(found['d'])} {_name(found['m'])}", plain)
    plain = _GROUPED.sub(lambda found: found[1] + re.sub(r"\D", "", found[2]), plain)
    plain = _SHORTENED.sub(lambda found: _SHORT[found.group().lower()], plain)
    for pattern, instead in _SAME:
        plain = pattern.sub(instead, plain)
    return plain


def _name(month: str) -> str:
    return _SWEDISH[int(month) - 1].split()[0]
