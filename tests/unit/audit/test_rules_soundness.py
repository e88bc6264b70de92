from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allmanning.audit.gate.evaluator import first_hit
from allmanning.audit.gate.facts import share
from allmanning.audit.gate.gate import Gate
from allmanning.audit.gate.problem import BadRules
from allmanning.audit.gate.regions import Space, Stretches
from allmanning.audit.gate.ruleset import Ruleset, check_national, check_own
from allmanning.audit.gate.soundness import looser_in, problems_in
from allmanning.audit.gate.strictness import at_least_as_strict
from allmanning.contracts.audit.v1.audit_pb import Verdict
from tests.unit.audit.tables import FACTS, conditions, own, row, table

DAY = "2026-11-27"
NATIONAL = Gate.from_file(None).national
FEW = ("fara", "skede", "svagaste stöd", "användning")
# Every case that rows on these columns can tell apart, with the numbers that the strategy writes.
CASES = [
    {name: value for name, value in zip(FEW, values, strict=True) if value is not None}
    for values in itertools.product(
        (None, True, False),
        (None, "fråga", "svar"),
        (None, 0.0, 0.2, 0.4, 0.5, 0.75, 0.9, 1.0),
        (None, "allmän fråga", "bygglov", "annat"),
    )
]
ROWS = st.lists(conditions(FEW, 3), min_size=1, max_size=6)


def texts(made) -> list[str]:
    return [f"{each.rule}: {each.text}" for each in problems_in(made) if each.column != "exempel"]


def test_the_baseline_is_sound():
    check_national(NATIONAL)


@settings(max_examples=300, deadline=None)
@given(ROWS)
def test_a_row_is_called_unreachable_exactly_when_no_case_reaches_it(rows):
    made = table(*(row(f"R{number}", villkor=cells) for number, cells in enumerate(rows)))
    reached = {hit.id for case in CASES if (hit := first_hit(made.rules, case)) is not None}
    told = {each.rule for each in problems_in(made) if each.column == "villkor"}
    assert told == {rule.id for rule in made.rules} - reached


@settings(max_examples=200, deadline=None)
@given(ROWS, st.data())
def test_shares_in_one_stretch_meet_the_same_row(rows, data):
    made = table(*(row(f"R{number}", villkor=cells) for number, cells in enumerate(rows)))
    stretches = Stretches(made.rules)
    numbers = {each.value for rule in made.rules for each in rule.cells if each.column == "svagaste stöd"}
    near = sorted(
        {share(min(max(number + step, 0), 1)) for number in numbers for step in (-1e-6, 0, 1e-6)} | {0.0, 1.0}
    )
    case = data.draw(st.sampled_from(CASES))
    told = {}
    for support in near + data.draw(st.lists(st.floats(0, 1).map(share), max_size=5)):
        facts = case | {"svagaste stöd": support}
        hit = first_hit(made.rules, facts)
        assert told.setdefault(stretches.of(facts), hit) == hit


@settings(max_examples=300, deadline=None)
@given(ROWS)
def test_regions_share_nothing_and_leave_nothing_out(rows):
    made = table(*(row(f"R{number}", villkor=cells) for number, cells in enumerate(rows)))
    space = Space(made.rules)
    boxes = [space.box(rule) for rule in made.rules]
    pieces = [list(space.left(box, boxes[:number])) for number, box in enumerate(boxes)]
    for rule, found in zip(made.rules, pieces, strict=True):
        for piece in found:
            assert first_hit(made.rules, space.case(piece)) == rule
    every = [piece for found in pieces for piece in found]
    size = [math.prod(mask.bit_count() for mask in piece) for piece in every]
    assert sum(size) == math.prod(mask.bit_count() for mask in space.whole)


OUTCOMES = st.sampled_from(["svara", "granska", "avböj", "lämna över"])


@settings(max_examples=300, deadline=None)
@given(ROWS, ROWS, st.lists(OUTCOMES, min_size=12, max_size=12))
def test_a_looser_case_is_found_exactly_when_there_is_one(baseline, added, outcomes):
    national = table(*(row(f"N{n}", villkor=c, utfall=outcomes[n]) for n, c in enumerate(baseline)))
    mine = own(*(row(f"E{n}", villkor=c, utfall=outcomes[6 + n]) for n, c in enumerate(added)))
    looser = {
        (hit.id, first_hit(national.rules, case).id)
        for case in CASES
        if (hit := first_hit(mine.rules, case)) is not None
        and not at_least_as_strict(hit.verdict, first_hit(national.rules, case).verdict)
    }
    told = looser_in(mine, national)
    assert len(told) == len(looser)
    assert {(each.rule, each.text.split("regeln ")[1].split(":")[0]) for each in told} == looser


