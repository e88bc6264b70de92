"""One thing that somebody should deal with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Urgency: TypeAlias = Literal["now", "soon"]


@dataclass(frozen=True)
class Matter:
    """`one` says it of a single thing and `many` of `{count}` of them, both as texts of the catalogue, with `names` in
    place of `{names}`; `advice` says what it means and what to do. `now`: people go without right answers meanwhile.
    """

    path: str
    urgency: Urgency
    count: int
    one: str
    many: str
    advice: str
    names: str = ""


def counted(matters: list[Matter]) -> list[Matter]:
    """Those that there is anything of."""
    return [each for each in matters if each.count]
