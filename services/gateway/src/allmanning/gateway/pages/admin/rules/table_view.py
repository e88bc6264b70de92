"""A table of rules as people read it: a line for each row, in the words of the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from allmanning.gateway.pages.admin.rules.draft import Draft, Row


@dataclass(frozen=True)
class RowLine:
    """One row; `conditions` are texts such as `fara: ja`."""

    name: str
    text: str
    conditions: Sequence[str]
    outcome: str
    basis: str
    valid_from: str
    valid_to: str


def lines(draft: Draft) -> list[RowLine]:
    """The rows in order; the first whose conditions are met decides."""
    return [_line(each) for each in draft.rows]


def _line(row: Row) -> RowLine:
    texts = row.texts
    return RowLine(
        name=row.name,
        text=texts.get("text", ""),
        conditions=[f"{each.column}: {each.value}" for each in row.conditions],
        outcome=texts.get("utfall", ""),
        basis=_basis(row),
        valid_from=texts.get("gäller från", ""),
        valid_to=texts.get("gäller till", ""),
    )


def _basis(row: Row) -> str:
    """`6 kap. 37–38 §§ (2017:725)`."""
    paragraph = row.basis.get("paragraf", "")
    sign = "§§" if "–" in paragraph or "," in paragraph else "§"
    chapter = f"{row.basis['kap']} kap. " if row.basis.get("kap") else ""
    return f"{chapter}{paragraph} {sign} ({row.basis.get('sfs', '')})" if paragraph else ""
