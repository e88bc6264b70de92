"""Ask the rules."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Final

from allmanning.audit.gate import engine, guards
from allmanning.audit.gate.facts import facts_of
from allmanning.audit.gate.table import Table
from allmanning.contracts.audit.v1.audit_pb import GateInput, GateResponse

ENGINE: Final = f"{engine.NAME}; {guards.VERSION}"


class Gate:
    """The rules in force, compiled."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._engine = engine.Engine(table)

    @classmethod
    def from_file(cls, path: Path | None) -> Gate:
        """Load the table at `path`, or the one that comes with the service.

        Raises:
            BadRules: when the table can't be used.
            OSError: when the file can't be read.
        """
        source = path or files("allmanning.audit.gate").joinpath("rules.yaml")
        return cls(Table.from_yaml(source.read_text(encoding="utf-8")))

    def decide(self, given: GateInput) -> GateResponse:
        """The verdict on `given`, with the words and the law behind it. Takes well under a millisecond.

        Raises:
            InvalidInput: `gate.input`.
        """
        facts = facts_of(given)
        rule = guards.decided(self._engine.first_hit(facts), facts)
        return GateResponse(
            verdict=rule.verdict,
            rule_id=rule.id,
            reason=rule.text,
            legal_basis=rule.legal_basis,
            rules=self.table.hash,
            engine=ENGINE,
            notice=rule.notice,
        )
