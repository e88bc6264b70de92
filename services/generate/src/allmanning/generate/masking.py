"""Cover personal data in a question before a model, a search or a log sees it, and give the asker his own back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from allmanning.index.personal.detect import detect
from allmanning.index.personal.found import ACCOUNT, ADDRESS, CARD, EMAIL, NAME, PERSONNUMMER, PHONE, Found

_CALLED: Final[Mapping[str, str]] = {
    PERSONNUMMER: "personnummer",
    CARD: "kortnummer",
    EMAIL: "e-postadress",
    PHONE: "telefonnummer",
    ACCOUNT: "kontonummer",
    ADDRESS: "adress",
    NAME: "namn",
}
COVERED: Final = re.compile(rf"\[(?:{'|'.join(_CALLED.values())})(?: \d{{1,3}})?\]")
"""What stands for a covered value; it says nothing that can be searched for."""

# An address or a name is personal where it is somebody's own: schools and offices have addresses, officials names.
_HOME: Final = re.compile(
    r"(?i)\b(?:bor|bo|boende|bosatt|adress\w*|hemma|hem|flytta\w*|mitt hus"
    r"|min (?:tomt|villa|lägenhet|fastighet)|i live)\b[^.!?]{0,30}$"
)
_INTRODUCED: Final = re.compile(
    r"(?i)\b(?:heter|mitt namn är|namn:?|hälsningar,?|mvh,?|vänligen,?|jag är|my name is|i am|regards,?"
    r"|(?:min|mitt|vår|vårt|my) (?:\w+ )?(?:son|dotter|mamma|pappa|mor|far|man|fru|make|maka|sambo|barn|syster|bror"
    r"|mormor|morfar|farmor|farfar|granne|mother|father|wife|husband|daughter),?)\s{1,3}$"
)
_BEFORE: Final = 45
_BESIDE: Final = 12


@dataclass(frozen=True)
class Masked:
    """A text without what was covered: the kinds, and by its mark each value, for the asker only."""

    text: str
    kinds: frozenset[str]
    values: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def identifies(self) -> bool:
        """More than an address was covered."""
        return bool(self.kinds - {_CALLED[ADDRESS]})


def masked(text: str, known: Mapping[str, str] | None = None) -> Masked:
    """Replace personnummer, samordningsnummer, numbers of cards, accounts and phones, e-mail addresses, and the
    asker's own names and addresses, by what they are.

    `known` are values by their marks from the same conversation: they are covered wherever they stand, a value keeps
    its mark, and no mark gets two values.
    Numbers that look like a date and four digits but can be no personnummer (organisation numbers, references) stay.
    """
    parts: list[str] = []
    kinds: set[str] = set()
    values = dict(known or {})
    at = 0
    for found in _personal(text):
        called, value = _CALLED[found.kind], text[found.start : found.end]
        mark = _mark(called, value, values)
        kinds.add(called)
        values[mark] = value
        parts += (text[at : found.start], mark)
        at = found.end
    covered = "".join((*parts, text[at:]))
    for mark, value in (known or {}).items():
        if value in covered:
            kinds.add(mark.strip("[] 0123456789"))
            covered = covered.replace(value, mark)
    return Masked(covered, frozenset(kinds), values)


def restored(text: str, values: Mapping[str, str], cited: Sequence[str] = ()) -> str:
    """The text with the asker's own values in place of their marks, never within an address on the web.

    A mark that stands in what is cited (a form may say "[adress]") is the document's, and stays.
    """
    its_own = "\n".join(cited)

    def value(match: re.Match[str]) -> str:
        before = text[: match.start()].rsplit(maxsplit=1)[-1:] if not text[: match.start()][-1:].isspace() else []
        in_link = any("://" in part or "](" in part or part.startswith("www.") for part in before)
        return match[0] if in_link or match[0] in its_own else values.get(match[0], match[0])

    return COVERED.sub(value, text) if values else text


def _personal(text: str) -> Iterator[Found]:
    found = detect(text, kinds=_CALLED)
    sure = [each for each in found if each.kind not in (NAME, ADDRESS)]
    for each in found:
        before = text[max(0, each.start - _BEFORE) : each.start]
        if each.kind == NAME:
            beside = any(abs(each.end - one.start) <= _BESIDE or abs(one.end - each.start) <= _BESIDE for one in sure)
            if not beside and not _INTRODUCED.search(before):
                continue
        if each.kind == ADDRESS and not _HOME.search(before):
            continue
        yield each


def _mark(called: str, value: str, values: Mapping[str, str]) -> str:
    mark, number = f"[{called}]", 1
    while values.get(mark, value) != value:
        number += 1
        mark = f"[{called} {number}]"
    return mark
