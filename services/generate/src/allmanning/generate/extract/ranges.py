"""Numbers of a question that a table's row covers with a range: "femman" is in "Årskurs 4–6"."""

from __future__ import annotations

import re
from typing import Final

from allmanning.generate.extract.terms import terms
from allmanning.generate.extract.wording import akin

_CLASSES: Final = ["ettan", "tvåan", "trean", "fyran", "femman", "sexan", "sjuan", "åttan", "nian"]
_CLASS: Final = re.compile(r"\b(?:(?:åk|årskurs|klass) ?(\d)\b|(" + "|".join(_CLASSES) + r")\b)")
_COUNTED: Final = re.compile(r"\b(\d{1,6}) ([a-zåäö]{2,})")
# From the first class of all where it begins with a word: "förskoleklass–årskurs 3".
_RANGE: Final = re.compile(r"(?:\b(\d+) ?|(?<=[a-zåäö]))[–-] ?(?:[a-zåäö]+ )?(\d+)\b")


def numbers(question: str) -> list[tuple[int, frozenset[str]]]:
    """Each number of the question with the terms of what it counts."""
    line = question.lower()
    classes = [int(digit) if digit else _CLASSES.index(word) + 1 for digit, word in _CLASS.findall(line)]
    counted = [(int(number), terms(word)) for number, word in _COUNTED.findall(line)]
    return [*((each, terms("årskurs")) for each in classes), *counted]


def covers(label: str, column: str, number: int, unit: frozenset[str]) -> bool:
    """Whether a row's label, in a column of that name, has a range of that unit with the number in it."""
    about = terms(f"{column} {label}")
    if not any(one == other or akin(one, other) for one in unit for other in about):
        return False
    return any(int(first or 0) <= number <= int(last) for first, last in _RANGE.findall(label.lower()))
