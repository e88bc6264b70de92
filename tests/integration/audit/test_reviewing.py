"""The queue: who may take what, what happens when two want the same, and what is measured."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from allmanning.audit.__main__ import service
from allmanning.audit.settings import AuditSettings
from allmanning.contracts.access.v1.access_pb import Role
from allmanning.contracts.audit.v1 import audit_pb as audit
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import Conflict, Forbidden, InvalidInput
from allmanning.runtime.record import Recorder
from tests.integration.audit.asker import Asker
from tests.integration.audit.office import Person, held
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


async def test_a_reviewer_sees_each_sentence_beside_its_ground_and_what_is_recorded_of_the_work(asker, anna, bo):
    place = {"document": "eldning", "title": "Eldning", "page": 2, "start": 10, "end": 28, "quote": "Elda inte."}
    said = {"text": "Nej, inte i april.", "support": 0.81, "doubts": ["negation"], "quotes": [place]}
    decision = await held(asker, second_reviewer=True, legal_basis="LSO 2 kap. 7 §", grounds=[said])
    assert not (await anna.queue()).reviews[0].sentences

    shown = await anna.review(decision)
    assert shown is not None
    [sentence] = shown.sentences
    [ground] = sentence.grounds
    assert (sentence.text, sentence.support, sentence.doubts) == ("Nej, inte i april.", 0.81, ["negation"])
    assert (ground.document, ground.page, ground.start, ground.end) == ("eldning", 2, 10, 28)
    assert {each.document for each in shown.documents} == {"eldning", "brandskydd"}
    assert (shown.kind, shown.legal_basis, shown.second_reviewer) == ("draft", "LSO 2 kap. 7 §", True)
    assert shown.work is None

    await anna.claim(decision)
    assert (await anna.see(decision, "eldning")).opened == ["eldning"]
    mine, other = await anna.review(decision), await bo.review(decision)
    assert mine is not None
    assert mine.work is not None
    assert mine.work.opened == ["eldning"]
    assert other is not None
    assert other.work is None


async def test_a_review_for_others_is_not_shown_to_whoever_knows_its_number(asker, anna, bus):
    decision = await held(asker, unit="bygg")
    assert await anna.review(decision) is None
    assert await Person(bus, "b", unit="bygg").review(decision) is not None


async def test_a_reviewer_may_see_what_is_recorded_of_the_own_verdicts_and_of_nobody_elses(asker, anna, bo):
    first, second = await held(asker), await held(asker)
    await anna.claim(first)
    await anna.see(first, "eldning")
    await anna.close(first, "edit", text="Nej, inte i maj.")
    await bo.close(second, "approve")
    [own] = await anna.own_verdicts()
    assert (own.decision_id, own.action, own.sources_opened, own.sources) == (first, "edit", 1, 2)
    assert own.edited_share > 0
    assert [each.decision_id for each in await bo.own_verdicts()] == [second]
    await anna.close(third := await held(asker), "approve")
    newest = await anna.own_page(limit=1)
    older = await anna.own_page(limit=1, before=newest.next)
    assert [each.decision_id for each in (*newest.verdicts, *older.verdicts)] == [third, first]
    assert (await anna.own_page(limit=1, before=older.next)).next == ""
