"""Numbered lists whose numbers the file does not hold: they are counted as Word counts them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

_LEVEL: Final = re.compile(r"%([1-9])")
_ROMAN: Final = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


@dataclass
class Level:
    """How the items at one depth are marked: `text` is such as "%1.%2", `form` as Open XML names it."""

    start: int
    form: str
    text: str


@dataclass
class Numbering:
    """`levels`: list -> depth from 0 -> level. `shared`: list -> what it counts together with others."""

    levels: dict[str, dict[int, Level]] = field(default_factory=dict)
    shared: dict[str, str] = field(default_factory=dict)
    _counted: dict[str, dict[int, int]] = field(default_factory=dict)

    def restart(self, number_id: str, depth: int) -> None:
        """The next item at this depth is the first again."""
        counted = self._counted.get(self.shared.get(number_id, number_id), {})
        for each in [each for each in counted if each >= depth]:
            del counted[each]

    def label(self, number_id: str, depth: int) -> str | None:
        """What stands before the next item: "2.1", "a)", "-" for a bullet, "" for nothing; None for no such list."""
        levels = self.levels.get(number_id)
        if not levels or depth not in levels:
            return None
        counted = self._counted.setdefault(self.shared.get(number_id, number_id), {})
        counted[depth] = counted.get(depth, levels[depth].start - 1) + 1
        for deeper in [each for each in counted if each > depth]:
            del counted[deeper]
        level = levels[depth]
        if level.form == "bullet":
            return "-"
        if level.form == "none":
            return ""

        def written(match: re.Match[str]) -> str:
            above = int(match[1]) - 1
            of = levels.get(above, level)
            return number_written(counted.get(above, of.start), of.form)

        return _LEVEL.sub(written, level.text).strip()


def number_written(number: int, form: str) -> str:
    """A number in a form such as decimal, lowerLetter or upperRoman."""
    if form in ("lowerLetter", "upperLetter") and number > 0:
        letter = chr(ord("a") + (number - 1) % 26) * min(5, (number - 1) // 26 + 1)
        return letter.upper() if form == "upperLetter" else letter
    if form in ("lowerRoman", "upperRoman") and 0 < number < 40:
        roman = ""
        for worth, sign in _ROMAN:
            roman += sign * (number // worth)
            number %= worth
        return roman.upper() if form == "upperRoman" else roman
    return f"{number:02d}" if form == "decimalZero" else str(number)
