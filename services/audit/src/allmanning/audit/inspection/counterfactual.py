"""How another fact would have changed what the rules said: the table is run again, never the model.

CJEU C-203/22: whoever asks may be told how a variation in what was known would have led to another result.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from allmanning.audit.gate import guards
from allmanning.audit.gate.cell import Cell
from allmanning.audit.gate.facts import NUMBERS, TRUTHS, WORDS, Fact, Facts, facts_of
from allmanning.audit.gate.logged import input_of
from allmanning.audit.gate.row import Rule
from allmanning.audit.gate.ruleset import Ruleset
from allmanning.contracts.audit.v1.audit_pb import Circumstances, Verdict
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.record import Json

_STEP = 0.000001


@dataclass(frozen=True)
class Variation:
    """Had `column` been `instead`, row `rule` would have decided. `was` is None for what was not known."""

    column: str
    was: Fact | None
    instead: Fact
    rule: Rule


def ruled(rules: Ruleset, facts: Facts, around: Circumstances) -> Rule:
    """The row or guard that decides on these facts in these circumstances."""
    return guards.decided(rules.rule(facts, around.day), facts, around)


def logged_facts(given: Json) -> Facts | None:
    """The facts of a record's part `input`; None when it can't be read."""
    try:
        return facts_of(input_of(given))
    except (InvalidInput, ValueError, TypeError):
        return None


def variations(rules: Ruleset, facts: Facts, around: Circumstances) -> list[Variation]:
    """Every change of one fact that the rules read after which the verdict differs; first those that were known."""
    verdict = ruled(rules, facts, around).verdict
    cells = [cell for rule in rules.rows(around.day) for cell in rule.cells]
    found = [
        Variation(column, facts.get(column), instead, rule)
        for column in dict.fromkeys(cell.column for cell in cells)
        # What stage it is in is no circumstance of the matter.
        if column != "skede"
        for instead in _others(cells, column, facts.get(column))
        if (rule := ruled(rules, {**facts, column: instead}, around)).verdict != verdict
    ]
    return sorted(found, key=lambda each: each.was is None)


def _others(cells: Sequence[Cell], column: str, was: Fact | None) -> Iterator[Fact]:
    """The values that could make a difference: each word, both truths, both sides of each threshold."""
    values: dict[Fact, None] = {}
    if column in TRUTHS:
        values = dict.fromkeys((True, False))
    elif column in NUMBERS:
        for cell in _cells(cells, column):
            if isinstance(cell.value, float):
                around = (cell.value, round(cell.value - _STEP, 6), round(cell.value + _STEP, 6))
                values |= dict.fromkeys(each for each in around if 0 <= each <= 1)
    elif column in WORDS:
        values = dict.fromkeys(sorted(WORDS[column]))
    else:
        for cell in _cells(cells, column):
            values |= dict.fromkeys(cell.value if isinstance(cell.value, tuple) else (cell.value,))
    yield from (each for each in values if each != was)


def _cells(cells: Sequence[Cell], column: str) -> list[Cell]:
    return [cell for cell in cells if cell.column == column]


def words_of(value: Fact | None) -> str:
    """A fact as the lawyers write it."""
    if value is None:
        return "inte känt"
    if isinstance(value, bool):
        return "ja" if value else "nej"
    return f"{value:.6f}".rstrip("0").rstrip(".").replace(".", ",") if isinstance(value, float) else value


VERDICTS = {
    Verdict.AUTO: ("svaret lämnas direkt", "the answer is given at once"),
    Verdict.REVIEW: ("en handläggare ser svaret först", "a caseworker sees the answer first"),
    Verdict.REFUSE: ("frågan besvaras inte", "the question is not answered"),
    Verdict.HAND_OVER: ("frågan lämnas till en människa", "the question is handed to a person"),
}
