"""The queue is what the log's order makes it, however records race."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allmanning.audit.log import projection
from allmanning.audit.log.store import Store
from allmanning.audit.review.case import Case, case_of
from allmanning.audit.review.deadline import later
from tests.unit.audit.producer import AUTHORITY, Producer, put

START = datetime(2026, 11, 22, 10, tzinfo=UTC)


def at(minute: int) -> str:
    return (START + timedelta(minutes=minute)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@pytest.fixture
def queue(store, producer):
    return Queue(store, producer)


class Queue:
    """Records of one review, in the order they come."""

    def __init__(self, store: Store, producer: Producer) -> None:
        self._store = store
        self._producer = producer
        self.say("question.received", 0, unit="bygg")
        self.say("gate.evaluated", 0, gate={"rule_id": "S4", "competence": "jurist", "deadline_hours": 3})
        self.say("review.opened", 0, outcome="review", gate={"rule_id": "S4"})

    def say(self, kind: str, minute: int, **fields: object) -> str:
        leaf = self._producer.record(kind, "d", time=at(minute), **fields)  # type: ignore[arg-type]
        put(self._store, [leaf], len(self._producer.leaves))
        return leaf.id

    def claim(self, minute: int, renews: str = "") -> str:
        return self.say("review.claimed", minute, review={"until": at(minute + 30), "renews": renews})

    @property
    def case(self) -> Case:
        with self._store.reading(AUTHORITY) as log:
            case = case_of(log, "d")
            assert case is not None
            return case


def test_a_review_is_for_those_that_the_decision_and_its_rule_name(queue):
    case = queue.case
    assert (case.unit, case.competence, case.deadline_hours, case.rule_id) == ("bygg", "jurist", 3, "S4")
    assert case.due(24) == at(180)


def test_the_first_claim_counts_until_it_has_ended_or_is_returned(queue):
    first = queue.claim(0)
    queue.claim(10)
    assert queue.case.claim == first
    queue.claim(20, renews=first)
    queue.claim(40)
    assert (queue.case.claim, queue.case.claimed_until) == (first, at(50))
    third = queue.claim(51)
    assert queue.case.claim == third
    queue.say("review.returned", 52, review={"claim": first})
    assert queue.case.claim == third
    queue.say("review.returned", 53, review={"claim": third})
    assert queue.case.claim == ""


def test_a_verdict_counts_only_from_who_has_the_review_and_knows_the_one_before(queue):
    mine = queue.claim(0)
    queue.say("review.closed", 1, outcome="answered", review={"state": "approved", "claim": "", "after": ""})
    assert queue.case.state == "open"
    first = queue.say("review.assessed", 2, review={"claim": mine, "after": ""})
    assert (queue.case.assessed, queue.case.claim) == (first, "")
    queue.say("review.assessed", 3, review={"claim": "", "after": ""})
    queue.say("review.closed", 3, outcome="answered", review={"state": "approved", "after": ""})
    assert (queue.case.assessed, queue.case.state) == (first, "open")
    queue.say("review.closed", 4, outcome="answered", review={"state": "approved", "after": first})
    queue.say("review.closed", 5, outcome="refused", review={"state": "rejected", "after": first})
    assert queue.case.state == "approved"
    queue.say("corrected", 6, correction={"record": first, "reversed": True})
    assert queue.case.reversed


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_queue_made_again_from_the_leaves_is_the_same(data, tmp_path_factory):
    store = Store(tmp_path_factory.mktemp("audit"))
    store.open()
    queue = Queue(store, Producer())
    ids = [""]
    for minute in sorted(data.draw(st.lists(st.integers(0, 90), max_size=12))):
        known = data.draw(st.sampled_from(ids))
        kind = data.draw(st.sampled_from(["claimed", "renewed", "returned", "assessed", "closed"]))
        if kind in ("claimed", "renewed"):
            ids.append(queue.claim(minute, known if kind == "renewed" else ""))
        else:
            after = data.draw(st.sampled_from(ids))
            review = {"state": "approved", "claim": known, "after": after}
            ids.append(queue.say(f"review.{kind}", minute, outcome="answered", review=review))
    before = queue.case
    with store.database.transaction() as connection:
        projection.rebuild(connection)
    assert queue.case == before
    store.close()


def test_a_contest_has_a_review_of_its_own_and_what_comes_of_it_counts_against_the_answer(store, queue):
    queue.say("review.closed", 1, outcome="answered", review={"state": "approved", "claim": "", "after": ""})
    contest = queue.say("contested", 2, contest="complaint", review={"deadline_hours": 168})

    def tried() -> Case:
        with store.reading(AUTHORITY) as log:
            found = case_of(log, contest)
            assert found is not None
            return found

    opened = tried()
    assert (opened.contests, opened.state, opened.unit, opened.competence) == ("d", "open", "bygg", "jurist")
    assert opened.due(24) == later(at(2), timedelta(hours=168))
    mine = queue.say("review.claimed", 3, review={"contest": contest, "until": at(33), "renews": ""})
    assert (tried().claim, queue.case.claim) == (mine, "")
    verdict = {"contest": contest, "state": "rejected", "claim": mine, "after": ""}
    closing = queue.say("review.closed", 4, review=verdict)
    queue.say("review.closed", 5, review=verdict | {"state": "approved"})
    assert (tried().state, tried().closed_by) == ("rejected", closing)
    assert (queue.case.state, queue.case.reversed) == ("approved", True)


def test_a_contest_from_before_contests_were_reviewed_opens_none(store, queue):
    contest = queue.say("contested", 2, contest="complaint")
    with store.reading(AUTHORITY) as log:
        assert case_of(log, contest) is None