@settings(max_examples=300, deadline=None)
@given(FACTS, st.lists(conditions(("roll", "kanal", "sekretess", "fara", "barn"), 3), min_size=1, max_size=5), OUTCOMES)
def test_what_applies_is_never_looser_than_the_baseline_whatever_the_own_table_says(facts, rows, outcome):
    mine = own(*(row(f"E{number}", villkor=cells, utfall=outcome) for number, cells in enumerate(rows)))
    applies = Ruleset(NATIONAL, mine).rule(facts, DAY)
    baseline = first_hit(NATIONAL.on(DAY), facts)
    assert applies is not None
    assert baseline is not None
    assert at_least_as_strict(applies.verdict, baseline.verdict)


def test_contradictory_repeated_and_hidden_rows_are_told():
    assert texts(table(row("A", villkor={"svagaste stöd": "minst 0,8 och under 0,4"}))) == [
        "A: villkoren motsäger varandra: inget fall kan uppfylla dem alla; ändra eller ta bort ett"
    ]
    assert "motsäger" in texts(table(row("A", villkor={"svagaste stöd": "över 1"})))[0]
    one, same = row("A", villkor={"fara": "ja"}), row("B", villkor={"fara": "ja"})
    assert "B: säger samma sak som A" in texts(table(one, same))[0]
    assert "ett annat utfall (svara, inte granska)" in texts(table(one, same | {"utfall": "svara"}))[0]
    parts = [row(name, villkor={"fara": "ja", "skede": stage}) for name, stage in (("A", "fråga"), ("B", "svar"))]
    hidden = row("C", villkor={"fara": "ja", "skede": ["fråga", "svar"], "barn": "ja"})
    [told] = texts(table(*parts, hidden))
    assert "C: kan aldrig avgöra något: A (rad 1), B (rad 1) tar alla dess fall" in told


def test_rows_of_different_times_do_not_hide_each_other():
    early = row("A", villkor={"fara": "ja"}, **{"gäller till": "2026-06-30"})
    late = row("B", villkor={"fara": "ja"}, **{"gäller från": "2026-07-01"})
    assert texts(table(early, late)) == []
    assert "B: säger samma sak" in texts(table(early, late | {"gäller från": "2026-06-30"}))[0]


def test_an_example_that_another_row_decides_is_told():
    first = row("A", villkor={"fara": "ja"}, exempel=[{"fara": "ja"}])
    second = row("B", villkor={"barn": "ja"}, exempel=[{"barn": "ja"}, {"barn": "ja", "fara": "ja"}])
    [told] = problems_in(table(first, second))
    assert (told.rule, told.column) == ("B", "exempel")
    assert "fallet 2 (barn: ja, fara: ja) avgörs av A" in told.text
    outside = own(row("A", villkor={"fara": "ja"}, exempel=[{"fara": "nej"}]))
    assert "avgörs av ingen regel" in problems_in(outside)[0].text


def test_an_own_table_may_only_hold_back_more():
    strict = own(row("E1", villkor={"skede": "svar", "språk": "en"}, exempel=[{"skede": "svar", "språk": "en"}]))
    with pytest.raises(BadRules) as caught:
        check_own(strict, NATIONAL)
    assert {each.text.split(":")[0] for each in caught.value.problems} == {
        f"är inte strängare än den nationella regeln {name}" for name in ("S1", "S2", "S3")
    }
    narrower = {"skede": "svar", "språk": "en", "svagaste stöd": "minst 0,4", "sekretess": "öppen"}
    facts = {"skede": "svar", "språk": "en", "svagaste stöd": "0,5", "sekretess": "öppen"}
    check_own(own(row("E1", villkor=narrower, exempel=[facts])), NATIONAL)


def test_a_hand_over_can_not_be_turned_into_a_refusal():
    turned = own(
        row("E1", villkor={"skede": "fråga", "fara": "ja"}, utfall="avböj", exempel=[{"skede": "fråga", "fara": "ja"}])
    )
    with pytest.raises(BadRules, match="avböj i stället för lämna över"):
        check_own(turned, NATIONAL)
    applies = Ruleset(NATIONAL, turned).rule({"skede": "fråga", "fara": True}, DAY)
    assert applies is not None
    assert (applies.id, applies.verdict) == ("F1", Verdict.HAND_OVER)


