"""An authority's own table as somebody is changing it: whatever is written, right or wrong.

The audit service alone says what is wrong in a table. This reads and writes its file, so that people need not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

import yaml

from allmanning.runtime.errors import InvalidInput

_Written: TypeAlias = "str | list[_Written] | dict[str, _Written] | None"

# The columns of a row that are one text, in the order of the file; those of `lagrum` stand in `BASIS`.
TEXTS: Final = (
    "regel",
    "text",
    "utfall",
    "besked",
    "ägare",
    "gäller från",
    "gäller till",
    "kompetens",
    "handläggningstid",
    "andra granskare",
)
BASIS: Final = ("sfs", "kap", "paragraf", "lydelse")
_MAY_BE_LEFT_OUT: Final = frozenset({"gäller till", "kompetens", "handläggningstid", "andra granskare"})
_FEWEST: Final[Mapping[str, str]] = {"nivå": "egen", "tabell": "Egna regler", "utgåva": "1"}


@dataclass(frozen=True)
class Condition:
    """`column` is `value`, in the words of the table; several words stand with a comma between."""

    column: str = ""
    value: str = ""


@dataclass(frozen=True)
class Row:
    """A row; `examples` are cases, one on each line: `skede: fråga, fara: ja`."""

    texts: Mapping[str, str] = field(default_factory=dict)
    basis: Mapping[str, str] = field(default_factory=dict)
    conditions: tuple[Condition, ...] = ()
    examples: str = ""

    @property
    def name(self) -> str:
        return self.texts.get("regel", "")


@dataclass(frozen=True)
class Draft:
    """The table: its name and edition, the texts that it words itself (as YAML), and its rows in order."""

    name: str = _FEWEST["tabell"]
    edition: str = _FEWEST["utgåva"]
    notices: str = ""
    rows: tuple[Row, ...] = ()

    @classmethod
    def from_yaml(cls, text: str) -> Draft:
        """The draft that a file is; an empty file is a table without rows.

        Raises:
            InvalidInput: `rules.unreadable`, for what is no table at all.
        """
        try:
            # Every value is the text that stands there: `2017:900` is no number, and `nej` is no truth.
            top: _Written = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - builds only text, lists and mappings
        except yaml.YAMLError as error:
            raise _unreadable() from error
        if top is None or top == "":
            return cls()
        rows = top.get("regler") if isinstance(top, dict) else None
        if not isinstance(top, dict) or not isinstance(rows or [], list):
            raise _unreadable()
        notices = top.get("besked")
        return cls(
            name=_text(top.get("tabell")),
            edition=_text(top.get("utgåva")),
            notices=_dumped(notices) if notices else "",
            rows=tuple(_row(each) for each in (rows if isinstance(rows, list) else [])),
        )

    def to_yaml(self) -> str:
        """The file. What was left empty and may be left out is left out.

        Raises:
            InvalidInput: `rules.unreadable`, when the texts of its own are no YAML.
        """
        top: dict[str, object] = {"nivå": _FEWEST["nivå"], "tabell": self.name, "utgåva": self.edition}
        if self.notices.strip():
            try:
                top["besked"] = yaml.load(self.notices, Loader=yaml.BaseLoader)  # noqa: S506 - as above
            except yaml.YAMLError as error:
                raise _unreadable() from error
        top["regler"] = [_written(each) for each in self.rows]
        return _dumped(top)

    def next_edition(self) -> Draft:
        """The same rows as the edition after this one; a table without rows is still its first."""
        after = str(int(self.edition) + 1) if self.rows and self.edition.isdecimal() else self.edition
        return replace(self, edition=after)


def _unreadable() -> InvalidInput:
    return InvalidInput(
        "rules.unreadable",
        "Texten är ingen regeltabell: kontrollera indrag och kolon. (The text is no table of rules.)",
    )


def _dumped(value: object) -> str:
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=110)


def _text(written: _Written) -> str:
    return written if isinstance(written, str) else ""


def _mapping(written: _Written) -> Mapping[str, _Written]:
    return written if isinstance(written, dict) else {}


def _value(written: _Written) -> str:
    return ", ".join(_text(each) for each in written) if isinstance(written, list) else _text(written)


def _row(written: _Written) -> Row:
    row = _mapping(written)
    examples = row.get("exempel")
    lines = [
        ", ".join(f"{column}: {_value(value)}" for column, value in _mapping(each).items())
        for each in (examples if isinstance(examples, list) else [])
    ]
    return Row(
        texts={name: _text(row[name]) for name in TEXTS if name in row},
        basis={name: _text(value) for name, value in _mapping(row.get("lagrum")).items()},
        conditions=tuple(Condition(column, _value(value)) for column, value in _mapping(row.get("villkor")).items()),
        examples="\n".join(lines),
    )


def _written(row: Row) -> dict[str, object]:
    texts = {
        name: row.texts.get(name, "").strip()
        for name in TEXTS
        if row.texts.get(name, "").strip() or name not in _MAY_BE_LEFT_OUT
    }
    conditions = {each.column: _several(each.value) for each in row.conditions if each.column}
    return {
        "regel": texts.pop("regel"),
        "text": texts.pop("text"),
        "villkor": conditions,
        "utfall": texts.pop("utfall"),
        "lagrum": {name: row.basis.get(name, "").strip() for name in BASIS},
        **texts,
        "exempel": [_case(line) for line in row.examples.splitlines() if line.strip()],
    }


def _several(value: str) -> str | list[str]:
    """`intern, sekretess` is two words; `minst 0,4` has its comma inside a number."""
    words = [each.strip() for each in value.split(", ") if each.strip()]
    return words if len(words) > 1 else value.strip()


def _case(line: str) -> dict[str, str]:
    pairs = (each.partition(":") for each in line.split(", "))
    return {column.strip(): value.strip() for column, _, value in pairs if column.strip()}
