"""The rules that apply for an authority: the national baseline and, above it, the authority's own table."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from allmanning.audit.gate.evaluator import first_hit
from allmanning.audit.gate.facts import Facts
from allmanning.audit.gate.problem import NOWHERE, BadRules, Problem
from allmanning.audit.gate.row import Rule
from allmanning.audit.gate.soundness import looser_in, problems_in
from allmanning.audit.gate.strictness import strictest
from allmanning.audit.gate.table import NATIONAL, OWN, Table
from allmanning.runtime.record import Json, canonical, digest

PIN_KIND: Final = "rules"
# Names that only guards in code have.
GUARD_PREFIX: Final = "SPÄRR"


@dataclass(frozen=True)
class Ruleset:
    """Both tables; `pinned` is the canonical JSON that verdicts point to by `hash`."""

    national: Table
    own: Table | None = None

    @cached_property
    def pinned(self) -> bytes:
        return canonical({"nationell": self.national.value, "egen": self.own.value if self.own else None})

    @cached_property
    def hash(self) -> str:
        return digest(self.pinned)

    @classmethod
    def from_pin(cls, pin: bytes) -> Ruleset:
        """The rules as a pin holds them.

        Raises:
            BadRules: when it holds none that this program can run.
        """
        try:
            value: Json = json.loads(pin)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, Mapping) or set(value) != {"nationell", "egen"}:
            raise BadRules([Problem(NOWHERE, "", "", "texten är inga regler")])
        own = value["egen"]
        return cls(Table.from_value(value["nationell"]), Table.from_value(own) if own is not None else None)

    def rule(self, facts: Facts, day: str) -> Rule | None:
        """The row that applies on a day, by the plain evaluator; None when the baseline has none in force."""
        national = first_hit(self.national.on(day), facts)
        own = first_hit(self.own.on(day), facts) if self.own else None
        return strictest(national, own) if national is not None else None

    def rows(self, day: str) -> tuple[Rule, ...]:
        """Every row in force on a day, the authority's own first."""
        return (*(self.own.on(day) if self.own else ()), *self.national.on(day))

    def text(self, notice: str) -> Mapping[str, str]:
        """A notice that one of the tables words itself; empty when none does."""
        own = self.own.texts.get(notice) if self.own else None
        return own or self.national.texts.get(notice) or {}


def ruleset_of(source: str, national: Table) -> Ruleset:
    """The rules that a file makes: a baseline alone, or an authority's own table above `national`.

    Raises:
        BadRules: when the file is no table.
    """
    table = Table.from_yaml(source)
    return Ruleset(national, table) if table.level == OWN else Ruleset(table)


def check_national(table: Table) -> None:
    """Whether a table can be the baseline.

    Raises:
        BadRules: when it is an authority's own, or its rows don't hold together.
    """
    if table.level != NATIONAL:
        raise BadRules([Problem(NOWHERE, "", "nivå", f"den här tabellen ska ha nivå: {NATIONAL}")])
    if problems := problems_in(table):
        raise BadRules(problems)


def check_own(table: Table, national: Table) -> None:
    """Whether an authority may publish a table of its own over the baseline.

    Raises:
        BadRules: with every row that contradicts, repeats or hides another, every example that fails, every case in
            which it would be looser than the baseline, and every notice that nobody has worded.
    """
    if table.level != OWN:
        raise BadRules([Problem(NOWHERE, "", "nivå", f"en myndighets egen tabell ska ha nivå: {OWN}")])
    known = {rule.notice for rule in national.rules} | set(table.texts)
    problems = problems_in(table)
    problems += [
        Problem(
            rule.place, rule.id, "besked", f"beskedet {rule.notice} har ingen text; skriv den under besked:, sv och en"
        )
        for rule in table.rules
        if rule.notice not in known
    ]
    taken = {rule.id for rule in national.rules}
    problems += [
        Problem(rule.place, rule.id, "regel", f"namnet {rule.id} används av en nationell regel; ge den ett eget")
        for rule in table.rules
        if rule.id in taken or rule.id.startswith(GUARD_PREFIX)
    ]
    problems += looser_in(table, national)
    if problems:
        raise BadRules(problems)
