"""What is wrong in a table, where, and what to write instead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple


class Place(NamedTuple):
    """Line and column in the file, both from 1; 0 when the table did not come from a file that people edit."""

    line: int = 0
    column: int = 0


NOWHERE: Final = Place()


class Problem(NamedTuple):
    """One fault. `rule` is the row's name, `column` the name of what stands wrong in it; either may be empty."""

    place: Place
    rule: str
    column: str
    text: str

    def __str__(self) -> str:
        where = [f"rad {self.place.line}, tecken {self.place.column}"] if self.place.line else []
        where += [f"regel {self.rule}"] if self.rule else []
        where += [self.column] if self.column else []
        return f"{', '.join(where)}: {self.text}" if where else self.text


class BadRules(ValueError):
    """The table can't be used; says where and why in Swedish."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)
