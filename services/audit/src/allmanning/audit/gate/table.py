"""The decision table as lawyers wrote it, and its hash."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import yaml

from allmanning.audit.gate.cell import BadRules, Cell
from allmanning.contracts.audit.v1.audit_pb import Verdict
from allmanning.runtime.record import Json, canonical, digest

PIN_KIND: Final = "rules"
OUTCOMES: Final = MappingProxyType(
    {"svara": Verdict.AUTO, "granska": Verdict.REVIEW, "avböj": Verdict.REFUSE, "lämna över": Verdict.HAND_OVER}
)
_TOP: Final = {"tabell", "utgåva", "regler"}
_ROW: Final = {"regel", "text", "villkor", "utfall", "lagrum", "besked"}
_BASIS: Final = {"sfs", "kap", "paragraf"}


@dataclass(frozen=True)
class Rule:
    """One row: when every cell is met, this is the outcome."""

    id: str
    text: str
    cells: tuple[Cell, ...]
    verdict: Verdict
    legal_basis: str
    notice: str


@dataclass(frozen=True)
class Table:
    """The rows in order. `pinned` is the canonical JSON that `hash` is the hash of."""

    rules: tuple[Rule, ...]
    pinned: bytes
    hash: str

    @classmethod
    def from_yaml(cls, text: str) -> Table:
        """Read the lawyers' file.

        Raises:
            BadRules: when something in it can't be used, with the rule's name.
        """
        try:
            return cls.from_value(yaml.safe_load(text))
        except yaml.YAMLError as error:
            raise BadRules(f"filen går inte att läsa: {error}") from error

    @classmethod
    def from_value(cls, value: Json) -> Table:
        """Read the table's JSON, such as a pin holds."""
        top = _object(value, _TOP, "filen")
        rows = top["regler"]
        if not isinstance(rows, list) or not rows:
            raise BadRules("filen har inga regler")
        rules = tuple(_rule(row) for row in rows)
        ids = [rule.id for rule in rules]
        if len(set(ids)) < len(ids):
            raise BadRules("två regler heter likadant")
        if rules[-1].cells or rules[-1].verdict != Verdict.REVIEW:
            raise BadRules("den sista regeln ska sakna villkor och ha utfallet granska")
        if empty := [rule.id for rule in rules[:-1] if not rule.cells]:
            raise BadRules(f"{empty[0]}: bara den sista regeln får sakna villkor")
        pinned = canonical(value)
        return cls(rules, pinned, digest(pinned))


def _object(value: Json, keys: set[str], where: str) -> Mapping[str, Json]:
    if not isinstance(value, dict) or set(value) != keys:
        raise BadRules(f"{where}: ska ha exakt {', '.join(sorted(keys))}")
    return value


def _text(value: Json, where: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise BadRules(f"{where} saknas")
    return value


def _rule(value: Json) -> Rule:
    name = value.get("regel") if isinstance(value, dict) else None
    row = _object(value, _ROW, f"regel {name}")
    rule_id = _text(row["regel"], "regelns namn")
    conditions = row["villkor"]
    if not isinstance(conditions, dict):
        raise BadRules(f"{rule_id}: villkor saknas")
    try:
        cells = tuple(Cell.parse(column, written) for column, written in conditions.items())
    except BadRules as error:
        raise BadRules(f"{rule_id}: {error}") from error
    outcome = _text(row["utfall"], f"{rule_id}: utfall")
    if outcome not in OUTCOMES:
        raise BadRules(f"{rule_id}: utfallet {outcome} finns inte, välj bland {', '.join(OUTCOMES)}")
    return Rule(
        id=rule_id,
        text=_text(row["text"], f"{rule_id}: text"),
        cells=cells,
        verdict=OUTCOMES[outcome],
        legal_basis=_legal_basis(_object(row["lagrum"], _BASIS, f"{rule_id}: lagrum"), rule_id),
        notice=_text(row["besked"], f"{rule_id}: besked"),
    )


def _legal_basis(basis: Mapping[str, Json], rule_id: str) -> str:
    """`SFS 2017:725, 6 kap. 37–38 §§`."""
    chapter, paragraph = basis["kap"], _text(basis["paragraf"], f"{rule_id}: paragraf")
    sign = "§§" if "–" in paragraph else "§"
    place = f"{chapter} kap. {paragraph} {sign}" if chapter else f"{paragraph} {sign}"
    return f"SFS {_text(basis['sfs'], f'{rule_id}: sfs')}, {place}"


def columns_of(rules: Sequence[Rule]) -> list[str]:
    """Columns that any rule reads, in order of first use."""
    return list(dict.fromkeys(cell.column for rule in rules for cell in rule.cells))
