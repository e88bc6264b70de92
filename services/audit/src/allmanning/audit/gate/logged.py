"""A gate's evaluation as a record tells of it, and the same evaluation run again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from protobuf import Enum

from allmanning.audit.gate import guards
from allmanning.audit.gate.facts import facts_of
from allmanning.audit.gate.row import Rule
from allmanning.audit.gate.ruleset import Ruleset
from allmanning.contracts.access.v1.access_pb import Role, Secrecy
from allmanning.contracts.audit.v1.audit_pb import Circumstances, GateInput, Stage, Verdict
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.record import Json

RECORD_TYPE: Final = "se.audit.gate.evaluated.v1"
INPUT_PART: Final = "input"
_ENUMS: Final = {"stage": Stage, "role": Role, "highest_secrecy": Secrecy, "retrieved_secrecy": Secrecy}


_TEXTS: Final = ("day", "deployment", "delegation", "halt")
_FLAGS: Final = ("log_unavailable", "rules_unreadable", "evaluators_differ")


@dataclass(frozen=True)
class Evaluation:
    """The skeleton of a `gate.evaluated` record."""

    verdict: Verdict
    rule_id: str
    rules: str
    engine: str
    # Messages have no hash; two evaluations that differ only here are still told apart.
    around: Circumstances = field(hash=False)
    deadline_hours: int | None = None
    second_reviewer: bool = False

    @classmethod
    def of(cls, leaf: Mapping[str, Json]) -> Evaluation | None:
        """What the leaf says, or None when it says nothing that can be re-run."""
        gate = leaf.get("gate")
        if not isinstance(gate, dict):
            return None
        rule_id, rules, engine = gate.get("rule_id"), gate.get("rules"), gate.get("engine")
        if not (isinstance(rule_id, str) and isinstance(rules, str) and isinstance(engine, str)):
            return None
        try:
            around = circumstances_of(gate.get("circumstances"))
            verdict = Verdict(_member(Verdict, gate.get("verdict")))
            hours, second = gate.get("deadline_hours"), gate.get("second_reviewer", False)
            if (hours is not None and type(hours) is not int) or not isinstance(second, bool):
                return None
            return cls(verdict, rule_id, rules, engine, around, hours, second)
        except (ValueError, TypeError):
            return None

    def again(self, rules: Ruleset, given: Json, *, day: str = "") -> Rule:
        """What `rules` say of the logged input, in the circumstances of then, or on another day.

        Raises:
            ValueError, TypeError, InvalidInput: when the input can't be read.
        """
        facts = facts_of(input_of(given))
        return guards.decided(rules.rule(facts, day or self.around.day), facts, self.around)

    def differs(self, rules: Ruleset, given: Json) -> str:
        """What a second run over `given` says otherwise; empty when it says the same."""
        try:
            again = self.again(rules, given)
        except (InvalidInput, ValueError, TypeError):
            return "underlaget går inte att läsa"
        if (again.verdict, again.id) != (self.verdict, self.rule_id):
            return f"loggen säger {self.rule_id} ({self.verdict.name}), reglerna ger {again.id} ({again.verdict.name})"
        if (again.deadline_hours, again.second_reviewer is True) != (self.deadline_hours, self.second_reviewer):
            return f"loggen säger annat än regeln {again.id} om handläggningstid eller andra granskare"
        return ""

    @property
    def rerunnable(self) -> bool:
        """Whether this program has the guards that applied then."""
        return self.engine.endswith(f"; {guards.VERSION}")


def circumstances_of(value: Json) -> Circumstances:
    """The circumstances as the leaf tells them.

    Raises:
        TypeError: when it tells none, or one of them is of another kind.
    """
    if not isinstance(value, dict):
        raise TypeError("no circumstances")
    around = Circumstances()
    for name in (*_TEXTS, *_FLAGS):
        each = value.get(name)
        if each is not None and not isinstance(each, bool if name in _FLAGS else str):
            raise TypeError(name)
        if each is not None:
            setattr(around, name, each)
    return around


def _member(kind: type[Enum], value: Json) -> int:
    """Number of an enum's member, written `request`, `REQUEST`, `STAGE_REQUEST` or as the number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return int(kind(value))
    prefix = f"{kind.__name__.upper()}_"
    name = str(value).upper().removeprefix(prefix)
    try:
        return int(kind[name])
    except KeyError as error:
        raise ValueError(f"unknown {kind.__name__}") from error


def input_of(value: Json) -> GateInput:
    """The gate's input from the record's part: field names in snake_case or camelCase, unknown fields left out.

    Raises:
        ValueError: when an enum has no such member.
        TypeError: when it is no object, or a field has the wrong type.
    """
    if not isinstance(value, dict):
        raise TypeError("not an object")
    given = GateInput()
    for key, each in value.items():
        name = re.sub(r"(?<=[a-z])([A-Z])", lambda found: f"_{found[1].lower()}", key)
        if each is None or name not in GateInput.__slots__:
            continue
        if name in _ENUMS:
            kind = _ENUMS[name]
            setattr(given, name, kind(_member(kind, each)))
        elif isinstance(each, int) and not isinstance(each, bool):
            setattr(given, name, float(each))
        else:
            setattr(given, name, each)
    # Fields are checked when they are written.
    given.to_binary()
    return given
