"""Whoever asked says whether it helped, asks for a person, asks for erasure; and what was missing comes together."""

from __future__ import annotations

import asyncio
import json

import pytest
from protobuf import Oneof

from allmanning.contracts.access.v1.access_pb import Principal, Role
from allmanning.contracts.audit.v1 import asker_pb as proto
from allmanning.contracts.audit.v1 import audit_pb as audit
from allmanning.contracts.audit.v1 import erasure_pb, inspection_pb
from allmanning.runtime import subjects
from allmanning.runtime.errors import Conflict, Forbidden, InvalidInput, NotFound
from allmanning.runtime.identity import uuid7
from tests.integration.audit.asker import AUTHORITY, Asker
from tests.integration.audit.office import Person

VISITOR = Principal(authority=AUTHORITY, role=Role.CITIZEN, channel="citizen")


async def rate(asker: Asker, decision: str, *, helped: bool = False, reason: str = "", comment: str = "") -> None:
    request = proto.RateAnswerRequest(
        principal=VISITOR, decision_id=decision, helped=helped, reason=reason, comment=comment
    )
    await asker.bus.call(subjects.AUDIT_RATE_ANSWER, request, proto.RateAnswerResponse)


def wanting(*decisions: str, **written: str) -> proto.RequestContactRequest:
    given = {"name": "Kim", "reach": "070-174 06 05", "message": "Ring mig", "conversation": "Fråga: …"} | written
    return proto.RequestContactRequest(principal=VISITOR, decision_ids=list(decisions), **given)


async def contact(asker: Asker, request: proto.RequestContactRequest) -> str:
    return (await asker.bus.call(subjects.AUDIT_REQUEST_CONTACT, request, proto.RequestContactResponse)).contact_id


async def test_a_contact_is_a_review_that_a_caseworker_deals_with_and_that_judges_no_answer(asker, bus):
    anna, chef = Person(bus, "anna"), Person(bus, "chef", Role.ADMIN)
    decision = await asker.decide()
    await asker.seen(decision)
    before, after = await asyncio.gather(
        contact(asker, wanting(decision)), contact(asker, wanting(decision)), return_exceptions=True
    )
    ids = [each for each in (before, after) if isinstance(each, str)]
    assert [each.code for each in (before, after) if isinstance(each, Conflict)] == ["contact.sent"]

    [waits] = (await anna.queue()).reviews
    assert (waits.decision_id, waits.kind, waits.contests) == (ids[0], "contact", decision)
    assert (waits.contact_name, waits.contact_reach) == ("Kim", "070-174 06 05")
    assert (waits.reason, waits.draft, waits.question) == ("Ring mig", "Fråga: …", "Får jag elda?")
    closing = audit.CloseReviewRequest(principal=anna.principal, decision_id=ids[0], action="approve", reason="Ringde.")
    closed = await bus.call(subjects.AUDIT_CLOSE_REVIEW, closing, audit.CloseReviewResponse, timeout_s=15)
    assert (closed.review.state, closed.review.text) == ("approved", "")
    assert (await anna.queue()).waiting == 0
    # The decision that was answered is still answered, and the meter of oversight counts no verdict.
    found = await bus.call(subjects.AUDIT_FIND, audit.FindRequest(authority=AUTHORITY), audit.FindResponse)
    assert [(each.decision_id, each.outcome) for each in found.decisions] == [(decision, "answered")]
    assert await meter(chef) == 0


async def meter(who: Person) -> int:
    from allmanning.contracts.audit.v1.review_pb import OversightRequest, OversightResponse

    request = OversightRequest(principal=who.principal)
    found = await who.call(subjects.AUDIT_OVERSIGHT, request, OversightResponse)
    return sum(each.reviews for each in found.groups) + found.withheld


async def test_who_and_what_are_sealed_and_never_in_a_leaf(asker):
    decision = await asker.decide()
    await asker.seen(decision)
    await contact(asker, wanting(decision, message="Hemligt ärende"))
    await rate(asker, decision, reason="wrong", comment="Hemlig kommentar")
    records = (await asker.seen(decision, records=5)).records

    leaves = b"".join(each.leaf for each in records)
    assert all(word not in leaves for word in (b"Kim", b"070-", b"Hemlig", "Fråga".encode()))
    assert {"name", "reach", "message", "talk", "comment"} <= {part.name for each in records for part in each.parts}


@pytest.mark.parametrize(
    ("written", "code"),
    [({"reach": " "}, "contact.reach_missing"), ({"message": "x" * 4_001}, "contact.too_long")],
)
async def test_a_contact_without_a_way_back_is_refused(asker, written, code):
    decision = await asker.decide()
    await asker.seen(decision)

    with pytest.raises(InvalidInput) as refused:
        await contact(asker, wanting(decision, **written))
    assert refused.value.code == code


