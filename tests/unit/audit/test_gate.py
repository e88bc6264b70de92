from __future__ import annotations

import itertools
import time
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allmanning.audit.gate import guards
from allmanning.audit.gate.cell import BadRules
from allmanning.audit.gate.engine import Engine
from allmanning.audit.gate.evaluator import first_hit
from allmanning.audit.gate.facts import NUMBERS, TRUTHS, WORDS, facts_of, share
from allmanning.audit.gate.gate import ENGINE, Gate
from allmanning.audit.gate.logged import RECORD_TYPE, Evaluation, input_of
from allmanning.audit.gate.table import Table
from allmanning.contracts.access.v1.access_pb import Role, Secrecy
from allmanning.contracts.audit.v1.audit_pb import GateInput, Stage, Verdict
from allmanning.runtime.errors import InvalidInput

GATE = Gate.from_file(None)


def question(**changes) -> GateInput:
    plain = {
        "stage": Stage.REQUEST,
        "role": Role.CITIZEN,
        "channel": "citizen",
        "individual_decision": False,
        "wants_human": False,
        "acute": False,
        "manipulation": False,
    }
    return GateInput(**(plain | changes))


def answer(**changes) -> GateInput:
    plain = {
        "stage": Stage.RELEASE,
        "role": Role.CITIZEN,
        "channel": "citizen",
        "weakest_support": 0.9,
        "citation_coverage": 1.0,
        "highest_secrecy": Secrecy.OPEN,
        "verbatim": True,
    }
    return GateInput(**(plain | changes))


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
    result = GATE.decide(given)
    assert (result.verdict, result.notice) == (verdict, notice)
    assert result.reason
    assert result.legal_basis.startswith("SFS ")
    assert result.rules == GATE.table.hash
    assert result.engine == ENGINE


@pytest.mark.parametrize(
    ("given", "rule_id"),
    [
        (GateInput(), "SPÄRR-SKEDE"),
        (answer(stage=Stage.UNSPECIFIED), "SPÄRR-SKEDE"),
        (answer(is_decision=True), "SPÄRR-DELEGATION"),
        (answer(is_decision=True, delegation_ref="sha256:1", appeal_route="laglighetsprövning"), "SPÄRR-DELEGATION"),
        (answer(highest_secrecy=Secrecy.UNSPECIFIED), "SPÄRR-SEKRETESS"),
        (GateInput(stage=Stage.REQUEST), "SPÄRR-UPPGIFTER"),
    ],
)
def test_guards_hold_back(given, rule_id):
    result = GATE.decide(given)
    assert (result.verdict, result.rule_id) == (Verdict.REVIEW, rule_id)


def test_a_delegated_decision_passes():
    given = answer(is_decision=True, delegation_ref="sha256:1", appeal_route="förvaltningsbesvär")
    assert GATE.decide(given).verdict == Verdict.AUTO


@pytest.mark.parametrize("plain", [question(), answer()], ids=["question", "answer"])
def test_no_fact_can_be_left_out_of_what_is_answered(plain):
    left_out = {"is_decision", "appeal_route", "delegation_ref", "use_case", "language", "personal_data"}
    for name in set(GateInput.__slots__) - left_out:
        if not plain.has_field(name):
            continue
        poorer = GateInput.from_binary(plain.to_binary())
        poorer.clear_field(name)
        assert GATE.decide(poorer).verdict != Verdict.AUTO, name


def test_guards_hold_even_where_the_table_lets_everything_through():
    lax = GATE.table.pinned.decode()
    rows = Table.from_yaml(lax).rules
    assert rows[-1].id == "G"
    value = {
        "tabell": "slapp",
        "utgåva": 1,
        "regler": [
            {**row("A"), "villkor": {"skede": stage}, "regel": stage, "utfall": "svara"} for stage in ("fråga", "svar")
        ]
        + [row("G")],
    }
    gate = Gate(Table.from_value(value))
    assert gate.decide(answer()).verdict == Verdict.AUTO
    for held in (GateInput(stage=Stage.REQUEST), answer(is_decision=True), answer(highest_secrecy=Secrecy(0))):
        assert gate.decide(held).verdict == Verdict.REVIEW


def row(name: str) -> dict[str, object]:
    basis = {"sfs": "2017:900", "kap": "", "paragraf": "5"}
    return {"regel": name, "text": "t", "villkor": {}, "utfall": "granska", "lagrum": basis, "besked": "b"}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "inga regler"),
        ([{**row("G"), "utfall": "svara"}], "sista regeln"),
        ([{**row("G"), "villkor": {"fara": "ja"}}], "sista regeln"),
        ([row("A"), row("G")], "A: bara den sista"),
        ([row("G"), row("G")], "heter likadant"),
        ([{**row("A"), "villkor": {"väder": "sol"}}, row("G")], "A: kolumnen väder finns inte"),
        ([{**row("A"), "villkor": {"fara": "kanske"}}, row("G")], "A: fara: skriv ja eller nej"),
        ([{**row("A"), "villkor": {"svagaste stöd": "0,5"}}, row("G")], "minst 0,75"),
        ([{**row("A"), "villkor": {"sekretess": "hemlig"}}, row("G")], "välj bland"),
        ([{**row("A"), "villkor": {"språk": "'sv' or true"}}, row("G")], "inte ett ord"),
        ([{**row("G"), "utfall": "kanske"}], "utfallet kanske finns inte"),
        ([{**row("G"), "extra": 1}], "exakt"),
    ],
)
def test_a_table_that_can_not_be_used_says_which_rule_and_why(rows, said):
    with pytest.raises(BadRules, match=said):
        Table.from_value({"tabell": "t", "utgåva": 1, "regler": rows})


