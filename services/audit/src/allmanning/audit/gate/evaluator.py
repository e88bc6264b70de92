"""The table in plain Python: what an auditor re-runs offline, and what the engine is compared with."""

from __future__ import annotations

from collections.abc import Sequence

from allmanning.audit.gate.cell import Cell
from allmanning.audit.gate.facts import Fact, Facts
from allmanning.audit.gate.row import Rule


def met(cell: Cell, fact: Fact | None) -> bool:
    """Whether a fact meets a condition; an unknown one never does."""
    if fact is None:
        return False
    if isinstance(cell.value, tuple):
        return fact in cell.value
    if cell.operator == "is":
        return type(fact) is type(cell.value) and fact == cell.value
    if not isinstance(fact, float) or not isinstance(cell.value, float):
        return False
    if cell.operator == ">=":
        return fact >= cell.value
    if cell.operator == ">":
        return fact > cell.value
    if cell.operator == "<=":
        return fact <= cell.value
    return fact < cell.value


def first_hit(rules: Sequence[Rule], facts: Facts) -> Rule | None:
    """The first row whose every condition is met; None when no row is."""
    for rule in rules:
        for cell in rule.cells:
            if not met(cell, facts.get(cell.column)):
                break
        else:
            return rule
    return None
