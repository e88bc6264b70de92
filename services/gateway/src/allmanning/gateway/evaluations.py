"""Results that can be compared: runs, and what `allmanning evaluate … --keep NAME` has left in the data folder.

What a command has left is one JSON file each in `<data_dir>/evaluations`: `kind` ("answers", "retrieval", "pii",
"injection"), `name`, `at` (RFC 3339), `measured_on`, `authority` (empty: of the installation), `model`, `figures`
(numbers, or objects of numbers) and `pins` (hashes; the one of the questions is "rows").
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from allmanning.gateway.evaluation.run import Run

FOLDER: Final = "evaluations"
# The latest of them; a folder of thousands is somebody's mistake.
_MOST: Final = 200
_MOST_BYTES: Final = 1_000_000
_ROWS: Final = "rows"

log = logging.getLogger(__name__)


class Evaluation(BaseModel):
    """One of them; `id` is the file's name."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str = ""
    kind: str
    name: str
    at: str
    measured_on: str
    authority: str = ""
    model: str = ""
    figures: Mapping[str, JsonValue]
    pins: Mapping[str, str]
    run: bool = False
    """Of the authority's own questions, begun from a page or over the API."""

    @classmethod
    def of(cls, run: Run) -> Self:
        """A run that has ended."""
        return cls(
            id=run.id,
            kind="answers",
            name=run.name,
            at=run.ended_at,
            measured_on=run.set_name,
            authority=run.authority,
            model=run.model,
            figures=run.figures,
            pins={**run.pins, _ROWS: run.rows},
            run=True,
        )

    @property
    def measures(self) -> Mapping[str, float | None]:
        """Every number by its name; one within an object after that one's name, as `kinds.PHONE.recall`."""
        return dict(_flat(self.figures, ""))


@dataclass(frozen=True)
class Change:
    """A measure before and after; None where there is no such number."""

    name: str
    before: float | None
    after: float | None

    @property
    def difference(self) -> float | None:
        return None if self.before is None or self.after is None else round(self.after - self.before, 4)


@dataclass(frozen=True)
class Comparison:
    """Two results side by side, with the pins that differ."""

    before: Evaluation
    after: Evaluation

    @property
    def comparable(self) -> bool:
        """Whether both measure the same on the same questions."""
        return self.before.kind == self.after.kind and self.before.pins.get(_ROWS) == self.after.pins.get(_ROWS)

    @property
    def changes(self) -> Sequence[Change]:
        before, after = self.before.measures, self.after.measures
        return [Change(name, before.get(name), after.get(name)) for name in dict.fromkeys([*before, *after])]

    @property
    def pins_changed(self) -> Sequence[str]:
        kinds = sorted(self.before.pins.keys() | self.after.pins.keys())
        return [each for each in kinds if self.before.pins.get(each) != self.after.pins.get(each)]


def evaluations(data_dir: Path, authority: str) -> Sequence[Evaluation]:
    """The authority's and those of the installation, the latest first. A file that is something else is passed over."""
    files = sorted((data_dir / FOLDER).glob("*.json"), reverse=True)[:_MOST]
    read = [each for file in files if (each := _read(file)) is not None]
    own = [each for each in read if each.authority in {"", authority}]
    return sorted(own, key=lambda each: each.at, reverse=True)


def _read(file: Path) -> Evaluation | None:
    try:
        with file.open("rb") as opened:
            # A larger one ends in the middle, and so is no JSON.
            text = opened.read(_MOST_BYTES)
        return Evaluation.model_validate_json(text).model_copy(update={"id": file.stem})
    except (OSError, ValidationError) as error:
        log.warning("%s is no kept evaluation: %s", file.name, type(error).__name__)
        return None


def _flat(figures: Mapping[str, JsonValue], before: str) -> Iterator[tuple[str, float | None]]:
    for name, value in figures.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        elif value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
            yield f"{before}{name}", value
