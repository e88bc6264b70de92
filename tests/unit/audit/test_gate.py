from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allmanning.audit.gate import guards
from allmanning.audit.gate.engine import Engine
from allmanning.audit.gate.evaluator import first_hit
from allmanning.audit.gate.facts import facts_of
from allmanning.audit.gate.gate import ENGINE, Gate
from allmanning.audit.gate.logged import RECORD_TYPE, Evaluation, input_of
from allmanning.audit.gate.ruleset import Ruleset
from allmanning.contracts.access.v1.access_pb import Role, Secrecy
from allmanning.contracts.audit.v1.audit_pb import Circumstances, GateInput, Stage, Verdict
from allmanning.runtime.errors import InvalidInput
from tests.unit.audit.gate_inputs import DAY, DELEGATED, DEPLOYED, GATE, answer, decide, question
from tests.unit.audit.tables import FACTS, TABLES, row, table

STAFF = {"role": Role.CASEWORKER, "channel": "internal"}


@pytest.mark.parametrize(
    ("given", "verdict", "notice"),
    [
        (question(), Verdict.AUTO, "ai"),
        (question(personal_data=True), Verdict.AUTO, "personal_data"),
        (question(acute=True, manipulation=True), Verdict.HAND_OVER, "emergency"),
        (GateInput(stage=Stage.REQUEST, acute=True), Verdict.HAND_OVER, "emergency"),
        (question(manipulation=True), Verdict.REFUSE, "refused"),
        (question(wants_human=True), Verdict.HAND_OVER, "wants_human"),
        (question(individual_decision=True), Verdict.HAND_OVER, "hand_over"),
        (question(individual_decision=True, **STAFF), Verdict.AUTO, "ai"),
        (answer(), Verdict.AUTO, "ai"),
        (answer(verbatim=False, model_approved=True), Verdict.AUTO, "ai"),
        (answer(verbatim=False, model_approved=False), Verdict.REVIEW, "review"),
        (question(no_ai=True), Verdict.HAND_OVER, "wants_human"),
        (question(protected_identity=True), Verdict.HAND_OVER, "hand_over"),
        (question(child=True), Verdict.REVIEW, "review"),
        (answer(retrieved_secrecy=Secrecy.INTERNAL), Verdict.REVIEW, "review"),
        (answer(weakest_support=0.6), Verdict.REVIEW, "review"),
        (answer(weakest_support=0.1), Verdict.REFUSE, "no_support"),
        (answer(citation_coverage=0.99), Verdict.REVIEW, "review"),
        (answer(highest_secrecy=Secrecy.INTERNAL), Verdict.REFUSE, "refused"),
        (answer(highest_secrecy=Secrecy.SECRET), Verdict.REFUSE, "refused"),
        (answer(highest_secrecy=Secrecy.SECRET, channel="api"), Verdict.REFUSE, "refused"),
        (answer(highest_secrecy=Secrecy.INTERNAL, **STAFF), Verdict.AUTO, "ai"),
        (answer(highest_secrecy=Secrecy.SECRET, **STAFF), Verdict.AUTO, "secrecy"),
        (answer(highest_secrecy=Secrecy.SECRET, role=Role.ADMIN, channel="internal"), Verdict.REVIEW, "review"),
    ],
)
def test_the_rules_that_come_with_the_service(given, verdict, notice):
    result = decide(given)
    assert (result.verdict, result.notice) == (verdict, notice)
    assert result.reason
    assert result.legal_basis.startswith("SFS ")
    assert result.rules == GATE.baseline.hash
    assert result.engine == ENGINE


@pytest.mark.parametrize(
    ("given", "rule_id"),
    [
        (GateInput(), "SPÄRR-SKEDE"),
        (answer(stage=Stage.UNSPECIFIED), "SPÄRR-SKEDE"),
        (answer(is_decision=True), "SPÄRR-DELEGATION"),
        (answer(**DELEGATED | {"delegation_ref": "KS 9"}), "SPÄRR-DELEGATION"),
        (answer(**DELEGATED | {"appeal_route": "laglighetsprövning"}), "SPÄRR-EJ-DELEGERBART"),
        (answer(**DELEGATED | {"appeal_route": "ej_överklagbart"}), "SPÄRR-EJ-DELEGERBART"),
        (answer(**DELEGATED | {"appeal_route": "ej_ärende"}), "SPÄRR-EJ-DELEGERBART"),
        (answer(**DELEGATED | {"appeal_route": "laglighetsprovning"}), "SPÄRR-EJ-DELEGERBART"),
        (answer(**DELEGATED | {"procurement": True}), "SPÄRR-EJ-DELEGERBART"),
        (answer(**DELEGATED | {"choice_system": True}), "SPÄRR-EJ-DELEGERBART"),
        (answer(**DELEGATED | {"not_delegable": True}), "SPÄRR-EJ-DELEGERBART"),
        (answer(appeal_route="överklagas inte"), "SPÄRR-UPPGIFTER"),
        (answer(highest_secrecy=Secrecy.UNSPECIFIED), "SPÄRR-SEKRETESS"),
        (answer(retrieved_secrecy=Secrecy.UNSPECIFIED), "SPÄRR-SEKRETESS"),
        (GateInput(stage=Stage.REQUEST), "SPÄRR-UPPGIFTER"),
    ],
)
def test_guards_hold_back(given, rule_id):
    result = decide(given)
    assert (result.verdict, result.rule_id) == (Verdict.REVIEW, rule_id)


