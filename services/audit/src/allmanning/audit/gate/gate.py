"""Ask the rules."""

from __future__ import annotations

import itertools
import logging
from collections import OrderedDict
from importlib.resources import files
from pathlib import Path
from typing import Final, NamedTuple

from allmanning.audit.gate import engine, guards
from allmanning.audit.gate.engine import Engine
from allmanning.audit.gate.facts import Facts, facts_of
from allmanning.audit.gate.regions import Stretches
from allmanning.audit.gate.row import Rule
from allmanning.audit.gate.ruleset import Ruleset, check_national
from allmanning.audit.gate.strictness import strictest
from allmanning.audit.gate.table import Table
from allmanning.contracts.audit.v1.audit_pb import Circumstances, GateInput, GateResponse

ENGINE: Final = f"{engine.NAME}; {guards.VERSION}"
CHECK_EVERY: Final = 10
# Compiled tables that are kept: a day's, of some hundred authorities.
_MAX_COMPILED: Final = 256
# zen-engine hands each evaluation to another thread, whose waking is most of what a verdict takes, and the questions of
# a day give the same few facts, as far as rows can tell.
_MAX_KNOWN: Final = 4_096

log = logging.getLogger(__name__)


class _Compiled(NamedTuple):
    national: Engine
    own: Engine | None
    stretches: Stretches


class Gate:
    """The national rules, and whichever own table is asked with them, compiled once for each day's rows.

    `source` is the national file as it was written. Every `check_every`-th verdict is worked out by the plain evaluator
    as well.
    """

    def __init__(self, national: Table, *, source: str = "", check_every: int = CHECK_EVERY) -> None:
        self.national = national
        self.source = source
        self.baseline = Ruleset(national)
        self._check_every = check_every
        self._asked = itertools.count(1)
        self._facts: OrderedDict[bytes, Facts] = OrderedDict()
        self._known: OrderedDict[tuple[object, ...], Rule | None] = OrderedDict()
        self._compiled: OrderedDict[tuple[str, str], _Compiled] = OrderedDict()

    @classmethod
    def from_file(cls, path: Path | None, *, check_every: int = CHECK_EVERY) -> Gate:
        """Load the table at `path`, or the one that comes with the service.

        Raises:
            BadRules: when the table can't be used.
            OSError: when the file can't be read.
        """
        text = (path or files("allmanning.audit.gate").joinpath("rules.yaml")).read_text(encoding="utf-8")
        table = Table.from_yaml(text)
        check_national(table)
        return cls(table, source=text, check_every=check_every)

    def decide(self, given: GateInput, around: Circumstances, rules: Ruleset | None = None) -> GateResponse:
        """The verdict on `given`, with the words and the law behind it. Takes well under a millisecond.

        `rules` are the authority's; without them the baseline applies alone.

        Raises:
            InvalidInput: `gate.input`.
        """
        rules = rules or self.baseline
        facts = self._facts_of(given)
        found = self._rule(rules, facts, around.day)
        if next(self._asked) % self._check_every == 0:
            again = rules.rule(facts, around.day)
            if (found and found.id) != (again and again.id):
                self._alarm(rules, found, again)
                around = Circumstances.from_binary(around.to_binary())
                around.evaluators_differ = True
        rule = guards.decided(found, facts, around)
        text = rules.text(rule.notice)
        return GateResponse(
            verdict=rule.verdict,
            rule_id=rule.id,
            reason=rule.text,
            legal_basis=rule.legal_basis,
            rules=rules.hash,
            engine=ENGINE,
            notice=rule.notice,
            notice_sv=text.get("sv", ""),
            notice_en=text.get("en", ""),
            competence=rule.competence,
            deadline_hours=rule.deadline_hours,
            second_reviewer=rule.second_reviewer is True,
            circumstances=around,
        )

    def _facts_of(self, given: GateInput) -> Facts:
        key = given.to_binary()
        if key not in self._facts:
            self._facts[key] = facts_of(given)
            if len(self._facts) > _MAX_KNOWN:
                self._facts.popitem(last=False)
        return self._facts[key]

    def _rule(self, rules: Ruleset, facts: Facts, day: str) -> Rule | None:
        key = (rules.hash, day, *self._engines(rules, day).stretches.of(facts))
        if key not in self._known:
            self._known[key] = self._evaluated(rules, facts, day)
            if len(self._known) > _MAX_KNOWN:
                self._known.popitem(last=False)
        return self._known[key]

    def _evaluated(self, rules: Ruleset, facts: Facts, day: str) -> Rule | None:
        compiled = self._engines(rules, day)
        national = compiled.national.first_hit(facts)
        if national is None:
            return None
        return strictest(national, compiled.own.first_hit(facts) if compiled.own else None)

    def _engines(self, rules: Ruleset, day: str) -> _Compiled:
        key = (rules.hash, day)
        known = self._compiled.get(key)
        if known is None:
            own = rules.own.on(day) if rules.own else ()
            known = _Compiled(Engine(rules.national.on(day)), Engine(own) if own else None, Stretches(rules.rows(day)))
            self._compiled[key] = known
            if len(self._compiled) > _MAX_COMPILED:
                self._compiled.popitem(last=False)
        return known

    def _alarm(self, rules: Ruleset, found: Rule | None, again: Rule | None) -> None:
        log.error(
            "evaluators differ under %s: %s and %s",
            rules.hash, found.id if found else "none", again.id if again else "none",
        )  # fmt: skip
