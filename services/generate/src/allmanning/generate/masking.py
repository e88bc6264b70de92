"""Cover personal identifiers in a question before a model, a search or a log sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from allmanning.index.personal.detect import detect
from allmanning.index.personal.found import CARD, EMAIL, PERSONNUMMER, PHONE

_CALLED: Final[Mapping[str, str]] = {
    PERSONNUMMER: "personnummer",
    CARD: "kortnummer",
    EMAIL: "e-postadress",
    PHONE: "telefonnummer",
}


@dataclass(frozen=True)
class Masked:
    """A text without its identifiers, and which kinds there were."""

    text: str
    kinds: frozenset[str]


def masked(text: str) -> Masked:
    """Replace personnummer, samordningsnummer, card numbers, e-mail addresses and phone numbers by what they are.

    Numbers that look like a date and four digits but can be no personnummer (organisation numbers, references) stay.
    """
    parts: list[str] = []
    kinds: set[str] = set()
    at = 0
    for found in detect(text, kinds=_CALLED):
        called = _CALLED[found.kind]
        kinds.add(called)
        parts += (text[at : found.start], f"[{called}]")
        at = found.end
    return Masked("".join((*parts, text[at:])), frozenset(kinds))
