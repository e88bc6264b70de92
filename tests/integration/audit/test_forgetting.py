"""What is forgotten, by whom it is decided, and what stays."""

from __future__ import annotations

import json

import pytest

from allmanning.audit.verify import verify
from allmanning.contracts.access.v1.access_pb import Role
from allmanning.contracts.audit.v1 import audit_pb as audit
from allmanning.contracts.audit.v1 import erasure_pb as proto
from allmanning.runtime import subjects
from allmanning.runtime.errors import Conflict, Forbidden, InvalidInput, NotFound
from allmanning.runtime.objects import Objects
from allmanning.runtime.record import now
from tests.integration.audit.archive import Archivist, at
from tests.integration.audit.asker import AUTHORITY, Asker
from tests.integration.audit.office import Person


@pytest.fixture
def anna(asker: Asker) -> Archivist:
    return Archivist(asker, "anna")


@pytest.fixture
def bo(asker: Asker) -> Archivist:
    return Archivist(asker, "bo")


async def decided(anna: Archivist, bo: Archivist, days: int = 365) -> None:
    await bo.decide((await anna.propose(days=days)).id)


async def contents(asker: Asker, decision: str) -> list[int]:
    """How many parts each record has that can be read."""
    return [len(each.parts) for each in (await asker.get(decision, with_content=True)).records]


async def test_a_class_is_decided_by_two_and_nothing_is_erased_before(asker, anna, bo):
    with at("2025-01-15T10:00:00.000Z"):
        await asker.seen(await asker.decide())
    assert [(each.month, each.records) for each in await anna.due()] == [("2025-01", 3)]
    # A day far away has no more months than the log.
    assert "2025-01" in {each.month for each in await anna.due(on="9999-12-31")}
    request = proto.ListRetentionRequest(authority=AUTHORITY)
    known = await anna.call(subjects.AUDIT_LIST_RETENTION, request, proto.ListRetentionResponse)
    assert {each.retention_class: each.state for each in known.classes} == dict.fromkeys(("B", "G1", "G3"), "default")
    with pytest.raises(Conflict, match=r"retention\.not_decided"):
        await anna.request(retention_class="G1", until_month="2025-01")
    with pytest.raises(InvalidInput, match=r"retention\.unknown"):
        await anna.request(retention_class="G7", until_month="2025-01")
    proposal = await anna.propose()
    assert (proposal.state, proposal.keep_days) == ("proposed", 365)
    with pytest.raises(Forbidden, match=r"forget\.two_persons"):
        await anna.decide(proposal.id)
    assert (await bo.decide(proposal.id)).state == "decided"
    assert (await bo.decide(proposal.id)).state == "decided"
    with pytest.raises(Forbidden, match=r"forget\.forbidden"):
        await Archivist.propose(_caseworker(asker))


def _caseworker(asker: Asker) -> Archivist:
    person = Archivist(asker, "kurt")
    person.role = Role.CASEWORKER
    return person


