"""A caseworker's own draft is looked at by a colleague, and never by the one who sent it."""

from __future__ import annotations

import asyncio
import json

import pytest
from protobuf import Oneof

from allmanning.contracts.access.v1.access_pb import Role
from allmanning.contracts.audit.v1 import audit_pb as audit
from allmanning.contracts.audit.v1 import inspection_pb, review_pb
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import Forbidden, InvalidInput, NotFound
from allmanning.runtime.identity import uuid7
from allmanning.runtime.record import Content
from tests.integration.audit.asker import AUTHORITY, Asker
from tests.integration.audit.office import Person

TEXT = "Nej, inte i april. Fråga räddningstjänsten."


@pytest.fixture
def anna(bus: Bus) -> Person:
    return Person(bus, "anna", unit="bygg")


@pytest.fixture
def bo(bus: Bus) -> Person:
    return Person(bus, "bo", unit="bygg")


async def answered(asker: Asker, who: Person) -> str:
    """An answer that a caseworker asked for, of what their unit may read."""
    decision = uuid7()
    who_asked = {"key_id": who.key, "role": "caseworker", "unit": who.unit}
    parts = {"question": Content("Får jag elda?"), "actor": Content(who_asked, retention="B")}
    fields = {"channel": "internal", "role": "caseworker", "unit": who.unit}
    await asker.recorder.record(
        "question.received", authority=AUTHORITY, decision_id=decision, fields=fields, parts=parts
    )
    said = {"text": "Nej, inte i april. [1]", "quotes": ["Elda inte i april."]}
    cited = [{"document": "eldning", "number": 1, "passage": "p", "support": 1}]
    await asker.record("sentence.released", decision, said, citations=cited)
    await asker.record("answer.released", decision, {"told": "Nej, inte i april. [1]"}, outcome="answered")
    await asker.seen(decision)
    return decision


async def send(who: Person, decision: str, text: str = TEXT, message: str = "Stämmer april?") -> audit.Review:
    request = review_pb.SendDraftRequest(principal=who.principal, decision_id=decision, text=text, message=message)
    found = (await who.call(subjects.AUDIT_SEND_DRAFT, request, review_pb.SendDraftResponse)).review
    assert found is not None
    return found


async def sent(who: Person) -> list[audit.Review]:
    request = audit.ListReviewsRequest(authority=AUTHORITY, principal=who.principal, sent=True)
    return list((await who.call(subjects.AUDIT_LIST_REVIEWS, request, audit.ListReviewsResponse)).reviews)


async def test_a_draft_goes_to_colleagues_of_the_unit_and_comes_back_with_what_they_made_of_it(asker, anna, bo):
    decision = await answered(asker, anna)
    twice = await asyncio.gather(send(anna, decision), send(anna, decision))
    assert {each.decision_id for each in twice} == {twice[0].decision_id}
    draft = twice[0].decision_id
    stranger = Person(anna.bus, "eva", unit="skola")
    assert [each.decision_id for each in (await bo.queue()).reviews] == [draft]
    for who in (anna, stranger):
        assert ((await who.queue()).waiting, list((await who.queue()).reviews)) == (0, [])
    assert await stranger.review(draft) is None
    shown = await bo.review(draft)
    assert (shown.kind, shown.draft, shown.reason, shown.question) == (
        "own_draft", TEXT, "Stämmer april?", "Får jag elda?",
    )  # fmt: skip
    assert (shown.sender, shown.sent_by_you, shown.contests) == ("anna", False, decision)
    assert (await anna.review(draft)).sent_by_you

    await bo.claim(draft)
    closed = await bo.close(draft, "edit", text="Nej, inte i maj.", reason="Ny föreskrift.")
    assert closed.state == "edited"
    [mine] = await sent(anna)
    assert (mine.state, mine.text, mine.verdict_reason) == ("edited", "Nej, inte i maj.", "Ny föreskrift.")
    assert mine.closed_at
    assert await sent(bo) == []
    # What the answer was, and how it ended, is as it was.
    kinds = [json.loads(each.leaf) for each in (await asker.get(decision)).records]
    assert [each["outcome"] for each in kinds if "outcome" in each] == ["answered"]
    [verdict] = await bo.own_verdicts()
    assert (verdict.decision_id, verdict.action) == (draft, "edit")


async def test_nobody_reviews_what_they_have_sent_themselves_in_any_role(asker, anna):
    decision = await answered(asker, anna)
    draft = (await send(anna, decision)).decision_id
    for role in (Role.CASEWORKER, Role.ADMIN):
        same = Person(anna.bus, "anna", role, unit="bygg")
        with pytest.raises(Forbidden, match=r"review\.own"):
            await same.claim(draft)
        for action in ("approve", "edit", "reject"):
            with pytest.raises(Forbidden, match=r"review\.own"):
                await same.close(draft, action, text="Ja.", reason="Ja.")
    assert [each.state for each in await sent(anna)] == ["open"]


async def test_machine_words_keep_their_sources_and_others_have_none(asker, anna, bo):
    decision = await answered(asker, anna)
    as_it_was = await send(anna, decision, text="Nej, inte i april. [1]")
    changed = await send(anna, decision, text="Ja, i maj.")
    assert [each.text for each in (await bo.review(as_it_was.decision_id)).sentences] == ["Nej, inte i april. [1]"]
    assert list((await bo.review(changed.decision_id)).sentences) == []


async def test_only_the_one_who_asked_sends_an_answer_on_and_says_why(asker, anna, bo):
    decision = await answered(asker, anna)
    with pytest.raises(NotFound, match=r"decision\.not_found"):
        await send(bo, decision)
    with pytest.raises(NotFound, match=r"decision\.not_found"):
        await send(anna, uuid7())
    for text, message, code in (("", "Titta.", "text"), ("x" * 20_001, "Titta.", "text"), (TEXT, " ", "message")):
        with pytest.raises(InvalidInput, match=rf"review\.{code}"):
            await send(anna, decision, text=text, message=message)
    with pytest.raises(Forbidden, match=r"review\.forbidden"):
        await send(Person(anna.bus, "anna", Role.CITIZEN), decision)


async def test_the_case_file_says_what_a_colleague_was_asked_and_answered(asker, anna, bo):
    decision = await answered(asker, anna)
    draft = (await send(anna, decision)).decision_id
    await bo.close(draft, "reject", reason="Fel lag.")
    made = inspection_pb.FileDecision(decision_id=decision, case_number="BN 1", format="text")
    request = inspection_pb.InspectRequest(principal=anna.principal, reason="Till akten", ask=Oneof("file", made))
    found = await anna.call(subjects.AUDIT_INSPECT, request, inspection_pb.InspectResponse)
    for words in (TEXT, "Stämmer april?", "avvisat", "Fel lag."):
        assert words in found.file.decode()
