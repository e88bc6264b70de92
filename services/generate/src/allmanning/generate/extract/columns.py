"""The columns of a table: which a question asks for, and which it leaves out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from allmanning.generate.extract.asked import Asked
from allmanning.generate.extract.questions import answers
from allmanning.generate.extract.terms import terms
from allmanning.generate.extract.wording import held, wording

_MONTHS: Final = (
    "januari", "februari", "mars", "april", "maj", "juni",
    "juli", "augusti", "september", "oktober", "november", "december",
)  # fmt: skip
_SEASONS: Final[Mapping[str, frozenset[int]]] = {"sommar": frozenset({6, 7, 8}), "vinter": frozenset({12, 1, 2})}
_MONTH: Final = re.compile(r"\b(?:" + "|".join(_MONTHS) + r")\b")
# What a cell's looks count beside a column's name that the question has word for word.
_LOOKS: Final = 0.2
_ALL_MONTHS: Final = 12


def asked_first(columns: Sequence[int], names: Sequence[str], rows: Sequence[Sequence[str]], asked: Asked) -> list[int]:
    """The places of the columns, the one that the question is about before the others."""
    named = [terms(names[each]) for each in columns]
    words = wording(asked.terms | asked.frame, asked.text, named)

    def fits(place: int) -> float:
        looks = max((answers(asked.kind, f"{names[place]}: {row[place]}") for row in rows if row[place]), default=0.0)
        return sum(held(words, terms(names[place])).values()) + _LOOKS * looks

    best = max(columns, key=fits, default=None)
    return [] if best is None else [best, *(each for each in columns if each != best)]


def in_season(columns: Sequence[int], names: Sequence[str], question: str) -> list[int]:
    """Without those of other months than the question names: "1 april–30 september" in December."""
    line = question.lower()
    asked = {_MONTHS.index(each) + 1 for each in _MONTH.findall(line)}
    for season, months in _SEASONS.items():
        asked |= months if season in line else frozenset()
    spans = {each: _span(names[each].lower()) for each in columns}
    meant = [each for each in columns if not spans[each] or asked <= spans[each]]
    # In two of them, or in none: nothing is left out.
    return meant if asked and sum(bool(spans[each]) for each in meant) == 1 else list(columns)


def _span(name: str) -> set[int]:
    """The months from the first that it names to the last, over the turn of the year too; none of fewer than two."""
    named = [_MONTHS.index(each) + 1 for each in _MONTH.findall(name)]
    if len(named) < 2:
        return set()
    first, last = named[0], named[-1]
    return {(first - 1 + each) % _ALL_MONTHS + 1 for each in range((last - first) % _ALL_MONTHS + 1)}