@pytest.mark.parametrize(
    ("around", "rule_id"),
    [
        ({"deployment": ""}, "SPÄRR-IBRUKTAGANDE"),
        ({"halt": "h1"}, "SPÄRR-STOPP"),
        ({"log_unavailable": True}, "SPÄRR-LOGG"),
        ({"rules_unreadable": True}, "SPÄRR-REGLER"),
        ({"day": ""}, "SPÄRR-REGLER"),
        ({"day": "2025-12-31"}, "SPÄRR-REGLER"),
        ({"evaluators_differ": True}, "SPÄRR-MOTOR"),
    ],
)
@pytest.mark.parametrize("given", [question(), answer()], ids=["question", "answer"])
def test_nothing_is_answered_where_it_is_not_in_use_or_can_not_be_relied_on(given, around, rule_id):
    assert decide(given).verdict == Verdict.AUTO
    result = decide(given, **around)
    assert (result.verdict, result.rule_id) == (Verdict.REVIEW, rule_id)


def test_whoever_is_in_danger_is_shown_help_also_where_the_service_is_not_in_use():
    assert decide(question(acute=True), deployment="").verdict == Verdict.HAND_OVER


def test_a_delegated_decision_passes():
    assert decide(answer(**DELEGATED)).verdict == Verdict.AUTO


@pytest.mark.parametrize("name", ["delegation_ref", "appeal_route", "procurement", "choice_system", "not_delegable"])
def test_no_decision_is_automatic_when_something_that_could_forbid_it_is_unknown(name):
    given = answer(**DELEGATED)
    given.clear_field(name)
    assert decide(given).verdict == Verdict.REVIEW


def test_evaluators_that_differ_are_an_alarm_and_a_review(monkeypatch, caplog):
    monkeypatch.setattr(Engine, "first_hit", lambda self, _: self._rules[-1])
    result = Gate.from_file(None, check_every=1).decide(answer(), DEPLOYED)
    assert (result.verdict, result.rule_id) == (Verdict.REVIEW, "SPÄRR-MOTOR")
    assert result.circumstances.evaluators_differ
    assert "evaluators differ" in caplog.text


@pytest.mark.parametrize("plain", [question(), answer()], ids=["question", "answer"])
def test_no_fact_can_be_left_out_of_what_is_answered(plain):
    left_out = {"use_case", "language", "personal_data"}
    for name in set(GateInput.__slots__) - left_out:
        if not plain.has_field(name):
            continue
        poorer = GateInput.from_binary(plain.to_binary())
        poorer.clear_field(name)
        assert decide(poorer).verdict != Verdict.AUTO, name


def test_guards_hold_even_where_the_table_lets_everything_through():
    lax = table(
        *(
            row(stage, villkor={"skede": stage}, utfall="svara", exempel=[{"skede": stage}])
            for stage in ("fråga", "svar")
        )
    )
    gate = Gate(lax, check_every=1)
    assert gate.decide(answer(), DEPLOYED).verdict == Verdict.AUTO
    for held in (GateInput(stage=Stage.REQUEST), answer(is_decision=True), answer(highest_secrecy=Secrecy(0))):
        assert gate.decide(held, DEPLOYED).verdict == Verdict.REVIEW


@settings(max_examples=400, deadline=None)
@given(FACTS)
def test_engine_and_plain_python_choose_the_same_row(facts):
    rules = GATE.national.on(DAY)
    assert Engine(rules).first_hit(facts) == first_hit(rules, facts)


@settings(max_examples=150, deadline=None)
@given(TABLES, st.lists(FACTS, min_size=1, max_size=8))
def test_engine_and_plain_python_agree_on_any_table(made, many):
    engine = Engine(made.rules)
    for facts in many:
        assert engine.first_hit(facts) == first_hit(made.rules, facts)


