"""One run of a set of questions: how far it has come, and what it gave."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import JsonValue

from allmanning.gateway.evaluation.checks import Checked
from allmanning.gateway.evaluation.figures import figures_of_answers
from allmanning.gateway.evaluation.questions import KeyedQuestion
from allmanning.gateway.evaluation.told import Told
from allmanning.runtime.record import Json

WAITING: Final = "waiting"
RUNNING: Final = "running"
STOPPING: Final = "stopping"
DONE: Final = "done"
STOPPED: Final = "stopped"
BROKEN: Final = "broken"
OPEN: Final = frozenset({WAITING, RUNNING, STOPPING})
COLUMNS: Final = (
    "id, authority, name, question_set, set_name, started_by, started_at, asked, rows, state, why, resumed, ended_at,"
    " model, pins, figures, (SELECT count(*) FROM evaluation_answer WHERE evaluation = id)"
)


@dataclass(frozen=True)
class Run:
    """`asked` questions, whose hash is `rows` and of which `answered` have come back. `state` is one of those above.

    `why` is the code of what broke it off; `resumed` how many times the platform was started again meanwhile. `pins`
    are hashes of what decided the answers, several with a comma where it changed meanwhile. `figures` are there when
    it has ended.
    """

    id: str
    authority: str
    name: str
    question_set: str
    set_name: str
    started_by: str
    started_at: str
    asked: int
    rows: str
    state: str
    why: str
    resumed: int
    ended_at: str
    model: str
    pins: Mapping[str, str]
    figures: Mapping[str, JsonValue]
    answered: int

    @property
    def open(self) -> bool:
        return self.state in OPEN

    @property
    def changed(self) -> Sequence[str]:
        """The kinds of pins that became others while it ran."""
        return [kind for kind, value in self.pins.items() if "," in value]


@dataclass(frozen=True)
class Result:
    """What a run is judged by: each question with what came back, in the set's order."""

    pairs: Sequence[tuple[KeyedQuestion, Told]]

    @property
    def checks(self) -> Sequence[Checked]:
        return [told.judged(question) for question, told in self.pairs]

    @property
    def model(self) -> str:
        """Where several models answered, a fallback among them, all are named."""
        return ", ".join(sorted({told.model for _, told in self.pairs if told.model}))

    @property
    def pins(self) -> dict[str, str]:
        return _joined(told.pins for _, told in self.pairs)

    def figures(self) -> dict[str, Json]:
        """As `allmanning evaluate answers` has them, without shares of what no question asks for."""
        if not self.pairs:
            return {}
        checks = self.checks
        figures = figures_of_answers(checks).as_dict()
        seen = {
            "fact": any(each.facts is not None for each in checks),
            "source": any(each.source is not None for each in checks),
            "language": any(each.language is not None for each in checks),
            "faithful": any(each.faithful is not None for each in checks),
        }
        return {name: value for name, value in figures.items() if seen.get(name, True)}


def run_of(row: Sequence[object]) -> Run:
    """From a row of `COLUMNS`."""
    values = list(row)
    for place in (14, 15):
        values[place] = json.loads(str(values[place]))
    return Run(*values)  # type: ignore[arg-type]  # the columns are the fields, in their order


def _joined(pins: Iterable[Mapping[str, str]]) -> dict[str, str]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for each in pins:
        for kind, value in each.items():
            if value not in found[kind]:
                found[kind].append(value)
    return {kind: ", ".join(values) for kind, values in sorted(found.items())}
