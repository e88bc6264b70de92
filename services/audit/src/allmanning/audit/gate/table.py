"""A decision table as lawyers wrote it, and its hash.

There are two kinds (`nivå`). The *national* one comes with the service and ends with a row without conditions that
sends to review. An authority's *own* one (`egen`) adds rows that hold back more; where none of them is met, the
national one decides alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from allmanning.audit.gate.problem import BadRules, Problem
from allmanning.audit.gate.row import RowReader, Rule
from allmanning.audit.gate.source import Named, Node, Several, read
from allmanning.contracts.audit.v1.audit_pb import Verdict
from allmanning.runtime.record import Json, canonical, digest

NATIONAL: Final = "nationell"
OWN: Final = "egen"
MAX_ROWS: Final = 300
_MAX_DAYS: Final = 64
_TOP: Final = ("nivå", "tabell", "utgåva", "regler")
_EDITION: Final = re.compile(r"[1-9]\d{0,5}")
_LEVEL: Final = re.compile(f"{NATIONAL}|{OWN}")


@dataclass(frozen=True)
class Table:
    """The rows in order; `value` is the normal form that `hash` is the hash of.

    `texts` are the notices that the table words itself: by name, then `sv` and `en`.
    """

    level: str
    name: str
    edition: str
    rules: tuple[Rule, ...]
    texts: Mapping[str, Mapping[str, str]]
    value: Json
    hash: str
    _in_force: dict[str, tuple[Rule, ...]] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def from_yaml(cls, text: str) -> Table:
        """Read the lawyers' file.

        Raises:
            BadRules: with every fault in it, its line and column, and what to write instead.
        """
        return _table(read(text))

    @classmethod
    def from_value(cls, value: Json) -> Table:
        """Read a table's normal form, such as a pin holds. JSON is YAML too."""
        return cls.from_yaml(json.dumps(value, ensure_ascii=False))

    def on(self, day: str) -> tuple[Rule, ...]:
        """The rows in force on a day: a row out of its time is no row."""
        if day not in self._in_force:
            # A replay asks of many days, a gate of one.
            if len(self._in_force) >= _MAX_DAYS:
                self._in_force.clear()
            self._in_force[day] = tuple(rule for rule in self.rules if rule.applies(day))
        return self._in_force[day]


def _table(top: Node) -> Table:
    reader = RowReader()
    if not isinstance(top, Named):
        raise BadRules([Problem(top.place, "", "", f"filen ska börja med {', '.join(_TOP)}")])
    reader.names(top, _TOP, ("besked",))
    level = reader.matching(top, "nivå", _LEVEL, f"{NATIONAL} eller {OWN}")
    name = reader.text(top, "tabell")
    edition = reader.matching(top, "utgåva", _EDITION, "ett heltal från 1")
    listed = top.items.get("regler", Several(top.place, ()))
    rows: list[tuple[Rule, Json]] = []
    if isinstance(listed, Several) and len(listed.items) <= MAX_ROWS:
        rows = [read for read in map(reader.row, listed.items) if read is not None]
    else:
        reader.say(listed, "regler", f"skriv högst {MAX_ROWS} regler, var och en efter ett bindestreck")
    texts = _texts(reader, top.items.get("besked"))
    if not reader.problems:
        _check_order(reader, level, [rule for rule, _ in rows], listed)
    if reader.problems:
        raise BadRules(reader.problems)
    value: Json = {
        "nivå": level,
        "tabell": name,
        "utgåva": edition,
        "besked": {name: dict(words) for name, words in texts.items()},
        "regler": [row for _, row in rows],
    }
    return Table(level, name, edition, tuple(rule for rule, _ in rows), texts, value, digest(canonical(value)))


def _check_order(reader: RowReader, level: str, rules: Sequence[Rule], listed: Node) -> None:
    seen: dict[str, Rule] = {}
    for rule in rules:
        if rule.id in seen:
            text = f"två regler heter likadant (den andra på rad {seen[rule.id].place.line}); ge den ett annat namn"
            reader.problems.append(Problem(rule.place, rule.id, "regel", text))
        seen[rule.id] = rule
    last = len(rules) - 1
    for number, rule in enumerate(rules):
        if not rule.cells and number < last:
            text = "bara den sista regeln får sakna villkor: den tar alla fall; flytta den sist eller ge den villkor"
            reader.problems.append(Problem(rule.place, rule.id, "villkor", text))
    closing = rules[-1] if rules else None
    if closing is not None and not closing.cells and (closing.verdict != Verdict.REVIEW or closing.valid_to):
        text = "den sista regeln, utan villkor, ska ha utfallet granska och ingen sista dag"
        reader.problems.append(Problem(closing.place, closing.id, "utfall", text))
    if level == NATIONAL and closing is None:
        reader.say(listed, "regler", "filen har inga regler; skriv minst den sista, som granskar allt")
    elif level == NATIONAL and closing is not None and closing.cells:
        text = "den sista regeln ska sakna villkor och ha utfallet granska: villkor: {}"
        reader.problems.append(Problem(closing.place, closing.id, "villkor", text))


def _texts(reader: RowReader, node: Node | None) -> Mapping[str, Mapping[str, str]]:
    if node is None:
        return {}
    if not isinstance(node, Named):
        reader.say(node, "besked", "skriv texterna som NAMN: {sv: …, en: …}")
        return {}
    texts = {}
    for name, words in node.items.items():
        if not isinstance(words, Named):
            reader.say(words, name, "skriv texten på svenska och engelska: {sv: …, en: …}")
            continue
        reader.names(words, ("sv", "en"), ())
        texts[name] = {language: reader.text(words, language) for language in ("sv", "en")}
    return texts


def columns_of(rules: Sequence[Rule]) -> list[str]:
    """Columns that any rule reads, in order of first use."""
    return list(dict.fromkeys(cell.column for rule in rules for cell in rule.cells))
