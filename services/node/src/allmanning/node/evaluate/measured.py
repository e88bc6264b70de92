"""What a measure of planted or labelled rows found, on which terms: kept, and compared with what was found before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Self, cast

from pydantic import ConfigDict, JsonValue

from allmanning.node.evaluate.kept import Kept
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.record import Json

ROWS = "rows"
"""The pin of the rows that were measured on."""


class Measured(Kept):
    """`measure` is "injection" or "pii"; `pins` are the hashes of what decided the figures."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    what = ("ett mätresultat", "a result")

    measure: str
    figures: Mapping[str, JsonValue]
    pins: Mapping[str, str]

    @classmethod
    def of(cls, measure: str, figures: Mapping[str, Json], pins: Mapping[str, str]) -> Self:
        return cls.model_validate({"measure": measure, "figures": figures, "pins": pins})

    @property
    def found(self) -> Mapping[str, Json]:
        """The figures, as the rest of the node passes JSON on."""
        return cast("Mapping[str, Json]", self.figures)

    def as_dict(self) -> dict[str, Json]:
        return {**self.found, "pins": dict(self.pins)}

    def since(self, before: Self) -> dict[str, Json]:
        """Both results, the differences between their numbers, and which pins are others.

        Raises:
            InvalidInput: `evaluation.other_questions` when the one before is another measure's, or of other rows.
        """
        if (before.measure, before.pins.get(ROWS)) != (self.measure, self.pins.get(ROWS)):
            text = "Det sparade resultatet gäller andra rader. (The kept result is of other rows.)"
            raise InvalidInput("evaluation.other_questions", text)
        kinds = sorted(before.pins.keys() | self.pins.keys())
        return {
            "before": dict(before.found),
            "after": dict(self.found),
            "difference": difference(before.found, self.found),
            "pins_changed": [kind for kind in kinds if before.pins.get(kind) != self.pins.get(kind)],
        }


def difference(before: Mapping[str, Json], after: Mapping[str, Json]) -> dict[str, Json]:
    """After minus before, of every share and of those within."""
    found: dict[str, Json] = {}
    for name, value in before.items():
        other = after.get(name)
        if isinstance(value, float) and isinstance(other, float):
            found[name] = round(other - value, 4)
        elif isinstance(value, Mapping) and isinstance(other, Mapping):
            found[name] = difference(value, other)
    return found


def comparison_report(compared: Mapping[str, Json]) -> str:
    """The differences and the changed terms, as text."""
    changed = compared["pins_changed"]
    terms = ", ".join(map(str, changed)) if isinstance(changed, list) else ""
    return "\n".join(
        ("Skillnad mot det sparade:", *_lines(compared["difference"], ""), f"Ändrade villkor: {terms or 'inga'}")
    )


def _lines(found: Json, indent: str) -> Iterator[str]:
    if isinstance(found, Mapping):
        for name, value in found.items():
            if isinstance(value, float):
                yield f"{indent}{name:<24}{value:>+10.4f}"
            else:
                yield f"{indent}{name}"
                yield from _lines(value, indent + "  ")
