"""Personal data in a text, of all kinds or some."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Final

from allmanning.index.personal.account import accounts
from allmanning.index.personal.address import addresses
from allmanning.index.personal.card import cards
from allmanning.index.personal.email import email_addresses
from allmanning.index.personal.found import (
    ACCOUNT,
    ADDRESS,
    CARD,
    EMAIL,
    NAME,
    PERSONNUMMER,
    PHONE,
    PROTECTED_NAME,
    Found,
)
from allmanning.index.personal.identity import identity_numbers
from allmanning.index.personal.name import names
from allmanning.index.personal.phone import phone_numbers
from allmanning.index.personal.protected import ProtectedNames

_NOBODY: Final = ProtectedNames(())
_DETECTORS: Final[Mapping[str, Callable[[str], Iterator[Found]]]] = {
    PERSONNUMMER: identity_numbers,
    CARD: cards,
    EMAIL: email_addresses,
    ACCOUNT: accounts,
    PHONE: phone_numbers,
    ADDRESS: addresses,
    NAME: names,
}
# Where two overlap, the one that is more to be trusted, or better to be protected, stands.
_FIRST: Final = (PROTECTED_NAME, *_DETECTORS)


def detect(text: str, protected: ProtectedNames = _NOBODY, kinds: Collection[str] = tuple(_DETECTORS)) -> list[Found]:
    """Personal data in order of place, none overlapping: what is on the protected list, and what is of `kinds`.

    Time grows with the length of the text, whatever stands in it: about a second for a million characters.
    """
    found = list(protected.find(text))
    for kind in kinds:
        found += _DETECTORS[kind](text)
    return list(_apart(found))


def _apart(found: Iterable[Found]) -> Iterator[Found]:
    waiting: Found | None = None
    for each in sorted(found, key=lambda one: one.start):
        if waiting is None:
            waiting = each
        elif each.overlaps(waiting):
            waiting = min((waiting, each), key=lambda one: (_FIRST.index(one.kind), one.start - one.end))
        else:
            yield waiting
            waiting = each
    if waiting:
        yield waiting