@settings(max_examples=400, deadline=None)
@given(FACTS)
def test_auto_never_rests_on_an_unknown(facts):
    rule = guards.decided(first_hit(GATE.national.on(DAY), facts), facts, DEPLOYED)
    if rule.verdict == Verdict.AUTO:
        assert guards.guard(facts, DEPLOYED) is None
        assert all(cell.column in facts for cell in rule.cells)


@pytest.mark.parametrize(("given", "kept"), [(0.29, 0.29), (1.0, 1.0), (0.9999999999999999, 0.999999), (1e-86, 0.0)])
def test_a_share_is_never_rounded_up(given, kept):
    assert facts_of(answer(citation_coverage=given))["andel med källa"] == kept


def test_almost_every_sentence_is_not_every_sentence():
    assert decide(answer(citation_coverage=0.9999999999999999)).verdict == Verdict.REVIEW


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan"), float("inf")])
def test_a_share_outside_its_range_is_refused(value):
    with pytest.raises(InvalidInput, match="mellan 0 och 1"):
        facts_of(answer(weakest_support=value))


@pytest.mark.parametrize(
    "logged",
    [
        {"stage": "release", "role": "citizen", "channel": "citizen", "highest_secrecy": "open", "weakest_support": 1},
        {
            "stage": "STAGE_RELEASE",
            "role": "ROLE_CITIZEN",
            "channel": "citizen",
            "highestSecrecy": "SECRECY_OPEN",
            "weakestSupport": 1.0,
        },
        {"stage": 2, "role": 1, "channel": "citizen", "highest_secrecy": 1, "weakest_support": 1.0, "unheard_of": 5},
    ],
)
def test_a_logged_input_is_read_in_every_spelling(logged):
    assert input_of(logged) == GateInput(
        stage=Stage.RELEASE, role=Role.CITIZEN, channel="citizen", highest_secrecy=Secrecy.OPEN, weakest_support=1.0
    )


def test_a_second_run_sees_another_verdict():
    result = decide(answer())
    gate = {"verdict": "auto", "rule_id": result.rule_id, "rules": result.rules, "engine": result.engine}
    gate |= {"circumstances": {"day": DAY, "deployment": "d1"}}
    logged = {"stage": "release", "role": "citizen", "channel": "citizen", "highest_secrecy": "open"}
    logged |= {"weakest_support": 0.9, "citation_coverage": 1, "verbatim": True, "is_decision": False}
    logged |= {"retrieved_secrecy": "open", "appeal_route": "ej_ärende"}
    told = Evaluation.of({"type": RECORD_TYPE, "gate": gate})
    assert told is not None
    assert told.rerunnable
    assert told.differs(GATE.baseline, logged) == ""
    assert "S4" in told.differs(GATE.baseline, logged | {"weakest_support": 0.5})
    assert Ruleset.from_pin(GATE.baseline.pinned).hash == result.rules
    assert Evaluation.of({"gate": {**gate, "circumstances": {"day": 7}}}) is None
    assert told.differs(GATE.baseline, logged | {"verbatim": "nja"}) == "underlaget går inte att läsa"


ASKING = Gate(
    table(
        row("R", villkor={"skede": "svar"}, kompetens="jurist", **{"handläggningstid": "4", "andra granskare": "ja"})
    ),
    check_every=1,
)


@pytest.mark.parametrize("around", [{"deployment": "d1"}, {}])
def test_what_a_row_asks_of_its_review_is_told_also_when_a_guard_holds_back(around):
    result = ASKING.decide(answer(), Circumstances(day=DAY, **around))
    assert result.rule_id == ("R" if around else "SPÄRR-IBRUKTAGANDE")
    assert (result.deadline_hours, result.second_reviewer, result.competence) == (4, True, "jurist")
    plain = decide(answer(weakest_support=0.5))
    assert (plain.has_field("deadline_hours"), plain.second_reviewer) == (False, False)


def test_a_second_run_sees_a_review_that_was_not_held_to_its_rule():
    result = ASKING.decide(answer(), DEPLOYED)
    gate = {"verdict": "review", "rule_id": "R", "rules": result.rules, "engine": result.engine}
    gate |= {"circumstances": {"day": DAY, "deployment": "d1"}, "deadline_hours": 4, "second_reviewer": True}
    logged = {"stage": "release", "role": "citizen", "channel": "citizen"}
    logged |= {"weakest_support": 0.9, "citation_coverage": 1, "verbatim": True, "is_decision": False}
    logged |= {"highest_secrecy": "open", "retrieved_secrecy": "open", "appeal_route": "ej_ärende"}
    for changed, wrong in (({}, False), ({"deadline_hours": 400}, True), ({"second_reviewer": False}, True)):
        told = Evaluation.of({"gate": gate | changed})
        assert told is not None
        assert bool(told.differs(ASKING.baseline, logged)) == wrong