async def test_gallring_takes_what_is_due_and_leaves_every_proof(asker, anna, bo):
    with at("2025-01-15T10:00:00.000Z"):
        old = await asker.decide()
        await asker.seen(old)
    new = await asker.decide()
    await asker.seen(new)
    await decided(anna, bo)
    assert [(each.month, each.records, each.held) for each in await anna.due()] == [("2025-01", 3, 0)]
    with pytest.raises(InvalidInput, match=r"erasure\.not_due"):
        await anna.request(retention_class="G1", until_month=now()[:7])
    counted = await anna.request(retention_class="G1", until_month="2025-01", dry_run=True)
    assert (counted.state, counted.records, counted.months) == ("counted", 3, ["2025-01"])
    asked = await anna.request(retention_class="G1", until_month="2025-01")
    assert (asked.state, asked.ground) == ("requested", "KS 7")
    with pytest.raises(Forbidden, match=r"forget\.two_persons"):
        await anna.settle(asked.id)
    assert await contents(asker, old) == [1, 1, 3]
    await bo.settle(asked.id)
    done = await bo.done(asked.id)
    assert (done.records, done.held, len(done.log_records)) == (3, 0, 1)
    assert done.keys_destroyed_at
    assert done.backup_horizon > now()[:10]
    assert await contents(asker, old) == [0, 0, 0]
    assert await contents(asker, new) == [1, 1, 3]
    told = (await asker.get(old)).records[0].erased
    assert [(each.name, each.ground, each.erasure_id) for each in told] == [("question", "KS 7", asked.id)]
    assert not any(each.erased for each in (await asker.get(new)).records)
    assert await anna.due() == []
    answer = await asker.bus.call(
        subjects.AUDIT_EXPORT, audit.ExportRequest(authority=AUTHORITY, with_content=True), audit.ExportResponse
    )
    report = verify(await Objects(asker.bus, "exports").get(answer.object))
    assert report.ok, [each for each in report.checks if not each.ok]
    [line] = (await anna.report(now()[:7])).lines
    assert (line.retention_class, line.ground, line.records, line.parts) == ("G1", "KS 7", 3, 5)
    [erased] = [each for each in (await asker.get(asked.id)).records if b"audit.erased.v1" in each.leaf]
    leaf = json.loads(erased.leaf)
    assert {"class", "month", "ground", "decided_on", "horizon"} == set(leaf["erasure"])
    assert "persons" in leaf["parts"]
    assert not any(name in json.dumps(leaf) for name in ("anna", "bo", "Enligt planen"))


async def test_what_is_held_stays_until_the_hold_is_lifted(asker, anna, bo):
    with at("2025-01-15T10:00:00.000Z"):
        held, free = await asker.decide(), await asker.decide()
        await asker.seen(held)
        await asker.seen(free)
    await decided(anna, bo)
    hold = await anna.hold(held)
    with pytest.raises(NotFound, match=r"decision\.not_found"):
        await anna.hold("aldrig")
    assert [(each.records, each.held) for each in await anna.due()] == [(6, 3)]
    asked = await anna.request(retention_class="G1", until_month="2025-01")
    await bo.settle(asked.id)
    assert (await bo.done(asked.id)).held == 3
    assert await contents(asker, held) == [1, 1, 3]
    assert await contents(asker, free) == [0, 0, 0]
    assert not any(each.erased for each in (await asker.get(held)).records)
    records = [each.id for each in (await asker.get(held)).records]
    with pytest.raises(Conflict, match=r"erasure\.held"):
        await anna.request(record_ids=records, ground="GDPR 17.1.d")
    assert (await anna.lift(hold.id)).lifted_at
    assert [(each.records, each.held) for each in await anna.due()] == [(3, 0)]
    again = await bo.request(retention_class="G1", until_month="2025-01")
    await anna.settle(again.id)
    await anna.done(again.id)
    assert await contents(asker, held) == [0, 0, 0]


async def test_logs_of_a_high_risk_use_are_kept_for_six_months_whatever_the_class_says(asker, anna, bo):
    from datetime import UTC, datetime, timedelta

    recent = (datetime.now(UTC) - timedelta(days=75)).strftime("%Y-%m-10T10:00:00.000Z")
    with at(recent):
        risky, plain = await asker.decide(), await asker.decide()
        await asker.record("config.changed", risky, legal={"ai_act": "annexIII.5a"})
        await asker.seen(risky, records=4)
        await asker.seen(plain)
    await decided(anna, bo, days=21)
    [line] = await anna.due()
    assert (line.records, line.floored) == (6, 3)
    asked = await anna.request(retention_class="G1", until_month=recent[:7])
    await bo.settle(asked.id)
    await bo.done(asked.id)
    assert await contents(asker, risky) == [1, 1, 3, 0]
    assert await contents(asker, plain) == [0, 0, 0]


