"""Whoever contests an answer gets it tried by a person, and nothing of it is erased before that."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from protobuf import Oneof

from allmanning.contracts.access.v1.access_pb import Role
from allmanning.contracts.audit.v1 import audit_pb as audit
from allmanning.contracts.audit.v1 import erasure_pb, review_pb
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import Forbidden
from allmanning.runtime.swedish_day import today
from tests.integration.audit.asker import AUTHORITY, Asker
from tests.integration.audit.office import Person, held, until


@pytest.fixture
def anna(bus: Bus) -> Person:
    return Person(bus, "anna", competences=["jurist"])


@pytest.fixture
def kim(bus: Bus) -> Person:
    return Person(bus, "kim", Role.CITIZEN)


async def contest(who: Person, decision: str, kind: str = "human_intervention", deadline: str = "") -> str:
    """Contest a decision; the id of the review."""
    said = review_pb.DecisionContested(kind=kind, text="Jag bor inte där.", deadline=deadline)
    request = review_pb.AddEventRequest(principal=who.principal, decision_id=decision, event=Oneof("contested", said))
    mine = (await who.call(subjects.AUDIT_ADD_EVENT, request, review_pb.AddEventResponse)).record_id
    admin = Person(who.bus, "chef", Role.ADMIN)
    await until(lambda: _listed(admin, mine))
    return mine


async def _listed(who: Person, id: str) -> bool:
    found = [each for each in (await who.queue("all")).reviews if each.decision_id == id]
    return bool(found) and bool(found[0].reason)


async def review(who: Person, id: str) -> audit.Review:
    return next(each for each in (await who.queue("all")).reviews if each.decision_id == id)


async def standing(who: Person) -> list[tuple[str, str, list[str]]]:
    request = erasure_pb.ListHoldsRequest(authority=AUTHORITY)
    found = await who.call(subjects.AUDIT_LIST_HOLDS, request, erasure_pb.ListHoldsResponse)
    return [(each.id, each.kind, list(each.decision_ids)) for each in found.holds]


async def told(asker: Asker, **gate: object) -> str:
    """An answer that was given at once."""
    decision = await held(asker, **gate)
    await asker.record("answer.released", decision, {"told": "Nej, inte i april."}, outcome="answered")
    await asker.seen(decision, records=4)
    return decision


async def test_a_contest_is_tried_by_those_that_the_decision_was_for_within_the_time_for_it(asker, anna, kim, bus):
    decision = await told(asker, unit="bygg", competence="jurist")
    mine = await contest(kim, decision)
    waits = await review(Person(bus, "chef", Role.ADMIN), mine)
    assert (waits.contests, waits.state, waits.unit, waits.competence) == (decision, "open", "bygg", "jurist")
    assert (waits.reason, waits.question, waits.draft) == ("Jag bor inte där.", "Får jag elda?", "Nej, inte i april.")
    took = datetime.fromisoformat(waits.due_at) - datetime.fromisoformat(waits.opened_at)
    assert took == timedelta(hours=168)
    with pytest.raises(Forbidden, match=r"review\.competence"):
        await anna.claim(mine)
    builder = Person(bus, "eva", unit="bygg", competences=["jurist"])
    assert (await builder.claim(mine)).mine
    # The answer's own review is another one.
    assert (await review(builder, decision)).contests == ""


async def test_a_day_that_was_named_is_when_the_contest_must_be_tried(asker, kim, bus):
    decision = await told(asker)
    wanted = today() + timedelta(2)
    mine = await contest(kim, decision, deadline=wanted.isoformat())
    waits = await review(Person(bus, "chef", Role.ADMIN), mine)
    left = datetime.fromisoformat(waits.due_at) - datetime.fromisoformat(waits.opened_at)
    assert timedelta(hours=47) <= left <= timedelta(hours=72)


async def test_nothing_of_a_decision_is_erased_while_it_is_contested(asker, anna, kim):
    decision = await told(asker)
    mine = await contest(kim, decision)
    assert (mine, "contest", [decision]) in await standing(anna)
    await anna.claim(mine)
    assert (await anna.close(mine, "approve")).state == "approved"
    assert mine not in [each for each, *_ in await standing(anna)]
    # A court has it longer than the authority does.
    appeal = await contest(kim, decision, "appeal")
    await anna.close(appeal, "approve")
    assert (appeal, "appeal", [decision]) in await standing(anna)


async def test_an_answer_that_does_not_stand_when_it_is_tried_is_told_anew_and_counts_as_reversed(asker, anna, kim):
    decision = await held(asker)
    await anna.close(decision, "approve")
    mine = await contest(kim, decision)
    assert (await review(anna, mine)).draft == "Nej, inte i april."
    closed = await anna.close(mine, "edit", text="Ja, med tillstånd.")
    assert (closed.state, closed.text) == ("edited", "Ja, med tillstånd.")
    assert [each.text for each in (await anna.queue("all")).reviews if each.decision_id == decision] == [
        "Nej, inte i april."
    ]
    found = await asker.bus.call(subjects.AUDIT_FIND, audit.FindRequest(authority=AUTHORITY), audit.FindResponse)
    assert [each.outcome for each in found.decisions if each.decision_id == decision] == ["answered"]
    again = await contest(kim, decision)
    assert (await review(anna, again)).draft == "Ja, med tillstånd."


async def test_the_reviews_of_a_decision_are_its_own_and_those_of_its_contests_in_order(asker, anna, kim):
    decision = await held(asker)
    await anna.close(decision, "approve")
    first, second = await contest(kim, decision), await contest(kim, decision, "complaint")
    request = audit.ListReviewsRequest(authority=AUTHORITY, state="all", decision_id=decision)
    found = await anna.call(subjects.AUDIT_LIST_REVIEWS, request, audit.ListReviewsResponse)
    assert [each.decision_id for each in found.reviews] == [decision, first, second]
    request = audit.ListReviewsRequest(authority=AUTHORITY, state="all", decision_id=second)
    found = await anna.call(subjects.AUDIT_LIST_REVIEWS, request, audit.ListReviewsResponse)
    assert [(each.decision_id, each.contests) for each in found.reviews] == [(second, decision)]
