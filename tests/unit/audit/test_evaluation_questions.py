"""What somebody asks to measure the answers is on record, and is nobody's use and nobody's work."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func, select

from allmanning.audit.export.certificate import StreamState, certify
from allmanning.audit.export.manifest import Scope
from allmanning.audit.gate.replay import would_change
from allmanning.audit.inspection.counting import counted
from allmanning.audit.inspection.find import Wanted, every
from allmanning.audit.inspection.recall import affected
from allmanning.audit.inspection.terms import Term
from allmanning.audit.log.store import Store
from allmanning.audit.registers.schema import use
from allmanning.audit.review.schema import reviews
from allmanning.contracts.audit.v1.audit_pb import Evaluations
from tests.unit.audit.producer import AUTHORITY, RELEASE, Producer, put
from tests.unit.audit.story import tell


@pytest.fixture
def told(store: Store, producer: Producer) -> tuple[str, str, str]:
    """An answer, an evaluation's question that a person would have seen, and one that a person is to see."""
    made = (
        tell(producer),
        tell(producer, outcome="review", question={"channel": "evaluation"}),
        tell(producer, outcome="review"),
    )
    put(store, producer.leaves, len(producer.leaves))
    store.keep(producer.parts, [])
    return made


def test_an_evaluations_questions_are_not_counted_and_nobody_reviews_them(store: Store, told) -> None:
    with store.reading(AUTHORITY) as log:
        counts = counted(log.connection, AUTHORITY, "", "")
        used = log.connection.scalar(select(func.count()).select_from(use))
        waiting = list(log.connection.scalars(select(reviews.c.decision)))

    assert (counts["decisions"], counts["by_channel"]) == (2, {"citizen": 2})
    assert used == 2
    assert waiting == [told[2]]


@pytest.mark.parametrize(
    ("evaluations", "places"),
    [(Evaluations.UNSPECIFIED, (0, 2)), (Evaluations.WITH, (0, 1, 2)), (Evaluations.ONLY, (1,))],
)
def test_they_are_listed_and_drawn_from_only_when_somebody_asks_for_them(
    store: Store, told, evaluations: Evaluations, places: tuple[int, ...]
) -> None:
    wanted = {told[each] for each in places}
    with store.reading(AUTHORITY) as log:
        listed, total = log.decisions("", 10, 0, evaluations)
        found = [
            {each.decision for each in every(log.connection, AUTHORITY, Wanted(terms, evaluations=evaluations), 10)}
            for terms in ((), (Term("document", "d1"),), (Term("document", "d1"), Term("unit", "Bygg")))
        ]
        named = Wanted((Term("channel", "evaluation"),), evaluations=evaluations)
        by_channel = [each.decision for each in every(log.connection, AUTHORITY, named, 10)]

    assert {each.decision for each in listed} == wanted
    assert total == len(places)
    assert found == [wanted] * 3
    assert by_channel == [told[1]]


def test_a_recall_and_a_replay_of_rules_are_of_what_reached_people(store: Store, producer: Producer, gate) -> None:
    asked, measured = (tell(producer, question={"channel": each}) for each in ("citizen", "evaluation"))
    gated = {"verdict": "auto", "rule_id": "S6", "rules": gate.baseline.hash, "engine": "zen; guards 2"}
    gated |= {"circumstances": {"day": "2026-11-22", "deployment": "d1"}}
    for decision in (asked, measured):
        producer.record("gate.evaluated", decision, gate=gated, parts={"input": RELEASE})
    put(store, producer.leaves, len(producer.leaves))
    store.keep(producer.parts, [])

    with store.reading(AUTHORITY) as log:
        recalled = affected(log.connection, AUTHORITY, "r1", "document", "d1", (), 10, 0)
        again = would_change(log, gate.baseline, since="")

    assert [each.decision for each in recalled] == [asked]
    assert again.decisions == 1


@pytest.mark.usefixtures("told")
def test_a_certificate_counts_all_of_them_and_says_how_many_were_measured(store: Store) -> None:
    with store.reading(AUTHORITY) as log:
        certificate = certify(log, store.keys, Scope(), StreamState(1, 0), "2026-11-27T10:00:00.000Z")

    told_of = json.loads(certificate)["certificate"]
    counts = told_of["counts"]
    assert (counts["questions"], counts["held"], counts["releases"]) == (3, 2, 1)
    assert (counts["measured_questions"], counts["measured_held"], counts["measured_releases"]) == (1, 1, 0)
    [said] = [each["detail"] for each in told_of["checks"] if each["name"] == "reconciliation"]
    assert "1 frågor för att mäta svaren: 0 utlämnade svar, 1 till granskning" in said
