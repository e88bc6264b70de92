from __future__ import annotations

from allmanning.audit.review.known_verdicts import KnownVerdicts
from tests.unit.audit.producer import AUTHORITY, put

DAY = ("2026-11-22T00:00:00.000Z", "2026-11-23T00:00:00.000Z")
MEASURED = {"active_seconds": 60, "sources_opened": 1, "sources": 2, "draft_chars": 400, "edited_share": 0.0}


def reviewed(producer, decision: str, who: str) -> str:
    """A verdict on a held answer; the record's id."""
    producer.record("question.received", decision, channel="citizen")
    producer.record("review.opened", decision, outcome="review", gate={"unit": "BN"})
    parts = {"measured": MEASURED, "reviewer": {"key_id": who, "unit": "BN"}, "action": "approve"}
    closed = producer.record("review.closed", decision, outcome="answered", review={"state": "approved"}, parts=parts)
    return closed.id


def test_a_verdict_is_opened_once_told_as_it_stands_now_and_gone_when_it_is_erased(store, producer, monkeypatch):
    first, second = reviewed(producer, "d1", "anna"), reviewed(producer, "d2", "bo")
    put(store, producer.leaves, len(producer.leaves))
    store.keep(producer.parts, [])
    known = KnownVerdicts()

    def read() -> list[tuple[str, bool] | None]:
        with store.reading(AUTHORITY) as log:
            return [(each.reviewer, each.reversed) if each else None for each in known.verdicts(log, *DAY)]

    assert sorted(read()) == [("anna", False), ("bo", False)]
    opened = []
    monkeypatch.setattr("allmanning.audit.review.known_verdicts.measured", lambda _, leaves: opened.extend(leaves))
    before = len(producer.leaves)
    producer.record("corrected", "d2", correction={"reversed": True})
    put(store, producer.leaves[before:], len(producer.leaves))
    assert sorted(read()) == [("anna", False), ("bo", True)]
    store.destroy(AUTHORITY, [(first, "G1")])
    assert read().count(None) == 1
    store.destroy(AUTHORITY, [(second, "G1")])
    assert read() == [None, None]
    assert not opened
    assert not known._opened


def test_no_more_are_remembered_than_there_is_room_for(store, producer):
    for number in range(5):
        reviewed(producer, f"d{number}", "anna")
    put(store, producer.leaves, len(producer.leaves))
    store.keep(producer.parts, [])
    known = KnownVerdicts(most=3)
    with store.reading(AUTHORITY) as log:
        assert [bool(each) for each in known.verdicts(log, *DAY)] == [True] * 5
        assert len(known._opened) == 3
        assert [bool(each) for each in known.verdicts(log, *DAY)] == [True] * 5
