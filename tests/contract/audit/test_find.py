"""Decisions are found by what their leaves state, and recalled, in every database."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allmanning.audit.inspection import find as finding
from allmanning.audit.inspection.counting import counted
from allmanning.audit.inspection.find import Wanted, every, find
from allmanning.audit.inspection.recall import affected, progress
from allmanning.audit.inspection.terms import Term
from allmanning.audit.log import projection
from allmanning.runtime.errors import InvalidInput
from tests.unit.audit.inspection.chains import PASSAGES
from tests.unit.audit.producer import AUTHORITY


def found(archive, *terms: tuple[str, str], **when: str) -> list[str]:
    wanted = Wanted(tuple(Term(*each) for each in terms), **when)
    return [each.decision for each in archive.look(lambda log: list(every(log.connection, AUTHORITY, wanted, 10_000)))]


def test_each_kind_of_term_finds_its_decisions(archive):
    first = archive.decision(unit="BN", use_case="bygg", language="sv", role="citizen", appeal_route="ej_ärende")
    second = archive.made().add(
        "question.received", channel="api", unit="SN", pins={"model": "sha256:m", "prompt": "p1"}
    )
    second.add("answer.refused", outcome="refused")
    archive.take_in()
    for kind, value in (
        ("unit", "BN"), ("use_case", "bygg"), ("language", "sv"), ("role", "citizen"), ("appeal_route", "ej_ärende"),
        ("channel", "citizen"), ("outcome", "answered"), ("rule", "F6"), ("rules", archive.gate.baseline.hash),
        ("model", "extract-1"), ("index", "i1"), ("document", "altan"), ("document", "plank"),
        ("version", "altan@v1"), ("passage", "plank#1"), ("cited_document", "altan"), ("cited_version", "altan@v1"),
        ("cited_passage", "altan#1"),
    ):  # fmt: skip
        assert found(archive, (kind, value)) == [first], kind
    for kind, value in (("unit", "SN"), ("outcome", "refused"), ("model", "sha256:m"), ("prompt", "p1")):
        assert found(archive, (kind, value)) == [second.decision], kind
    assert found(archive, ("cited_document", "plank")) == []
    assert found(archive) == [second.decision, first]


def test_every_term_must_hold(archive):
    first, second = archive.decision(unit="BN"), archive.decision(unit="SN")
    archive.take_in()
    assert found(archive, ("document", "altan"), ("unit", "BN")) == [first]
    assert found(archive, ("document", "altan"), ("unit", "SN"), ("outcome", "answered")) == [second]
    assert found(archive, ("unit", "BN"), ("unit", "SN")) == []


def test_a_period_is_counted_by_swedish_days_and_by_how_decisions_ended(archive):
    for time, outcome in (
        ("2026-11-20T22:59:00.000Z", "answered"),
        ("2026-11-20T23:30:00.000Z", "refused"),
        ("2026-11-21T10:00:00.000Z", ""),
    ):
        made = archive.made().add("question.received", time=time, channel="citizen", unit="BN")
        if outcome:
            made.add("answer.released", time=time, outcome=outcome)
    archive.take_in()
    told = archive.look(lambda log: counted(log.connection, AUTHORITY, "", ""))
    assert told["days"] == {"2026-11-20": {"answered": 1}, "2026-11-21": {"refused": 1, "": 1}}
    assert (told["decisions"], told["outcomes"]) == (3, {"answered": 1, "refused": 1, "": 1})
    assert (told["by_channel"], told["by_unit"]) == ({"citizen": 3}, {"BN": 3})
    assert (told["waiting"], told["contests"], told["recalls"]) == (0, 0, 0)
    late = archive.look(lambda log: counted(log.connection, AUTHORITY, "2026-11-20T23:00:00.000Z", ""))
    assert (late["decisions"], list(late["days"])) == (2, ["2026-11-21"])


def test_a_period_takes_the_beginning_and_not_the_end(archive):
    made = [
        archive.made().add("question.received", time=f"2026-11-{day:02}T10:00:00.000Z").decision for day in (20, 21, 22)
    ]
    archive.take_in()
    assert found(archive, opened_from="2026-11-21T10:00:00.000Z") == [made[2], made[1]]
    assert found(archive, opened_to="2026-11-21T10:00:00.000Z") == [made[0]]
    assert found(archive, opened_from="2026-11-21", opened_to="2026-11-22") == [made[1]]
    assert found(archive, opened_from="2027-01-01") == []


def test_a_review_changes_the_outcome_that_a_decision_is_found_by(archive):
    made = archive.made().add("question.received").add("review.opened", outcome="review")
    archive.take_in()
    assert found(archive, ("outcome", "review")) == [made.decision]
    made.add("review.closed", outcome="answered", review={"state": "approved", "unit": "BN"})
    made.add("review.closed", outcome="refused", review={"state": "rejected"})
    archive.take_in()
    assert found(archive, ("outcome", "answered")) == [made.decision]
    assert found(archive, ("outcome", "review")) == found(archive, ("outcome", "refused")) == []
    assert found(archive, ("reviewer_unit", "BN")) == [made.decision]


def test_what_is_done_with_the_log_opens_no_decision(archive):
    for kind in ("access.read", "recall.opened", "sample.framed", "control.drawn", "disclosure.prepared"):
        archive.made().add(kind, role="auditor")
    archive.take_in()
    assert found(archive) == []


def test_another_authority_finds_nothing_of_it(archive):
    archive.decision()
    archive.take_in()
    with archive.store.reading("annanby") as log:
        assert find(log.connection, "annanby", Wanted((Term("document", "altan"),)), 10).decisions == []


def test_an_unknown_kind_is_refused_by_name():
    with pytest.raises(InvalidInput, match=r"find\.kind_unknown.*färg"):
        Wanted((Term("färg", "röd"),))


def test_two_common_terms_that_never_meet_give_short_pages_that_end(archive, monkeypatch):
    for number in range(12):
        made = archive.made().add("question.received", unit="BN" if number % 2 else "SN", channel="x")
        made.add("answer.released", outcome="refused" if number % 2 else "answered")
    archive.take_in()
    monkeypatch.setattr(finding, "WALKED", 2)
    wanted = Wanted((Term("unit", "BN"), Term("outcome", "answered")))
    pages, before = 0, 0
    while True:
        page = archive.look(lambda log, at=before: find(log.connection, AUTHORITY, wanted, 5, at))
        pages, before = pages + 1, page.next
        assert page.decisions == []
        if not before:
            break
    assert 1 < pages < 8
    assert len(found(archive, ("unit", "BN"), ("outcome", "refused"))) == 6


CHOICES = st.fixed_dictionaries(
    {"unit": st.sampled_from(["BN", "SN"]), "language": st.sampled_from(["sv", "en"]), "channel": st.sampled_from("ab")}
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    made=st.lists(CHOICES, min_size=1, max_size=12), wanted=CHOICES, walked=st.integers(1, 5), limit=st.integers(1, 4)
)
def test_pages_hold_exactly_what_a_plain_search_finds(archive, monkeypatch, made, wanted, walked, limit):
    monkeypatch.setattr(finding, "WALKED", walked)
    archive.producer.leaves.clear()
    archive.producer.parts.clear()
    archive.taken = archive.store.sequence
    start = archive.store.sequence
    names = []
    for fields in made:
        names.append(
            (archive.made().add("question.received", tag=str(start), use_case=f"u{start}", **fields).decision, fields)
        )
    from tests.unit.audit.producer import put

    put(archive.store, archive.producer.leaves, start + len(archive.producer.leaves))
    expected = [name for name, fields in reversed(names) if fields == wanted]
    terms = (Term("use_case", f"u{start}"), *(Term(*each) for each in wanted.items()))
    shown, before = [], 0
    while True:
        page = archive.look(lambda log, at=before: find(log.connection, AUTHORITY, Wanted(terms), limit, at))
        shown += [each.decision for each in page.decisions]
        before = page.next
        if not before:
            break
    assert shown == expected


def test_the_tables_can_be_made_again_from_the_leaves(archive):
    archive.decision(unit="BN")
    archive.made().add("question.received").add("review.opened", outcome="review").add("access.read", role="auditor")
    archive.take_in()
    before = archive.look(dump)
    with archive.store.database.transaction() as connection:
        projection.rebuild(connection)
    assert archive.look(dump) == before
    assert all(before[name] for name in ("terms", "inspected", "days", "reads"))


def dump(log):
    from allmanning.audit.inspection.projection import TABLES

    return {table.name: sorted(map(tuple, log.connection.execute(table.select()))) for table in TABLES}


def test_a_recall_lists_those_with_the_greatest_effect_first_and_pages_hold_each_once(archive):
    cited = [archive.decision() for _ in range(3)]
    found_only = archive.made().add("question.received").add("retrieval.done", passages=PASSAGES)
    found_only.add("answer.released", outcome="answered")
    abstained = archive.made().add("question.received").add("retrieval.done", passages=PASSAGES)
    abstained.add("answer.abstained", outcome="abstained")
    archive.take_in()

    def page(offset: int) -> list[str]:
        rows = archive.look(lambda log: affected(log.connection, AUTHORITY, "r", "document", "altan", (), 2, offset))
        return [each.decision for each in rows]

    assert [*page(0), *page(2), *page(4)] == [*cited[::-1], found_only.decision, abstained.decision]
    settled = archive.producer.record("recall.settled", cited[0], recall={"id": "r", "state": "corrected"})
    archive.producer.record("recall.settled", cited[1], recall={"id": "r", "state": "aldrig"})
    archive.take_in()
    standing = archive.look(lambda log: progress(log.connection, AUTHORITY, "r", "document", "altan"))
    assert standing.counts == {"open": 4, "looked_at": 0, "corrected": 1, "no_effect": 0}
    assert not standing.closed
    assert settled.decision == cited[0]
    elsewhere = archive.look(lambda log: progress(log.connection, AUTHORITY, "another", "document", "altan"))
    assert elsewhere.counts["open"] == 5
    for kind, value in (("model", "extract-1"), ("rule", "F6"), ("passage", "altan#1"), ("index", "i1")):
        rows = archive.look(lambda log, what=(kind, value): affected(log.connection, AUTHORITY, "r", *what, (), 9, 0))
        assert {each.decision for each in rows} >= set(cited), kind