def test_the_hash_follows_the_content_and_not_the_layout():
    again = Table.from_yaml(GATE.table.pinned.decode())
    assert again.hash == GATE.table.hash
    assert Table.from_yaml(GATE.table.pinned.decode().replace("0,75", "0,76")).hash != GATE.table.hash


FACTS = st.fixed_dictionaries(
    {},
    optional={name: st.sampled_from(sorted(words)) for name, words in WORDS.items()}
    | dict.fromkeys(TRUTHS, st.booleans())
    | dict.fromkeys(NUMBERS, st.one_of(st.sampled_from([0.0, 0.4, 0.75, 1.0]), st.floats(0, 1).map(share))),
)


@settings(max_examples=400, deadline=None)
@given(FACTS)
def test_engine_and_plain_python_choose_the_same_row(facts):
    assert Engine(GATE.table).first_hit(facts).id == first_hit(GATE.table, facts).id


CELLS = st.one_of(
    *(
        st.tuples(
            st.just(name),
            st.one_of(st.sampled_from(sorted(words)), st.lists(st.sampled_from(sorted(words)), min_size=1)),
        )
        for name, words in WORDS.items()
    ),
    *(st.tuples(st.just(name), st.sampled_from(["ja", "nej"])) for name in TRUTHS),
    *(
        st.tuples(
            st.just(name),
            st.builds(
                "{} {}".format,
                st.sampled_from(["minst", "över", "högst", "under"]),
                st.sampled_from(["0", "0,4", "0,75", "1"]),
            ),
        )
        for name in NUMBERS
    ),
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.dictionaries(*(CELLS.map(lambda c, i=i: c[i]) for i in (0, 1)), max_size=0)
        | st.lists(CELLS, min_size=1, max_size=3).map(dict),
        min_size=1,
        max_size=6,
    ),
    st.lists(FACTS, min_size=1, max_size=8),
)
def test_engine_and_plain_python_agree_on_any_table(conditions, many):
    rows = [{**row(f"R{number}"), "villkor": cells} for number, cells in enumerate(conditions) if cells]
    table = Table.from_value({"tabell": "t", "utgåva": 1, "regler": [*rows, row("G")]})
    engine = Engine(table)
    for facts in many:
        assert engine.first_hit(facts).id == first_hit(table, facts).id


@settings(max_examples=400, deadline=None)
@given(FACTS)
def test_auto_never_rests_on_an_unknown(facts):
    rule = guards.decided(first_hit(GATE.table, facts), facts)
    if rule.verdict == Verdict.AUTO:
        assert guards.guard(facts) is None
        assert all(cell.column in facts for cell in rule.cells)


@pytest.mark.parametrize(("given", "kept"), [(0.29, 0.29), (1.0, 1.0), (0.9999999999999999, 0.999999), (1e-86, 0.0)])
def test_a_share_is_never_rounded_up(given, kept):
    assert facts_of(answer(citation_coverage=given))["andel med källa"] == kept


def test_almost_every_sentence_is_not_every_sentence():
    assert GATE.decide(answer(citation_coverage=0.9999999999999999)).verdict == Verdict.REVIEW


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
    result = GATE.decide(answer())
    gate = {"verdict": "auto", "rule_id": result.rule_id, "rules": result.rules, "engine": result.engine}
    logged = {"stage": "release", "role": "citizen", "channel": "citizen", "highest_secrecy": "open"}
    logged |= {"weakest_support": 0.9, "citation_coverage": 1, "verbatim": True}
    told = Evaluation.of({"type": RECORD_TYPE, "gate": gate})
    assert told is not None
    assert told.rerunnable
    assert told.differs(GATE.table, logged) == ""
    assert "S4" in told.differs(GATE.table, logged | {"weakest_support": 0.5})
    assert told.differs(GATE.table, logged | {"verbatim": "nja"}) == "underlaget går inte att läsa"


def test_a_verdict_takes_less_than_a_millisecond():
    def timed(given: GateInput) -> float:
        started = time.perf_counter()
        GATE.decide(given)
        return time.perf_counter() - started

    assert median(timed(each) for each in itertools.islice(itertools.cycle([question(), answer()]), 400)) < 0.001
