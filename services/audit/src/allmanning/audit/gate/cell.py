"""One condition of the table: what a lawyer writes, parsed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from allmanning.audit.gate.facts import NUMBERS, TEXTS, TRUTHS, WORDS, Fact

Operator: TypeAlias = Literal["is", "in", ">=", ">", "<=", "<"]

_COMPARISONS: Final[dict[str, Operator]] = {"minst": ">=", "över": ">", "högst": "<=", "under": "<"}
_NUMBER: Final = re.compile(r"(minst|över|högst|under) (\d(?:,\d{1,6})?)")
_TEXT: Final = re.compile(r"[\w .:@/-]+")


class BadRules(ValueError):
    """The table can't be used; says where and why in Swedish."""


@dataclass(frozen=True)
class Cell:
    """`column` `operator` `value`; met only by a fact that is known."""

    column: str
    operator: Operator
    value: Fact | tuple[str, ...]

    @classmethod
    def parse(cls, column: str, written: object) -> Cell:
        """Read a condition.

        Raises:
            BadRules: for an unknown column, or a value that the column can't have.
        """
        if column in TRUTHS:
            if written not in ("ja", "nej"):
                raise BadRules(f"{column}: skriv ja eller nej, inte {written!r}")
            return cls(column, "is", written == "ja")
        if column in NUMBERS:
            match = _NUMBER.fullmatch(str(written))
            if not match:
                raise BadRules(f"{column}: skriv till exempel ”minst 0,75”, inte {written!r}")
            return cls(column, _COMPARISONS[match[1]], float(match[2].replace(",", ".")))
        if column not in WORDS and column not in TEXTS:
            raise BadRules(f"kolumnen {column} finns inte")
        several = isinstance(written, list)
        words = tuple(written) if isinstance(written, list) else (written,)
        allowed = WORDS.get(column)
        for word in words:
            if not isinstance(word, str) or not _TEXT.fullmatch(word):
                raise BadRules(f"{column}: {word!r} är inte ett ord")
            if allowed is not None and word not in allowed:
                raise BadRules(f"{column}: {word} finns inte, välj bland {', '.join(sorted(allowed))}")
        if not words:
            raise BadRules(f"{column}: listan är tom")
        return cls(column, "in", words) if several else cls(column, "is", words[0])
