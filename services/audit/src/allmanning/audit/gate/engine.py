"""The table compiled to JDM and run by GoRules' zen-engine; decision table only, first hit decides."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import Final

import zen

from allmanning.audit.gate.cell import Cell
from allmanning.audit.gate.facts import Fact, Facts
from allmanning.audit.gate.table import Rule, Table, columns_of
from allmanning.runtime.record import Json

NAME: Final = f"zen {version('zen-engine')}"


def jdm_of(table: Table) -> Json:
    """The table in the engine's own format. Columns become `c0`, `c1`, …: Swedish names are not identifiers there."""
    columns = columns_of(table.rules)
    rows: list[Json] = []
    for number, rule in enumerate(table.rules):
        cells = {cell.column: _expression(cell) for cell in rule.cells}
        rows.append(
            {"_id": rule.id, "row": str(number)}
            | {f"c{place}": cells.get(column, "") for place, column in enumerate(columns)}
        )
    inputs: list[Json] = [
        {"id": f"c{place}", "name": column, "field": f"c{place}"} for place, column in enumerate(columns)
    ]
    content: Json = {
        "hitPolicy": "first",
        "inputs": inputs,
        "outputs": [{"id": "row", "name": "row", "field": "row"}],
        "rules": rows,
    }
    origin: Json = {"x": 0, "y": 0}
    return {
        "nodes": [
            {"id": "facts", "type": "inputNode", "name": "facts", "position": origin},
            {"id": "table", "type": "decisionTableNode", "name": "table", "position": origin, "content": content},
            {"id": "rule", "type": "outputNode", "name": "rule", "position": origin},
        ],
        "edges": [
            {"id": "in", "sourceId": "facts", "targetId": "table", "type": "edge"},
            {"id": "out", "sourceId": "table", "targetId": "rule", "type": "edge"},
        ],
    }


def _literal(value: Fact) -> str:
    return json.dumps(value, ensure_ascii=False)


def _expression(cell: Cell) -> str:
    if isinstance(cell.value, tuple):
        return ", ".join(_literal(word) for word in cell.value)
    return _literal(cell.value) if cell.operator == "is" else f"{cell.operator} {_literal(cell.value)}"


class Engine:
    """A compiled table."""

    def __init__(self, table: Table) -> None:
        self._rules = table.rules
        self._columns = columns_of(table.rules)
        self._decision = zen.ZenEngine().create_decision(json.dumps(jdm_of(table)))

    def first_hit(self, facts: Facts) -> Rule:
        """The row that decides."""
        context = {f"c{place}": facts[column] for place, column in enumerate(self._columns) if column in facts}
        row: int = self._decision.evaluate(context)["result"]["row"]
        return self._rules[row]
