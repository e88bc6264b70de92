"""Whether a table's rows say one thing: none contradicts, repeats or hides another, and each has its examples right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from allmanning.audit.gate.evaluator import first_hit
from allmanning.audit.gate.problem import NOWHERE, Problem
from allmanning.audit.gate.regions import Box, Space, TooInvolved, both, written
from allmanning.audit.gate.row import WRITTEN, Rule
from allmanning.audit.gate.strictness import at_least_as_strict, eases
from allmanning.audit.gate.table import Table

TOO_INVOLVED = "reglerna är för sammansatta för att kunna prövas till fullo; gör dem färre eller enklare"


def first_days(rules: Sequence[Rule]) -> list[str]:
    """The first day of each time during which the same rows apply."""
    days = {rule.valid_from for rule in rules}
    for rule in rules:
        if rule.valid_to and rule.valid_to != date.max.isoformat():
            days.add((date.fromisoformat(rule.valid_to) + timedelta(days=1)).isoformat())
    return sorted(days)


def problems_in(table: Table) -> list[Problem]:
    """Contradictory, repeated and unreachable rows, and examples that another row decides."""
    try:
        return [*_rows(table), *_examples(table)]
    except TooInvolved:
        return [Problem(NOWHERE, "", "", TOO_INVOLVED)]


def _rows(table: Table) -> Iterator[Problem]:
    space = Space(table.rules)
    boxes = {rule.id: space.box(rule) for rule in table.rules}
    told: set[str] = set()
    for problem in (*_impossible(table, boxes), *_repeated(table, boxes)):
        if problem.rule not in told:
            told.add(problem.rule)
            yield problem
    reached = _reached(table, space, boxes)
    for number, rule in enumerate(table.rules):
        if rule.id not in reached | told:
            hiding = [each for each in table.rules[:number] if _meet(each, rule) and _overlap(boxes, each, rule)]
            names = ", ".join(map(_named, hiding))
            text = f"kan aldrig avgöra något: {names} tar alla dess fall; flytta upp den eller ta bort den"
            yield _problem(rule, text)


def _impossible(table: Table, boxes: Mapping[str, Box]) -> Iterator[Problem]:
    for rule in table.rules:
        if not all(boxes[rule.id]):
            text = "villkoren motsäger varandra: inget fall kan uppfylla dem alla; ändra eller ta bort ett"
            yield _problem(rule, text)


def _repeated(table: Table, boxes: Mapping[str, Box]) -> Iterator[Problem]:
    for number, rule in enumerate(table.rules):
        for earlier in table.rules[:number]:
            if boxes[earlier.id] == boxes[rule.id] and _meet(earlier, rule):
                yield _problem(rule, _twice(earlier, rule))


def _reached(table: Table, space: Space, boxes: Mapping[str, Box]) -> set[str]:
    """The rows that decide some case on some day."""
    reached: set[str] = set()
    for day in first_days(table.rules):
        active = table.on(day)
        for number, rule in enumerate(active):
            above = [boxes[each.id] for each in active[:number]]
            if rule.id not in reached and next(space.left(boxes[rule.id], above), None) is not None:
                reached.add(rule.id)
    return reached


def _named(rule: Rule) -> str:
    return f"{rule.id} (rad {rule.place.line})" if rule.place.line else rule.id


def _problem(rule: Rule, text: str) -> Problem:
    return Problem(rule.place, rule.id, "villkor", text)


def _meet(one: Rule, other: Rule) -> bool:
    """Whether two rows ever apply on the same day."""
    return (not one.valid_to or other.valid_from <= one.valid_to) and (
        not other.valid_to or one.valid_from <= other.valid_to
    )


def _overlap(boxes: Mapping[str, Box], one: Rule, other: Rule) -> bool:
    return all(both(boxes[one.id], boxes[other.id]))


def _twice(earlier: Rule, rule: Rule) -> str:
    if earlier.verdict == rule.verdict:
        return f"säger samma sak som {_named(earlier)}; ta bort den ena"
    outcomes = f"{WRITTEN[rule.verdict]}, inte {WRITTEN[earlier.verdict]}"
    return f"har samma villkor som {_named(earlier)} men ett annat utfall ({outcomes}); bestäm vilket som gäller"


def _examples(table: Table) -> Iterator[Problem]:
    """An example is right when its row decides it at some time when the row applies."""
    for rule in table.rules:
        days = [day for day in first_days(table.rules) if rule.applies(day)]
        for number, facts in enumerate(rule.examples, 1):
            hits = [first_hit(table.on(day), facts) for day in days]
            if not any(hit is not None and hit.id == rule.id for hit in hits):
                decides = next((hit.id for hit in hits if hit is not None), "ingen regel")
                text = f"fallet {number} ({written(facts)}) avgörs av {decides}; ändra fallet eller villkoren"
                yield Problem(rule.place, rule.id, "exempel", text)


def looser_in(own: Table, national: Table) -> list[Problem]:
    """Every row of an own table that would let through, turn around or review less what the baseline decides.

    Decided over all cases that both tables tell apart, on each day from which something changes; one case is told for
    each pair of rows.
    """
    rules = [*own.rules, *national.rules]
    space = Space(rules)
    problems: dict[tuple[str, str], Problem] = {}
    try:
        for day in first_days(rules):
            _compare(space, own.on(day), national.on(day), problems)
    except TooInvolved:
        return [Problem(NOWHERE, "", "", TOO_INVOLVED)]
    return list(problems.values())


def _compare(
    space: Space, own: Sequence[Rule], national: Sequence[Rule], problems: dict[tuple[str, str], Problem]
) -> None:
    above_own: list[Box] = []
    for mine in own:
        above_national: list[Box] = []
        box = space.box(mine)
        for theirs in national:
            other = space.box(theirs)
            looser = not at_least_as_strict(mine.verdict, theirs.verdict) or eases(mine, theirs)
            if looser and (mine.id, theirs.id) not in problems:
                shared = both(box, other)
                case = next(space.left(shared, [*above_own, *above_national]), None)
                if case is not None:
                    told = _eased if eases(mine, theirs) else _looser
                    problems[mine.id, theirs.id] = told(mine, theirs, written(space.case(case)))
            above_national.append(other)
        above_own.append(box)


def _looser(mine: Rule, theirs: Rule, case: str) -> Problem:
    text = (
        f"är inte strängare än den nationella regeln {theirs.id}: fallet ({case}) skulle få utfallet "
        f"{WRITTEN[mine.verdict]} i stället för {WRITTEN[theirs.verdict]}; lägg till villkor eller byt utfall"
    )
    return Problem(mine.place, mine.id, "utfall", text)


def _eased(mine: Rule, theirs: Rule, case: str) -> Problem:
    text = (
        f"är inte strängare än den nationella regeln {theirs.id}: fallet ({case}) skulle få granskas med "
        f"{_terms(mine)} i stället för {_terms(theirs)}; ta bort raderna, så gäller den nationella regelns"
    )
    return Problem(mine.place, mine.id, "handläggningstid", text)


def _terms(rule: Rule) -> str:
    hours = "ingen handläggningstid" if rule.deadline_hours is None else f"handläggningstid {rule.deadline_hours}"
    return f"{hours} och andra granskare: {'ja' if rule.second_reviewer else 'nej'}"
