"""What the law asks of a decision's records, by how it can be appealed."""

from __future__ import annotations

import pytest

from allmanning.audit.inspection.lint import linted, tallied
from tests.unit.audit.inspection.chains import Made

FACTS = [{"fact": "Altanen är 1,9 m hög.", "evidence": "altan#1"}]
WHOLE = {
    "mode": "official",
    "decided_on": "2026-11-22",
    "communication_omitted": "uppenbart obehövligt",
    "provisions": ["SFS 2010:900, 9 kap. 2 §"],
    "facts": FACTS,
}
PARTS = {"content": "Bygglov ges.", "decided_by": "N.N.", "presented_by": "ingen", "participated": "ingen"}
BASIS = {"legal_basis": "SFS 2017:900, 6 §"}


def decided(route: str, parts=PARTS, appeal_info: str = "v3", **fields) -> Made:
    made = Made().add("question.received", appeal_route=route).add("gate.evaluated", gate=BASIS)
    made.add("decision.made", parts, **{**WHOLE, **fields})
    return made.add("notified", appeal_info=appeal_info).add("answer.released", outcome="answered")


def codes(made: Made) -> list[str]:
    return [each.code for each in linted(made.chain)]


@pytest.mark.parametrize("route", ["förvaltningsbesvär", "forvaltningsbesvar", "laglighetsprövning", "ej överklagbart"])
def test_a_whole_decision_has_no_breaches(route):
    assert codes(decided(route)) == []


@pytest.mark.parametrize(
    ("missing", "code"),
    [("content", "fl31.content"), ("decided_by", "fl31.decided_by"), ("presented_by", "fl31.presented_by"),
     ("participated", "fl31.participated")],
)  # fmt: skip
def test_each_point_of_31_is_asked_for(missing, code):
    parts = {name: value for name, value in PARTS.items() if name != missing}
    assert codes(decided("förvaltningsbesvär", parts)) == [code]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"decided_on": ""}, "fl31.date"),
        ({"provisions": []}, "fl32.provisions"),
        ({"facts": [{"fact": "x"}]}, "fl32.evidence"),
        ({"communication_omitted": ""}, "fl25.communicated"),
        ({"appeal_info": ""}, "fl33.appeal_info"),
        ({"mode": ""}, "fl28.mode"),
        ({"mode": "automated"}, "kl6.37.delegation"),
    ],
)
def test_each_other_demand_is_asked_for(fields, code):
    assert codes(decided("förvaltningsbesvär", **fields)) == [code]


def test_reasons_may_be_left_out_when_it_is_said_why():
    assert codes(decided("förvaltningsbesvär", provisions=[], facts=[], reasons_omitted="FL 32 § 1")) == []


def test_laglighetsprovning_is_asked_nothing_by_25_31_32_and_33():
    made = Made().add("question.received", appeal_route="laglighetsprövning").add("gate.evaluated", gate=BASIS)
    made.add("decision.made", mode="official").add("answer.released", outcome="answered")
    assert codes(made) == []


@pytest.mark.parametrize("route", ["laglighetsprövning", "ej_överklagbart"])
def test_what_may_not_be_delegated_may_not_be_automated_even_with_a_delegation(route):
    assert codes(decided(route, mode="automated", delegation_ref="BN 2026-1")) == ["kl6.38.automated"]


def test_what_is_no_case_needs_only_an_outcome_and_its_legal_basis():
    made = Made().add("question.received", appeal_route="ej_ärende").add("answer.released", outcome="answered")
    assert codes(made) == ["fl5.legal_basis"]


def test_an_unknown_route_is_amber_and_never_whole():
    made = Made().add("question.received").add("gate.evaluated", gate=BASIS).add("answer.released", outcome="answered")
    assert [(each.code, each.severity) for each in linted(made.chain)] == [("record.appeal_route", "amber")]


def test_communication_after_the_decision_does_not_count():
    made = Made().add("question.received", appeal_route="förvaltningsbesvär").add("gate.evaluated", gate=BASIS)
    made.add("decision.made", PARTS, **{**WHOLE, "communication_omitted": ""}, time="2026-11-22T10:00:00.000Z")
    made.add("communicated", time="2026-11-22T11:00:00.000Z").add("notified", appeal_info="v3")
    assert "fl25.communicated" in codes(made)


def test_erased_content_still_shows_that_it_was_written():
    made = decided("förvaltningsbesvär")
    assert all(not link.contents or link.kind == "decision.made" for link in made.links)
    assert codes(made) == []


def test_breaches_are_counted_by_unit():
    breach = linted(decided("förvaltningsbesvär", mode="automated").chain)[0]
    assert [(each["unit"], each["count"]) for each in tallied([("BN", breach), ("SN", breach), ("BN", breach)])] == [
        ("BN", 2),
        ("SN", 1),
    ]
