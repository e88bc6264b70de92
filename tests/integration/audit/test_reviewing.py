"""The queue: who may take what, what happens when two want the same, and what is measured."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from allmanning.audit.__main__ import service
from allmanning.audit.settings import AuditSettings
from allmanning.audit.verify import verify
from allmanning.contracts.access.v1.access_pb import Role
from allmanning.contracts.audit.v1 import audit_pb as audit
from allmanning.contracts.audit.v1 import review_pb as proto
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import Conflict, Forbidden, InvalidInput, NotFound
from allmanning.runtime.objects import Objects
from allmanning.runtime.record import Recorder
from tests.integration.audit.asker import AUTHORITY, Asker
from tests.integration.audit.office import Person, held, until
from tests.serving import Serving


@pytest.fixture
async def asker(bus: Bus, tmp_path: Path) -> AsyncIterator[Asker]:
    settings = AuditSettings(data_dir=tmp_path / "data", oversight_least_group=2)
    async with service(bus, settings) as built, Serving(bus, "audit", built):
        yield Asker(bus, Recorder(bus, "generate"))


@pytest.fixture
def anna(bus: Bus) -> Person:
    return Person(bus, "anna")


@pytest.fixture
def bo(bus: Bus) -> Person:
    return Person(bus, "bo")


async def measured(asker: Asker, decision: str, kind: str = "review.closed") -> dict:
    for each in reversed((await asker.get(decision, with_content=True)).records):
        if json.loads(each.leaf)["type"] == f"se.audit.{kind}.v1":
            return json.loads(next(part.content for part in each.parts if part.name == "measured"))
    raise AssertionError(kind)


async def test_of_two_who_take_a_review_at_once_one_gets_it(asker, anna, bo):
    decision = await held(asker)
    results = await asyncio.gather(anna.claim(decision), bo.claim(decision), return_exceptions=True)
    [lost] = [each for each in results if isinstance(each, Conflict)]
    [got] = [each for each in results if isinstance(each, audit.Review)]
    assert lost.code == "review.claimed"
    assert got.mine
    winner, loser = (anna, bo) if results[0] is got else (bo, anna)
    assert (await winner.claim(decision)).claimed_until == got.claimed_until
    with pytest.raises(Conflict, match=r"review\.claimed"):
        await loser.close(decision, "approve")
    [listed] = (await loser.queue()).reviews
    assert (listed.mine, listed.claimed_until) == (False, got.claimed_until)
    assert (await winner.close(decision, "approve")).state == "approved"


async def test_what_is_returned_can_be_taken_by_another_who_reads_the_note(asker, anna, bo, bus):
    decision = await held(asker)
    await anna.claim(decision)
    with pytest.raises(Conflict, match=r"review\.not_claimed"):
        await bo.give_back(decision)
    with pytest.raises(InvalidInput, match=r"review\.note"):
        await anna.give_back(decision, " ")
    returned = await anna.give_back(decision, "Fråga räddningstjänsten först.")
    assert (returned.claimed_until, returned.note) == ("", "Fråga räddningstjänsten först.")
    assert (await bo.claim(decision)).mine
    await Person(bus, "chef", Role.ADMIN).give_back(decision, "Bo är sjuk.")
    assert (await anna.claim(decision)).note == "Bo är sjuk."


async def test_a_claim_ends_by_itself(bus, tmp_path, anna, bo, monkeypatch):
    settings = AuditSettings(data_dir=tmp_path / "data", review_claim_minutes=1)
    async with service(bus, settings) as built, Serving(bus, "audit", built):
        asker = Asker(bus, Recorder(bus, "generate"))
        decision = await held(asker)
        await anna.claim(decision)
        # Everything that happens from here on happens two minutes later.
        later = "2100-01-01T00:00:00.000Z"
        monkeypatch.setattr("allmanning.audit.review.deadline.now", lambda: later)
        monkeypatch.setattr("allmanning.runtime.record.now", lambda: later)
        monkeypatch.setattr("allmanning.audit.review.claims.now", lambda: later)
        assert (await bo.claim(decision)).mine
        with pytest.raises(Conflict, match=r"review\.claimed"):
            await anna.claim(decision)


async def test_only_the_unit_and_the_competence_that_the_rule_names_may_take_it(asker, anna, bus):
    decision = await held(asker, unit="bygg", competence="jurist")
    builder = Person(bus, "b", unit="bygg")
    lawyer = Person(bus, "c", unit="bygg", competences=["jurist"])
    for person in (anna, builder, Person(bus, "d", unit="miljö", competences=["jurist"])):
        assert (await person.queue()).waiting == 0
        with pytest.raises(Forbidden, match=r"review\.competence"):
            await person.claim(decision)
        with pytest.raises(Forbidden, match=r"review\.competence"):
            await person.close(decision, "approve")
    assert [each.decision_id for each in (await lawyer.queue()).reviews] == [decision]
    assert (await lawyer.claim(decision)).mine
    # What the rules call a caseworker is one by role.
    other = await held(asker, competence="handläggare")
    assert (await anna.claim(other)).mine


async def test_what_is_overdue_is_first_and_counted(asker, anna):
    old = await held(asker)
    urgent = await held(asker, deadline_hours=0)
    found = await anna.queue()
    assert [(each.decision_id, each.overdue) for each in found.reviews] == [(urgent, True), (old, False)]
    assert (found.waiting, found.overdue, found.claimed) == (2, 1, 0)
    await anna.claim(old)
    assert (await anna.queue()).claimed == 1


async def test_where_the_rule_wants_two_the_second_is_another_person(asker, anna, bo):
    decision = await held(asker, second_reviewer=True)
    first = await anna.close(decision, "edit", text="Nej, inte i april eller maj.")
    assert (first.state, first.awaits_second, first.text) == ("open", True, "Nej, inte i april eller maj.")
    assert (await anna.close(decision, "edit", text="Nej, inte i april eller maj.")).awaits_second
    for wanted in (anna.claim(decision), anna.close(decision, "approve")):
        with pytest.raises(Forbidden, match=r"review\.second_person"):
            await wanted
    closed = await bo.close(decision, "approve")
    assert (closed.state, closed.text) == ("edited", "Nej, inte i april eller maj.")


async def test_words_that_a_second_reviewer_has_written_are_let_out_only_when_another_has_read_them(asker, anna, bo):
    decision = await held(asker, second_reviewer=True)
    await anna.close(decision, "approve")
    changed = await bo.close(decision, "edit", text="Nej.")
    assert (changed.state, changed.awaits_second, changed.text) == ("open", True, "Nej.")
    with pytest.raises(Forbidden, match=r"review\.second_person"):
        await bo.close(decision, "approve")
    assert (await anna.close(decision, "approve")).text == "Nej."


async def test_a_rejection_closes_at_once_and_counts_as_a_reversal_of_the_first_approval(asker, anna, bo):
    decision = await held(asker, second_reviewer=True)
    await anna.close(decision, "approve")
    assert (await bo.close(decision, "reject", reason="Fel.")).state == "rejected"
    admin = Person(asker.bus, "chef", Role.ADMIN)
    [group] = (await oversight(admin)).groups
    assert (group.approved, group.rejected, group.reversed) == (1, 1, 1)


async def test_chance_draws_a_second_reviewer(bus, tmp_path, anna, bo):
    settings = AuditSettings(data_dir=tmp_path / "data", review_second_share=1.0)
    async with service(bus, settings) as built, Serving(bus, "audit", built):
        asker = Asker(bus, Recorder(bus, "generate"))
        decision = await held(asker)
        assert (await anna.close(decision, "approve")).awaits_second
        assert (await bo.close(decision, "approve")).state == "approved"
        assert (await anna.close(await held(asker), "reject", reason="Fel.")).state == "rejected"


async def test_what_was_opened_changed_and_worked_on_is_measured(asker, anna, bo, monkeypatch):
    decision = await held(asker)
    with pytest.raises(Conflict, match=r"review\.not_claimed"):
        await anna.see(decision)
    await anna.claim(decision)
    seconds = iter([0.0, 20.0, 25.0, 500.0, 510.0])
    monkeypatch.setattr("allmanning.audit.review.claims.monotonic", lambda: next(seconds))
    for document in ("", "eldning", "eldning", "", ""):
        await anna.see(decision, document)
    monkeypatch.undo()
    for document in ("bygglov", "../x", "Anna Andersson"):
        with pytest.raises(InvalidInput, match=r"review\.source"):
            await anna.see(decision, document)
    with pytest.raises(Conflict, match=r"review\.not_claimed"):
        await bo.see(decision, "eldning")
    await anna.close(decision, "edit", text="Nej, inte i maj.", reason="Fel månad.")
    found = await measured(asker, decision)
    assert found["sources_opened"] == 1
    assert found["sources"] == 2
    # A silence of minutes is a break.
    assert found["active_seconds"] in (35, 36)
    assert found["edit_distance"] > 0
    assert found["edited_spans"] == [[12, 18, 12, 16]]
    assert found["disagreed_with_ai"]
    leaves = b"".join(each.leaf for each in (await asker.get(decision)).records)
    assert b"anna" not in leaves
    assert b"active_seconds" not in leaves


async def test_time_that_nobody_counted_is_not_said_to_be_none(asker, anna):
    decision = await held(asker)
    await anna.claim(decision)
    await anna.close(decision, "approve")
    assert "active_seconds" not in await measured(asker, decision)


async def oversight(person: Person, **fields: str) -> proto.OversightResponse:
    request = proto.OversightRequest(principal=person.principal, **fields)
    return await person.call(subjects.AUDIT_OVERSIGHT, request, proto.OversightResponse)


async def test_a_known_wrong_draft_looks_like_others_reaches_nobody_and_is_counted(asker, anna, bo, bus):
    admin = Person(bus, "chef", Role.ADMIN)
    real = await held(asker)
    controls = []
    for _ in range(2):
        request = proto.AddControlRequest(
            principal=admin.principal,
            question="Får jag elda?",
            draft="Ja, alltid.",
            fault="Eldningsförbud gäller april till maj.",
            rule_id="S4",
            documents=["eldning"],
        )
        forged = proto.AddControlRequest(principal=anna.principal, question="a", draft="b", fault="c")
        with pytest.raises(Forbidden, match=r"control\.forbidden"):
            await anna.call(subjects.AUDIT_ADD_CONTROL, forged, proto.AddControlResponse)
        added = await admin.call(subjects.AUDIT_ADD_CONTROL, request, proto.AddControlResponse)
        controls.append(added.decision_id)

    async def there() -> bool:
        return (await anna.queue()).waiting == 3

    await until(there)
    for decision in controls:
        skeleton = b"".join(each.leaf for each in (await asker.get(decision)).records)
        assert b"control" not in skeleton
        assert b"Eldningsf" not in skeleton
    await anna.close(real, "approve")
    assert (await anna.close(controls[0], "approve")).text == ""
    await bo.close(controls[1], "reject", reason="Det är förbjudet.")
    found = await bus.call(
        subjects.AUDIT_FIND, audit.FindRequest(authority=AUTHORITY, outcome="control"), audit.FindResponse
    )
    assert {each.decision_id for each in found.decisions} == set(controls)
    closed = await bus.call(
        subjects.AUDIT_LIST_REVIEWS,
        audit.ListReviewsRequest(authority=AUTHORITY, state="all"),
        audit.ListReviewsResponse,
    )
    assert {each.decision_id: each.text for each in closed.reviews} == {
        real: "Nej, inte i april.",
        controls[0]: "",
        controls[1]: "",
    }
    [group] = (await oversight(admin)).groups
    assert (group.controls, group.controls_caught, group.reviews) == (2, 1, 1)


async def test_figures_are_of_teams_and_one_persons_only_with_a_ground_that_is_recorded(asker, anna, bo, bus):
    admin = Person(bus, "chef", Role.ADMIN)
    lonely = Person(bus, "sol", unit="miljö")
    for person in (anna, bo, lonely):
        await person.close(await held(asker), "approve")
    found = await oversight(admin, by="unit")
    assert [(each.unit, each.reviews, each.approved_unopened) for each in found.groups] == [("", 2, 2)]
    assert (found.withheld, found.least_group) == (1, 2)
    with pytest.raises(Forbidden, match=r"oversight\.forbidden"):
        await oversight(anna)
    with pytest.raises(InvalidInput, match=r"oversight\.ground"):
        await oversight(admin, key_id="sol", ground="Misstanke om fel.")
    one = await oversight(admin, key_id="sol", ground="Misstanke om fel.", negotiation="MBL-protokoll 2026-11-20")
    assert [each.reviews for each in one.groups] == [1]
    answer = await bus.call(
        subjects.AUDIT_EXPORT, audit.ExportRequest(authority=AUTHORITY, with_content=True), audit.ExportResponse
    )
    bundle = await Objects(bus, "exports").get(answer.object)
    assert b"se.audit.oversight.individual.v1" in bundle
    assert b"MBL-protokoll 2026-11-20" in bundle
    assert verify(bundle).ok


async def event(person: Person, decision: str, kind: str, message: object) -> str:
    from protobuf import Oneof

    request = proto.AddEventRequest(
        principal=person.principal,
        decision_id=decision,
        event=Oneof(kind, message),  # type: ignore[arg-type]
    )
    return (await person.call(subjects.AUDIT_ADD_EVENT, request, proto.AddEventResponse)).record_id


MADE = proto.DecisionMade(
    decided_on="2026-11-27",
    mode="official",
    content="Bygglov beviljas.",
    decided_by=["Eva Ek"],
    provisions=["2010:900 9 kap. 30 §"],
    facts=[proto.DecisionMade.Fact(text="Åtgärden följer planen.", evidence="eldning")],
    appeal_route="förvaltningsbesvär",
)


async def test_a_decision_is_made_told_contested_and_corrected_in_records_of_their_own(asker, anna, bus):
    decision = await asker.decide()
    await asker.seen(decision)
    made = await event(anna, decision, "made", MADE)
    told = proto.DecisionNotified(notified_on="2026-11-27", how="letter", to="Kim", appeal_info_version="3")
    await event(anna, decision, "notified", told)
    citizen = Person(bus, "kim", Role.CITIZEN)
    await event(citizen, decision, "contested", proto.DecisionContested(kind="appeal", by="Kim", text="Fel."))
    correction = proto.DecisionCorrected(corrects=made, correction="Datumet är den 26.", reason="Skrivfel.")
    await asker.seen(decision, records=6)
    await event(anna, decision, "corrected", correction)
    records = (await asker.seen(decision, records=7)).records
    leaves = [json.loads(each.leaf) for each in records[3:]]
    assert [each["type"] for each in leaves] == [
        f"se.audit.{kind}.v1" for kind in ("decision.made", "notified", "contested", "corrected")
    ]
    assert leaves[0]["decided_on"] == "2026-11-27"
    assert {"decided_by", "presented_by", "participated", "content", "actor"} <= set(leaves[0]["parts"])
    assert leaves[1]["appeal_info"] == "3"
    assert leaves[3]["correction"] == {"record": made, "reversed": False}
    assert not any(word in json.dumps(leaves) for word in ("Eva", "Kim", "Skrivfel"))
    with pytest.raises(Forbidden, match=r"event\.forbidden"):
        await event(citizen, decision, "made", MADE)
    with pytest.raises(NotFound, match=r"event\.no_such_record"):
        await event(anna, decision, "corrected", proto.DecisionCorrected(corrects="x", correction="a", reason="b"))
    with pytest.raises(NotFound, match=r"decision\.not_found"):
        await event(anna, "aldrig", "made", MADE)


@pytest.mark.parametrize(
    ("route", "delegation"),
    [("laglighetsprövning", "5.1"), ("ej_överklagbart", "5.1"), ("förvaltningsbesvär", "")],
)
async def test_an_automated_decision_without_delegation_or_that_may_not_be_delegated_is_impossible(
    asker, anna, route, delegation
):
    decision = await asker.decide()
    await asker.seen(decision)
    made = proto.DecisionMade(
        decided_on="2026-11-27", mode="automated", content="Ja.", appeal_route=route, delegation_ref=delegation
    )
    with pytest.raises(Conflict, match=r"event\.delegation"):
        await event(anna, decision, "made", made)
