"""One condition of the table: what a lawyer writes, parsed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from allmanning.audit.gate.facts import COLUMNS, NUMBERS, TRUTHS, WORDS, Fact

Operator: TypeAlias = Literal["is", "in", ">=", ">", "<=", "<"]

_COMPARISONS: Final[dict[str, Operator]] = {"minst": ">=", "över": ">", "högst": "<=", "under": "<"}
_NUMBER: Final = re.compile(r"(minst|över|högst|under) (\d(?:,\d{1,6})?)")
_SHARE: Final = re.compile(r"[01](?:,\d{1,6})?")
_TEXT: Final = re.compile(r"[\w .:@/-]+")


class BadCell(ValueError):
    """A condition or a fact that its column can't have; says what to write instead."""


@dataclass(frozen=True)
class Cell:
    """`column` `operator` `value`; met only by a fact that is known."""

    column: str
    operator: Operator
    value: Fact | tuple[str, ...]

    @classmethod
    def parse(cls, column: str, written: str | list[str]) -> tuple[Cell, ...]:
        """Read a condition; `minst 0,4 och under 0,75` is two.

        Raises:
            BadCell: for an unknown column, or a value that the column can't have.
        """
        _check_column(column)
        if column in NUMBERS:
            return tuple(_comparison(column, each) for each in str(written).split(" och "))
        if column in TRUTHS:
            return (cls(column, "is", _truth(written)),)
        if isinstance(written, list):
            if not written:
                raise BadCell("listan är tom; skriv minst ett ord, eller ta bort villkoret")
            return (cls(column, "in", tuple(dict.fromkeys(_word(column, each) for each in written))),)
        return (cls(column, "is", _word(column, written)),)


def fact(column: str, written: str) -> Fact:
    """A known fact as an example writes it.

    Raises:
        BadCell: for an unknown column, or a value that the column can't have.
    """
    _check_column(column)
    if column in TRUTHS:
        return _truth(written)
    if column in NUMBERS:
        if not _SHARE.fullmatch(written) or _number(written) > 1:
            raise BadCell(f"skriv ett tal mellan 0 och 1, till exempel 0,75, inte {written!r}")
        return _number(written)
    return _word(column, written)


def _check_column(column: str) -> None:
    if column not in COLUMNS:
        raise BadCell(f"kolumnen {column} finns inte; välj bland {', '.join(COLUMNS)}")


def _number(written: str) -> float:
    return float(written.replace(",", "."))


def _truth(written: object) -> bool:
    if written not in ("ja", "nej"):
        raise BadCell(f"skriv ja eller nej, inte {written!r}")
    return written == "ja"


def _comparison(column: str, written: str) -> Cell:
    match = _NUMBER.fullmatch(written.strip())
    if not match:
        raise BadCell(
            f"skriv till exempel ”minst 0,75”, ”under 0,4” eller ”minst 0,4 och under 0,75”, inte {written!r}"
        )
    return Cell(column, _COMPARISONS[match[1]], _number(match[2]))


def _word(column: str, word: object) -> str:
    allowed = WORDS.get(column)
    if not isinstance(word, str) or not _TEXT.fullmatch(word):
        raise BadCell(f"{word!r} är inte ett ord; skriv bokstäver, siffror, blanksteg och . : @ / -")
    if allowed is not None and word not in allowed:
        raise BadCell(f"{word} finns inte, välj bland {', '.join(sorted(allowed))}")
    return word
