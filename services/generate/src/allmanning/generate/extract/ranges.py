"""Numbers of a question that a table's row covers with a range: "femman" is in "Årskurs 4–6"."""

from __future__ import annotations

import re
from typing import Final

from allmanning.generate.extract.terms import terms
from allmanning.generate.extract.wording import akin

_CLASSES: Final = ["ettan", "tvåan", "trean", "fyran", "femman", "sexan", "sjuan", "åttan", "nian"]
_SPELLED: Final = ("ett", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio")
_CLASS: Final = re.compile(r"\b(?:(?:åk|årskurs|klass) ?([0-9])\b|(" + "|".join(_CLASSES) + r")\b)")
_COUNTED: Final = re.compile(r"\b([0-9]{1,6}|" + "|".join(_SPELLED) + r") (?=([a-zåäö]{2,}))")
_PLACED: Final = re.compile(r"([a-zåäö]{2,}) ([0-9]{1,6})\b")
# From the first class of all where it begins with a word: "förskoleklass–årskurs 3".
_RANGE: Final = re.compile(r"(?:\b([0-9]{1,9}) ?|(?<=[a-zåäö]))[–-] ?(?:[a-zåäö]+ )?([0-9]{1,9})\b")


def numbers(question: str) -> list[tuple[int, frozenset[str]]]:
    """Each number of the question with the terms of what it counts."""
    line = question.lower()
    classes = [int(digit) if digit else _CLASSES.index(word) + 1 for digit, word in _CLASS.findall(line)]
    counted = [(_value(number), terms(word)) for number, word in _COUNTED.findall(line)]
    return [*((each, terms("årskurs")) for each in classes), *counted]


def _value(number: str) -> int:
    return _SPELLED.index(number) + 1 if number in _SPELLED else int(number)


def is_place(label: str, number: int, unit: frozenset[str]) -> bool:
    """Whether the label has the number as a place in an order: "Barn 2" is not how many "två barn" are."""
    return any(int(digits) == number and terms(word) & unit for word, digits in _PLACED.findall(label.lower()))


def covers(label: str, column: str, number: int, unit: frozenset[str]) -> bool:
    """Whether a row's label, in a column of that name, has a range of that unit with the number in it."""
    about = terms(f"{column} {label}")
    if not any(one == other or akin(one, other) for one in unit for other in about):
        return False
    return any(int(first or 0) <= number <= int(last) for first, last in _RANGE.findall(label.lower()))