async def test_what_is_asked_of_no_decision_is_refused(asker):
    with pytest.raises(NotFound):
        await contact(asker, wanting(uuid7()))
    with pytest.raises(NotFound):
        await contact(asker, wanting())
    with pytest.raises(NotFound):
        await rate(asker, uuid7())
    with pytest.raises(Forbidden):
        await asker.bus.call(subjects.AUDIT_RATE_ANSWER, proto.RateAnswerRequest(), proto.RateAnswerResponse)


async def test_ratings_end_after_some(asker):
    decision = await asker.decide()
    await asker.seen(decision)
    with pytest.raises(InvalidInput):
        await rate(asker, decision, reason="tråkigt")
    for count in range(5):
        await rate(asker, decision, helped=True)
        await asker.seen(decision, records=4 + count)

    with pytest.raises(Conflict):
        await rate(asker, decision)


async def test_an_asker_asks_for_erasure_once_and_one_administrator_settles_it(asker, bus):
    chef = Person(bus, "chef", Role.ADMIN)
    decision = await asker.decide()
    await asker.seen(decision)
    request = proto.AskErasureRequest(principal=VISITOR, decision_ids=[decision])
    first = await bus.call(subjects.AUDIT_ASK_ERASURE, request, proto.AskErasureResponse, timeout_s=15)
    second = await bus.call(subjects.AUDIT_ASK_ERASURE, request, proto.AskErasureResponse, timeout_s=15)
    assert first.erasure_id == second.erasure_id

    settle = erasure_pb.SettleErasureRequest(
        principal=chef.principal, id=first.erasure_id, approve=True, reason="Prövat."
    )
    await chef.call(subjects.AUDIT_SETTLE_ERASURE, settle, erasure_pb.SettleErasureResponse)
    async with asyncio.timeout(20):
        while any(each.parts for each in (await asker.get(decision, with_content=True)).records):
            await asyncio.sleep(0.05)
    assert len((await asker.get(decision)).records) >= 3


async def gaps(who: Person, reason: str = "Vi ser över sidorna.", **asked: int) -> dict[str, object]:
    request = inspection_pb.InspectRequest(
        principal=who.principal, reason=reason, ask=Oneof("gaps", inspection_pb.ListGaps(**asked))
    )
    answer = await who.bus.call(subjects.AUDIT_INSPECT, request, inspection_pb.InspectResponse, timeout_s=20)
    return json.loads(answer.report)


async def unanswered(asker: Asker, question: str, reason: str = "not_in_sources") -> str:
    decision = uuid7()
    await asker.record("question.received", decision, {"question": question}, channel="citizen")
    told = {"told": "Vi hittar inget."}
    await asker.record("answer.abstained", decision, told, outcome="abstained", reason=reason)
    await asker.seen(decision, records=2)
    return decision


async def test_what_was_missing_comes_together_by_likeness_and_reading_it_is_recorded(asker, bus):
    chef = Person(bus, "chef", Role.ADMIN)
    one = await unanswered(asker, "När öppnar badhuset på söndagar?")
    two = await unanswered(asker, "När öppnar badhuset på söndag?")
    other = await unanswered(asker, "Vad kostar en parkeringsbiljett?")
    nothing = await unanswered(asker, "Får jag bygglov?", reason="individual_case")
    wrong = await asker.decide()
    await asker.seen(wrong)
    await rate(asker, two, reason="missing")
    await rate(asker, wrong, reason="wrong")
    await asker.seen(two, records=3)
    await asker.seen(wrong, records=4)

    told = await gaps(chef)

    assert (told["questions"], told["found"], told["by"]) == (4, 3, "trigrams")
    [first, *rest] = told["gaps"]
    assert (first["asked"], first["reported"]) == (2, 1)
    assert first["why"] == {"missing": 1, "not_in_sources": 1}
    assert {each["decision"] for each in first["questions"]} == {one, two}
    assert {each["questions"][0]["decision"] for each in rest} == {other, wrong}
    assert nothing not in str(told)
    read = (await asker.seen(other, records=3)).records
    assert any(b"access.read" in each.leaf for each in read)


@pytest.mark.usefixtures("asker")
async def test_questions_are_read_by_those_who_say_why(bus):
    with pytest.raises(InvalidInput):
        await gaps(Person(bus, "chef", Role.ADMIN), reason="")
    with pytest.raises(Forbidden):
        await gaps(Person(bus, "anna"))