def test_an_own_row_that_says_the_same_gives_its_own_notice_and_competence():
    same = own(row("E1", villkor={"skede": "fråga", "roll": "medborgare", "barn": "ja"}, kompetens="skolkurator"))
    facts = {"skede": "fråga", "roll": "medborgare", "barn": True}
    applies = Ruleset(NATIONAL, same).rule(facts, DAY)
    assert applies is not None
    assert applies.competence == "skolkurator"


TERMS = st.fixed_dictionaries(
    {},
    optional={"handläggningstid": st.sampled_from(["1", "4", "24"]), "andra granskare": st.sampled_from(["ja", "nej"])},
)


@given(TERMS, TERMS)
def test_a_review_is_held_to_the_stricter_of_what_both_tables_ask(theirs, mine):
    national, added = table(row("N", villkor={"fara": "ja"}, **theirs)), own(row("E", villkor={"fara": "ja"}, **mine))
    applies = Ruleset(national, added).rule({"fara": True}, DAY)
    assert applies is not None
    hours = [int(each["handläggningstid"]) for each in (theirs, mine) if "handläggningstid" in each]
    assert applies.id == "E"
    assert applies.deadline_hours == min(hours, default=None)
    assert (applies.second_reviewer is True) == ("ja" in (theirs.get("andra granskare"), mine.get("andra granskare")))


@pytest.mark.parametrize(
    ("theirs", "mine", "eased"),
    [
        ({"handläggningstid": "4"}, {"handläggningstid": "5"}, True),
        ({"handläggningstid": "4"}, {"handläggningstid": "4"}, False),
        ({"handläggningstid": "4"}, {"handläggningstid": "1"}, False),
        ({"handläggningstid": "4"}, {}, False),
        ({}, {"handläggningstid": "48"}, False),
        ({"andra granskare": "ja"}, {"andra granskare": "nej"}, True),
        ({"andra granskare": "ja"}, {}, False),
        ({"andra granskare": "nej"}, {"andra granskare": "ja"}, False),
    ],
)
def test_an_own_row_can_not_allow_more_time_or_fewer_reviewers_than_the_baseline(theirs, mine, eased):
    national, added = table(row("N", villkor={"fara": "ja"}, **theirs)), own(row("E", villkor={"fara": "ja"}, **mine))
    told = looser_in(added, national)
    assert [(each.rule, "regeln N: fallet (fara: ja) skulle få granskas med" in each.text) for each in told] == [
        ("E", True)
    ] * eased
    # Where the own row decides something else than the baseline's, there is nothing to compare.
    assert looser_in(added, table(row("N", villkor={"fara": "nej"}, **theirs))) == []


def test_an_own_table_names_its_own_rows_and_notices_that_have_words():
    taken = {
        "villkor": {"barn": "ja", "roll": "medborgare", "skede": "fråga"},
        "utfall": "lämna över",
        "besked": "okand",
    }
    with pytest.raises(BadRules) as caught:
        check_own(own(row("F1", **taken, exempel=[{"barn": "ja", "roll": "medborgare", "skede": "fråga"}])), NATIONAL)
    assert {each.column for each in caught.value.problems} >= {"besked", "regel"}


def test_an_own_table_without_rows_follows_the_baseline():
    check_own(own(), NATIONAL)
    facts = {"skede": "fråga", "fara": True}
    assert Ruleset(NATIONAL, own()).rule(facts, DAY) == Ruleset(NATIONAL).rule(facts, DAY)


def test_tables_at_the_wrong_level_are_refused():
    with pytest.raises(BadRules, match="nivå: egen"):
        check_own(NATIONAL, NATIONAL)
    with pytest.raises(BadRules, match="nivå: nationell"):
        check_national(own())


def test_more_regions_than_can_be_gone_through_are_never_called_sound(monkeypatch):
    monkeypatch.setattr("allmanning.audit.gate.regions.MAX_SPLITS", 1)
    assert "för sammansatta" in problems_in(NATIONAL)[0].text
    assert "för sammansatta" in looser_in(own(row("E1", villkor={"barn": "ja"})), NATIONAL)[0].text
