"""What logged decisions would have become under other rules."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import select

from allmanning.audit.gate.logged import INPUT_PART, RECORD_TYPE, Evaluation
from allmanning.audit.gate.row import WRITTEN, Rule
from allmanning.audit.gate.ruleset import Ruleset
from allmanning.audit.gate.strictness import RANKS
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.origin import end_of
from allmanning.audit.log.reading import Reading
from allmanning.audit.log.schema import decisions
from allmanning.contracts.audit.v1.audit_pb import Verdict
from allmanning.contracts.audit.v1.rules_pb import Impact, Movement
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.record import EVALUATION, Json

MAX_LISTED: Final = 1_000


@dataclass(frozen=True)
class Step:
    """How far a decision came: the strictest verdict and its row, the first of equals."""

    verdict: Verdict
    rule: str

    def then(self, verdict: Verdict, rule: str) -> Step:
        return Step(verdict, rule) if RANKS[verdict] > RANKS[self.verdict] else self


@dataclass(frozen=True)
class Change:
    """A decision whose outcome would have been another."""

    decision: str
    was: Step
    would: Step


@dataclass
class Replay:
    """Every decision that was run again, and those that changed."""

    decisions: int = 0
    unreadable: int = 0
    changes: list[Change] = field(default_factory=list)

    def impact(self, since: str, until: str, day: str) -> Impact:
        """Counted by what they were and would be; the first 1,000 decisions of each are named."""
        moved: dict[tuple[Verdict, Verdict], list[Change]] = defaultdict(list)
        for change in self.changes:
            moved[change.was.verdict, change.would.verdict].append(change)
        return Impact(
            since=since,
            until=until,
            day=day,
            decisions=self.decisions,
            unreadable=self.unreadable,
            moved=[
                Movement(
                    was=WRITTEN[was],
                    would=WRITTEN[would],
                    count=len(changes),
                    rules=dict(Counter(each.would.rule for each in changes)),
                    decisions=[each.decision for each in changes[:MAX_LISTED]],
                )
                for (was, would), changes in sorted(moved.items(), key=lambda each: -len(each[1]))
            ],
        )


def would_change(log: Reading, rules: Ruleset, *, since: str, until: str = "", day: str = "") -> Replay:
    """Run every logged gate evaluation between two times (RFC 3339; `until` empty: to the end) under `rules`.

    Each is run in its own circumstances, so that what a guard held back stays held back; on the rows of `day`, or of
    its own day when that is empty. A decision counts with the strictest of its evaluations. Where the new rules go
    further than the old ones did, what they would have said later in the same decision is not known and not guessed.
    What somebody asked to measure the answers is left out: it says nothing of what the rules will meet.
    """
    measured = _measured(log)
    was: dict[str, Step] = {}
    would: dict[str, Step] = {}
    replay = Replay()
    for leaf in evaluations(log, since, until):
        if leaf.decision in measured:
            continue
        told = Evaluation.of(leaf.fields)
        again = _again(log, leaf, told, rules, day) if told else None
        if told is None or again is None:
            replay.unreadable += 1
            continue
        decision = leaf.decision
        was[decision] = was.get(decision, Step(told.verdict, told.rule_id)).then(told.verdict, told.rule_id)
        would[decision] = would.get(decision, Step(again.verdict, again.id)).then(again.verdict, again.id)
    replay.decisions = len(was)
    replay.changes = [
        Change(decision, step, would[decision])
        for decision, step in was.items()
        if step.verdict != would[decision].verdict
    ]
    return replay


def _measured(log: Reading) -> set[str]:
    of_one = select(decisions.c.decision).where(decisions.c.authority == log.authority)
    return set(log.connection.scalars(of_one.where(decisions.c.channel == EVALUATION)))


def _again(log: Reading, leaf: Leaf, told: Evaluation, rules: Ruleset, day: str) -> Rule | None:
    part = log.parts(leaf).get(INPUT_PART)
    if part is None:
        return None
    try:
        return told.again(rules, json.loads(part.content), day=day)
    except (InvalidInput, ValueError, TypeError):
        return None


def evaluations(log: Reading, since: str, until: str) -> Iterator[Leaf]:
    """The log's gate evaluations between two times, oldest first."""
    for state in log.logs():
        # A log holds what was written in its half-year, and what came late from earlier ones.
        if end_of(state.period).isoformat() <= since:
            continue
        for leaf in log.leaves(state, state.size, type=RECORD_TYPE):
            if leaf.time >= since and (not until or leaf.time < until):
                yield leaf


def impact_json(impact: Impact) -> Json:
    """An impact as a record holds it."""
    moved: list[Json] = [
        {
            "was": each.was,
            "would": each.would,
            "count": each.count,
            "rules": dict(each.rules),
            "decisions": list(each.decisions),
        }
        for each in impact.moved
    ]
    return {
        "since": impact.since,
        "until": impact.until,
        "day": impact.day,
        "decisions": impact.decisions,
        "unreadable": impact.unreadable,
        "moved": moved,
    }


def impact_of(value: Json) -> Impact:
    """The impact that a record holds.

    Raises:
        ValueError, TypeError: when it is none.
    """
    if not isinstance(value, dict):
        raise TypeError("no impact")
    return Impact.from_json(json.dumps(value))
