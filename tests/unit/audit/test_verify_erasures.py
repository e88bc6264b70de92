"""Content that is gone needs a ground; content that is said to be gone may not be there; a correction points back."""

from __future__ import annotations

import pytest
from sqlalchemy import delete

from allmanning.audit.export.bundle import Chosen
from allmanning.audit.sealing.schema import sealed_parts
from allmanning.audit.verify import verify
from tests.unit.audit.bundles import failures, packed
from tests.unit.audit.producer import put

LATER = "2026-11-25T10:00:00.000Z"
GROUND = {"ground": "Gallringsbeslut 2026-114", "decided_on": "2026-11-24", "horizon": "2026-12-24"}


def erase(store, record: str) -> None:
    with store.database.transaction() as connection:
        connection.execute(delete(sealed_parts).where(sealed_parts.c.record == record))


def told(store, producer, erasure) -> None:
    producer.record("erased", "e", time=LATER, erasure=erasure)
    put(store, producer.leaves[-1:], len(producer.leaves))


def test_content_that_is_gone_without_a_ground_is_seen(filled, producer):
    erase(filled, producer.leaves[0].id)
    report = verify(packed(filled))
    [wrong] = [check for check in report.checks if not check.ok]
    assert (wrong.code, report.exit_code) == ("parts.unexplained", 1)
    assert producer.leaves[0].id in wrong.detail
    # Who asked for no content is not told of it.
    assert verify(packed(filled, Chosen(opened=frozenset()))).ok


@pytest.mark.parametrize("form", ["records", "class"])
def test_erased_content_is_listed_with_its_ground_and_the_rest_still_holds(filled, producer, form):
    record = producer.leaves[0].id
    which = {"records": [record]} if form == "records" else {"class": "G1", "month": "2026-05"}
    for leaf in producer.leaves[:5] if form == "class" else producer.leaves[:1]:
        erase(filled, leaf.id)
    told(filled, producer, which | GROUND)
    report = verify(packed(filled))
    assert report.ok, [check for check in report.checks if not check.ok]
    [erasure] = report.erasures
    assert (erasure.ground, erasure.decided_on, erasure.horizon) == tuple(GROUND.values())
    assert erasure.parts == (1 if form == "records" else 5)


def test_content_that_an_erasure_names_and_that_is_still_there_is_told(filled, producer):
    """A legal hold keeps it, so that it is no fault."""
    told(filled, producer, {"records": [producer.leaves[0].id]} | GROUND)
    report = verify(packed(filled))
    assert report.ok
    assert "1 av dem har innehåll kvar" in next(each.detail for each in report.checks if each.name == "erasures")


def test_an_erasure_does_not_explain_what_came_after_it(filled, producer):
    told(filled, producer, {"class": "G1", "month": "2026-11"} | GROUND)
    for leaf in producer.leaves[5:15]:
        erase(filled, leaf.id)
    assert verify(packed(filled)).ok
    late = producer.record("answer.released", "f", time="2026-11-25T11:00:00.000Z", parts={"told": "Nej."})
    producer.record("question.received", "g", time="2026-11-26T11:00:00.000Z")
    put(filled, producer.leaves[-2:], len(producer.leaves))
    assert late.id in next(check.detail for check in verify(packed(filled)).checks if check.name == "unexplained")


@pytest.mark.parametrize(
    "erasure",
    [
        {},
        GROUND,
        {"records": ["x"]},
        {"class": "G1", "month": "2026-05", "ground": "", "decided_on": "2026-01-01"},
        "x",
    ],
)
def test_an_erasure_without_what_or_why_is_wrong(filled, producer, erasure):
    told(filled, producer, erasure)
    assert failures(packed(filled)) == {"erasures.invalid"}


def test_a_correction_points_at_an_earlier_record(filled, producer):
    producer.record("corrected", "c", time=LATER, correction={"record": producer.leaves[0].id})
    put(filled, producer.leaves[-1:], len(producer.leaves))
    report = verify(packed(filled))
    assert report.ok
    assert report.counts["corrections"] == 1


@pytest.mark.parametrize("target", ["01900000-0000-7000-8000-000000000000", "skräp", "self"])
def test_a_correction_of_nothing_is_wrong(filled, producer, target):
    first = producer.record("corrected", "c", time=LATER, correction={"record": producer.leaves[0].id})
    producer.record("corrected", "c", time=LATER, correction={"record": first.id if target != "self" else "0" * 36})
    producer.record("corrected", "c", time=LATER, correction={"record": target})
    put(filled, producer.leaves[-3:], len(producer.leaves))
    assert failures(packed(filled)) == {"corrections.invalid"}