async def test_a_person_is_found_and_forgotten_and_the_search_is_on_record(asker, anna, bo):
    mine, other = await asker.decide(), await asker.decide()
    await asker.record("question.received", mine, {"question": "Jag heter  Kim\nKarlsson, får jag elda?"})
    await asker.seen(mine, records=4)
    await asker.seen(other)
    found = (await anna.search(text="kim karlsson")).found
    assert [(each.decision_id, each.parts) for each in found] == [(mine, ["question"])]
    whole = (await anna.search(decision_ids=[mine])).found
    assert len(whole) == 4
    by_key = (await anna.search(key_id="anna")).found
    assert [each.type for each in by_key] == ["erasure.searched"] * 2
    for fields in ({"text": "Kim"}, {}):
        with pytest.raises(InvalidInput, match=r"search\.empty"):
            await anna.search(**fields)
    records = [each.record_id for each in whole]
    for ground in ("", "GDPR 17.3.b", "KS 7"):
        with pytest.raises(InvalidInput, match=r"erasure\.invalid"):
            await anna.request(record_ids=records, ground=ground)
    with pytest.raises(NotFound, match=r"record\.not_found"):
        await anna.request(record_ids=["01900000-0000-7000-8000-000000000000"], ground="GDPR 17.1.a")
    asked = await anna.request(record_ids=records, ground="GDPR 17.1.d", subject="Kim Karlsson")
    await bo.settle(asked.id)
    done = await bo.done(asked.id)
    assert done.records == 4
    assert await contents(asker, mine) == [0, 0, 0, 0]
    assert await contents(asker, other) == [1, 1, 3]
    assert (await asker.get(mine)).records[0].erased[0].ground == "GDPR 17.1.d"
    assert not [each for each in (await anna.search(text="Kim Karlsson")).found if each.decision_id == mine]
    answer = await asker.bus.call(
        subjects.AUDIT_EXPORT, audit.ExportRequest(authority=AUTHORITY, with_content=True), audit.ExportResponse
    )
    assert verify(await Objects(asker.bus, "exports").get(answer.object)).ok


async def test_an_erasure_that_is_refused_erases_nothing_and_says_why(asker, anna, bo):
    decision = await asker.decide()
    records = [each.id for each in (await asker.seen(decision)).records]
    asked = await anna.request(record_ids=records, ground="GDPR 17.1.a")
    with pytest.raises(InvalidInput, match=r"erasure\.invalid"):
        await bo.settle(asked.id, approve=False)
    refused = await bo.settle(asked.id, approve=False, ground="GDPR 17.3.b")
    assert refused.state == "refused"
    with pytest.raises(Conflict, match=r"erasure\.settled"):
        await bo.settle(asked.id)
    assert await contents(asker, decision) == [1, 1, 3]
    report = await anna.report(now()[:7])
    assert (report.refused, report.waiting, list(report.lines)) == (1, 0, [])


async def test_an_erased_that_nobody_has_approved_erases_nothing(asker, anna):
    decision = await asker.decide()
    records = [each.id for each in (await asker.seen(decision)).records]
    asked = await anna.request(record_ids=records, ground="GDPR 17.1.a")
    forged = {"records": records, "ground": "GDPR 17.1.a", "decided_on": "2026-11-27", "horizon": "2026-12-31"}
    for erasure in (asked.id, "an-erasure-of-nobody"):
        await asker.record("erased", erasure, outcome="erased", erasure=forged)
        await asker.seen(erasure, records=1)
    assert await contents(asker, decision) == [1, 1, 3]


async def test_whoever_is_no_administrator_decides_over_nothing(asker):
    person = Person(asker.bus, "kurt")
    with pytest.raises(Forbidden, match=r"forget\.forbidden"):
        await Archivist.request(person, retention_class="G1", until_month="2025-01")  # type: ignore[arg-type]
    with pytest.raises(Forbidden, match=r"forget\.forbidden"):
        await Archivist.search(person, text="Kim Karlsson")  # type: ignore[arg-type]
    with pytest.raises(Forbidden, match=r"forget\.forbidden"):
        await Archivist.hold(person, "d")  # type: ignore[arg-type]
