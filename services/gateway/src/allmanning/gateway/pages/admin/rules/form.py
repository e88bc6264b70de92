"""The table as the fields of a form, and the changes that its buttons make.

A row's fields are `<n>.<column>`, its conditions the repeated pair `<n>.column` and `<n>.value`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Final

from starlette.datastructures import FormData

from allmanning.gateway.pages.admin.rules.draft import BASIS, TEXTS, Condition, Draft, Row

MAX_ROWS: Final = 300


def draft_of(form: FormData) -> Draft:
    """What was filled in. `rows` says how many rows the form has."""
    count = _count(form.get("rows"))
    return Draft(
        name=_field(form, "name"),
        edition=_field(form, "edition"),
        notices=_field(form, "notices"),
        rows=tuple(_row(form, f"{position}.") for position in range(count)),
    )


def changed(draft: Draft, button: str) -> Draft:
    """The draft after a button: `add`, `remove-2`, `up-2`, `condition-2`. Any other leaves it as it is."""
    name, _, number = button.partition("-")
    position = int(number) if number.isdecimal() and len(number) < 4 else len(draft.rows)
    rows = list(draft.rows)
    if name == "add" and len(rows) < MAX_ROWS:
        rows.append(Row(texts={"regel": _free_name(rows), "utfall": "granska"}, conditions=(Condition(),)))
    elif position >= len(rows):
        return draft
    elif name == "remove":
        del rows[position]
    elif name == "up" and position:
        rows[position - 1], rows[position] = rows[position], rows[position - 1]
    elif name == "condition":
        rows[position] = replace(rows[position], conditions=(*rows[position].conditions, Condition()))
    return replace(draft, rows=tuple(rows))


def _free_name(rows: Sequence[Row]) -> str:
    taken = {each.name for each in rows}
    return next(name for number in range(1, MAX_ROWS + 2) if (name := f"E{number}") not in taken)


def _count(written: object) -> int:
    text = str(written or "")
    return min(int(text), MAX_ROWS) if text.isdecimal() and len(text) < 4 else 0


def _field(form: FormData, name: str) -> str:
    value = form.get(name)
    return value.replace("\r\n", "\n") if isinstance(value, str) else ""


def _row(form: FormData, prefix: str) -> Row:
    columns = [str(each) for each in form.getlist(f"{prefix}column")]
    values = [str(each).strip() for each in form.getlist(f"{prefix}value")]
    conditions = [Condition(column, value) for column, value in zip_longest(columns, values, fillvalue="")]
    return Row(
        texts={name: _field(form, prefix + name) for name in TEXTS},
        basis={name: _field(form, prefix + name) for name in BASIS},
        # A condition that is left empty is one that somebody added and did not need.
        conditions=tuple(each for each in conditions if each.column or each.value),
        examples=_field(form, f"{prefix}examples"),
    )
