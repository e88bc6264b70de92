"""What every database must do when content is erased, reviewed and held."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from unittest import mock

import pytest
from sqlalchemy import select

from allmanning.audit.forgetting.overview import due, erasures_of, report
from allmanning.audit.forgetting.schema import kept_records
from allmanning.audit.forgetting.telling import erased_of
from allmanning.audit.log import projection
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.review.case import case_of
from allmanning.audit.review.schema import verdicts
from tests.unit.audit.producer import AUTHORITY, put

OLD = "2025-01-15T10:00:00.000Z"
NOW = "2026-11-22T10:00:00.000Z"


@pytest.fixture
def log(store, producer):
    return Log(store, producer)


class Log:
    """Records that stand in the log when `say` returns."""

    def __init__(self, store, producer) -> None:
        self.store = store
        self._producer = producer

    def say(self, kind: str, decision: str, time: str = NOW, **values: object) -> Leaf:
        """A record whose id begins with its time, as that of a real one."""
        ms = int(datetime.fromisoformat(time).timestamp() * 1_000)
        value = ms << 80 | 0x7 << 76 | 0x2 << 62 | uuid.uuid4().int & ((1 << 62) - 1)
        with mock.patch("tests.unit.audit.producer.uuid7", return_value=str(uuid.UUID(int=value))):
            leaf = self._producer.record(kind, decision, time=time, **values)  # type: ignore[arg-type]
        put(self.store, [leaf], len(self._producer.leaves))
        self.store.keep([each for each in self._producer.parts if each.record == leaf.id], [])
        return leaf

    def ask(self, erasure: str, **wanted: object) -> None:
        self.say("erasure.requested", erasure, erasure={"ground": "KS 7", "decided_on": "2026-11-01", **wanted})
        self.say("erasure.approved", erasure)

    def erase(self, erasure: str, **wanted: object) -> None:
        self.say("erased", erasure, erasure={"ground": "KS 7", "horizon": "2026-12-27", **wanted})

    def readable(self, *leaves: Leaf) -> list[bool]:
        with self.store.reading(AUTHORITY) as read:
            return [bool(read.parts(each)) for each in leaves]


def test_a_month_goes_save_what_is_held_and_the_rest_when_the_hold_is_lifted(log):
    kept, gone = (log.say("question.received", name, OLD, parts={"question": "Får jag?"}) for name in ("a", "b"))
    young = log.say("question.received", "c", parts={"question": "Får jag?"})
    log.say("retention.proposed", "r", retention={"class": "G1", "keep_days": 365, "meaning": "m", "plan_item": "2"})
    log.say("retention.decided", "r")
    log.say("hold.placed", "h", hold={"kind": "jo", "decisions": ["a"]})
    log.ask("e", **{"class": "G1", "months": ["2025-01"]})
    log.erase("e", **{"class": "G1", "month": "2025-01"})
    assert log.readable(kept, gone, young) == [True, False, True]
    with log.store.reading(AUTHORITY) as read:
        [erasure] = erasures_of(read)
        assert (erasure.state, erasure.records, erasure.held) == ("done", 1, 1)
        assert [each.name for each in erased_of(read, gone)] == ["question"]
        assert erased_of(read, kept) == erased_of(read, young) == []
        assert [(each.records, each.held) for each in due(read, "G1", date(2026, 11, 22))] == [(1, 1)]
        [line] = report(read, "2026-11").lines
        assert (line.records, line.parts, line.ground) == (1, 1, "KS 7")
    log.say("hold.lifted", "h")
    log.ask("f", **{"class": "G1", "months": ["2025-01"]})
    log.erase("f", **{"class": "G1", "month": "2025-01"})
    assert log.readable(kept, gone, young) == [False, False, True]

    with log.store.reading(AUTHORITY) as read:
        before = [(each.id, each.state, each.records, each.held) for each in erasures_of(read)]
    with log.store.database.transaction() as connection:
        projection.rebuild(connection)
    with log.store.reading(AUTHORITY) as read:
        assert [(each.id, each.state, each.records, each.held) for each in erasures_of(read)] == before
        assert read.connection.execute(select(kept_records)).all() == []


def test_content_of_a_forgotten_record_that_comes_late_or_again_is_not_kept(log, producer):
    mine = log.say("question.received", "a", parts={"question": "Jag heter Kim."})
    log.ask("e", records=[mine.id])
    log.erase("e", records=[mine.id])
    log.store.destroy(AUTHORITY, [(mine.id, "G1")])
    log.store.keep([each for each in producer.parts if each.record == mine.id], [])
    assert log.readable(mine) == [False]


def test_a_hold_that_comes_after_the_approval_keeps_all_of_it_until_it_is_lifted(log):
    mine, also = (log.say("question.received", name, parts={"question": "Jag heter Kim."}) for name in ("a", "b"))
    log.ask("e", records=[mine.id, also.id])
    log.say("hold.placed", "h", hold={"kind": "court", "decisions": ["b"]})
    log.erase("e", records=[mine.id, also.id])
    assert log.readable(mine, also) == [True, True]
    with log.store.reading(AUTHORITY) as read:
        assert [each.state for each in erasures_of(read)] == ["approved"]
    log.say("hold.lifted", "h")
    log.erase("e", records=[mine.id, also.id])
    assert log.readable(mine, also) == [False, False]


def test_a_review_is_claimed_seconded_and_overturned(log):
    log.say("question.received", "d", unit="bygg")
    log.say("review.opened", "d", outcome="review", gate={"rule_id": "S4", "second_reviewer": True})
    claim = log.say("review.claimed", "d", review={"until": "2026-11-22T10:30:00.000Z", "renews": ""})
    first = log.say("review.assessed", "d", review={"claim": claim.id, "after": ""})
    log.say("review.closed", "d", outcome="refused", review={"state": "rejected", "after": first.id})
    with log.store.reading(AUTHORITY) as read:
        case = case_of(read, "d")
        assert case is not None
        assert (case.state, case.unit, case.second, case.control) == ("rejected", "bygg", True, False)
        rows = read.connection.execute(select(verdicts.c.record, verdicts.c.overturned)).all()
    assert {row.record: row.overturned for row in rows}[first.id] is True
