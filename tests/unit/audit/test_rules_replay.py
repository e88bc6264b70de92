from __future__ import annotations

from allmanning.audit.gate.replay import impact_json, impact_of, would_change
from allmanning.audit.gate.ruleset import Ruleset
from allmanning.contracts.audit.v1.audit_pb import Verdict
from tests.unit.audit.producer import AUTHORITY, RELEASE, put
from tests.unit.audit.tables import own, row

SINCE, UNTIL, DAY = "2026-11-01T00:00:00.000Z", "2026-11-30T00:00:00.000Z", "2026-11-27"
STRICTER = own(
    row("E1", villkor={"skede": "svar", "kanal": "medborgare", "svagaste stöd": "under 0,95"}, exempel=[{}]),
    row("E2", villkor={"skede": "svar", "kanal": "intern"}, utfall="lämna över", exempel=[{}]),
)


def test_a_replay_tells_which_decisions_would_have_gone_elsewhere_and_by_which_row(store, producer, gate):
    changed = [producer.decide(gate) for _ in range(3)]
    producer.decide(gate, time="2026-10-31T10:00:00.000Z")
    put(store, producer.leaves, len(producer.leaves))
    store.keep(producer.parts, [])
    with store.reading(AUTHORITY) as log:
        same = would_change(log, gate.baseline, since=SINCE, until=UNTIL)
        other = would_change(log, Ruleset(gate.national, STRICTER), since=SINCE, until=UNTIL, day=DAY)
    assert (same.decisions, same.changes, same.unreadable) == (3, [], 0)
    assert [each.decision for each in other.changes] == changed
    assert {(each.was.verdict, each.would.verdict, each.would.rule) for each in other.changes} == {
        (Verdict.AUTO, Verdict.REVIEW, "E1")
    }
    impact = other.impact(SINCE, UNTIL, DAY)
    [moved] = impact.moved
    assert (moved.was, moved.would, moved.count, dict(moved.rules)) == ("svara", "granska", 3, {"E1": 3})
    assert list(moved.decisions) == changed
    assert impact_of(impact_json(impact)) == impact


def test_the_opposite_direction_and_inputs_that_are_gone_are_told(store, producer, gate):
    strict = Ruleset(gate.national, STRICTER)
    verdict = {"verdict": "review", "rule_id": "E1", "rules": strict.hash, "engine": "zen; guards 2"}
    told = verdict | {"circumstances": {"day": DAY, "deployment": "d1"}}
    for number in range(2):
        producer.record("gate.evaluated", f"d{number}", gate=told, parts={"input": RELEASE})
    producer.record("gate.evaluated", "gone", gate=told, parts={"input": RELEASE})
    put(store, producer.leaves, len(producer.leaves))
    store.keep(producer.parts[:2], [])
    with store.reading(AUTHORITY) as log:
        replay = would_change(log, gate.baseline, since=SINCE)
    assert (replay.decisions, replay.unreadable) == (2, 1)
    assert {(each.was.rule, each.would.rule, each.would.verdict) for each in replay.changes} == {
        ("E1", "S6", Verdict.AUTO)
    }


def test_what_a_guard_held_back_stays_held_back(store, producer, gate):
    held = {
        "verdict": "review",
        "rule_id": "SPÄRR-IBRUKTAGANDE",
        "rules": gate.baseline.hash,
        "engine": "zen; guards 2",
    }
    producer.record("gate.evaluated", "d", gate=held | {"circumstances": {"day": DAY}}, parts={"input": RELEASE})
    put(store, producer.leaves, 1)
    store.keep(producer.parts, [])
    with store.reading(AUTHORITY) as log:
        assert would_change(log, gate.baseline, since=SINCE).changes == []


def test_logs_of_earlier_half_years_are_counted_as_far_back_as_is_asked(store, producer, gate):
    for time in ("2026-06-30T23:59:59.999Z", "2026-07-01T00:00:00.000Z", "2026-11-22T10:00:00.000Z"):
        producer.decide(gate, time=time)
    put(store, producer.leaves, len(producer.leaves))
    store.keep(producer.parts, [])
    begins = {"": 3, "2026-06-30T23:59:59.999Z": 3, "2026-07-01T00:00:00.000Z": 2, "2026-07-01T00:00:00.001Z": 1}
    with store.reading(AUTHORITY) as log:
        assert {since: would_change(log, gate.baseline, since=since).decisions for since in begins} == begins
