"""Two runs of the same questions side by side: models, prompts or versions of the platform."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from allmanning.gateway.evaluation.checks import Checked
from allmanning.gateway.evaluation.figures import AnswerFigures, figures_of_answers
from allmanning.gateway.evaluation.questions import KeyedQuestion
from allmanning.node.evaluate.answer_run import AnswerRun
from allmanning.node.evaluate.answers import judged
from allmanning.node.evaluate.comparison import bootstrap_interval
from allmanning.runtime.record import Json


@dataclass(frozen=True)
class AnswerComparison:
    """`interval` holds 95 % of the resampled differences in the share of right answers."""

    before: AnswerFigures
    after: AnswerFigures
    interval: tuple[float, float]
    models: tuple[str, str]
    pins_changed: Sequence[str]
    changes: Sequence[tuple[Checked, Checked]]
    """Questions that became right or wrong, what worsened first."""

    def as_dict(self) -> dict[str, Json]:
        before, after = self.before.as_dict(), self.after.as_dict()
        difference = _difference(before, after)
        return {
            "before": before,
            "after": after,
            "difference": difference,
            "right_interval": [round(each, 4) for each in self.interval],
            "models": list(self.models),
            "pins_changed": list(self.pins_changed),
            "changes": [
                {
                    "id": old.question.id,
                    "question": old.question.question,
                    "right_before": old.right,
                    "right_after": new.right,
                    "missing": list(new.wrongs or old.wrongs),
                }
                for old, new in self.changes
            ],
        }

    def report(self) -> str:
        """As text: the figures, how sure the difference is, what is different about the runs, what changed."""
        return "\n".join((*self._figures(), "", *self._terms(), "", *self._changed()))

    def _figures(self) -> Iterator[str]:
        yield f"{'':<18}{'före':>10}{'efter':>10}{'skillnad':>10}"
        before, after = self.before.as_dict(), self.after.as_dict()
        for name, value in before.items():
            other = after[name]
            if isinstance(value, dict) and isinstance(other, dict):
                for kind, share in value.items():
                    yield _line(f"  {kind}", share, other.get(kind))
            else:
                yield _line(name, value, other)
        low, high = self.interval
        sure = "säker" if low > 0 or high < 0 else "kan vara slump"
        yield f"\nright: skillnaden ligger med 95 % säkerhet mellan {low:+.4f} och {high:+.4f} ({sure})."

    def _terms(self) -> Iterator[str]:
        one, other = self.models
        yield f"Modell: {one}" if one == other else f"Modell: {one} -> {other}"
        yield f"Ändrade villkor: {', '.join(self.pins_changed) or 'inga'}"

    def _changed(self) -> Iterator[str]:
        worse = sum(not new.right for _, new in self.changes)
        yield f"Ändrade frågor: {len(self.changes)} ({worse} sämre, {len(self.changes) - worse} bättre)."
        for old, new in self.changes:
            sign, wrongs = ("+", old.wrongs) if new.right else ("-", new.wrongs)
            yield f"{sign} {old.question.id}  {old.question.question}  [{'; '.join(wrongs)}]"


def compared(questions: Sequence[KeyedQuestion], before: AnswerRun, after: AnswerRun) -> AnswerComparison:
    """Both runs against the same key. Raises `InvalidInput`: `evaluation.other_questions`."""
    old, new = judged(questions, before), judged(questions, after)
    pairs = list(zip(old, new, strict=True))
    return AnswerComparison(
        before=figures_of_answers(old),
        after=figures_of_answers(new),
        interval=bootstrap_interval([float(b.right) - float(a.right) for a, b in pairs]),
        models=(before.model, after.model),
        pins_changed=sorted(
            kind for kind in before.pins.keys() | after.pins.keys() if before.pins.get(kind) != after.pins.get(kind)
        ),
        changes=sorted(
            ((a, b) for a, b in pairs if a.right != b.right), key=lambda pair: (pair[1].right, pair[0].question.id)
        ),
    )


def _difference(before: Mapping[str, Json], after: Mapping[str, Json]) -> dict[str, Json]:
    difference: dict[str, Json] = {}
    for name, value in before.items():
        other = after.get(name)
        if isinstance(value, float) and isinstance(other, float):
            difference[name] = round(other - value, 4)
        elif isinstance(value, Mapping) and isinstance(other, Mapping):
            difference[name] = _difference(value, other)
    return difference


def _line(name: str, before: Json, after: Json) -> str:
    line = f"{name:<18}{before!s:>10}{after!s:>10}"
    if isinstance(before, float) and isinstance(after, float):
        return f"{line}{after - before:>+10.4f}"
    return line
