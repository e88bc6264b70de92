"""Run a logged gate evaluation again, with the table that was in force and the second, small evaluator."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from allmanning.audit.gate.logged import Evaluation
from allmanning.audit.gate.problem import BadRules
from allmanning.audit.gate.ruleset import Ruleset
from allmanning.audit.log.leaf import Leaf

# Most questions of a day give the gate the same few inputs.
_KNOWN_INPUTS: Final = 4096


class Rerun:
    """Re-runs evaluations over tables that `pin` gives by their `sha256:<hex>`; None when there is none."""

    def __init__(self, pin: Callable[[str], bytes | None]) -> None:
        self._pin = pin
        self._tables: dict[str, Ruleset | None] = {}
        self._difference = lru_cache(_KNOWN_INPUTS)(self._run)

    def difference(self, leaf: Leaf, given: bytes) -> str | None:
        """What the rules say otherwise than the record; empty when the same, None when it can't be run here."""
        told = Evaluation.of(leaf.fields)
        return self._difference(told, given) if told and told.rerunnable else None

    def _run(self, told: Evaluation, given: bytes) -> str:
        if told.rules not in self._tables:
            self._tables[told.rules] = _table(self._pin(told.rules))
        table = self._tables[told.rules]
        if table is None:
            return f"regeltabellen {told.rules} saknas eller går inte att läsa"
        try:
            return told.differs(table, json.loads(given))
        except (ValueError, RecursionError):
            return "underlaget går inte att läsa"


def _table(pin: bytes | None) -> Ruleset | None:
    try:
        return Ruleset.from_pin(pin) if pin is not None else None
    except BadRules:
        return None
