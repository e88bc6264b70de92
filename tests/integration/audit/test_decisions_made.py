"""A caseworker who lets an answer out in a case makes a decision, and it is written down by itself."""

from __future__ import annotations

import json
from typing import Any

import pytest

from allmanning.audit.__main__ import service
from allmanning.audit.review.making import Making
from allmanning.audit.settings import AuditSettings
from allmanning.contracts.access.v1.access_pb import Role
from allmanning.contracts.audit.v1 import inspection_pb
from allmanning.runtime.bus import Bus
from allmanning.runtime.identity import uuid7
from allmanning.runtime.record import Recorder
from tests.integration.audit.asker import Asker
from tests.integration.audit.inspecting import report
from tests.integration.audit.office import Person, until
from tests.integration.audit.test_contests import contest
from tests.serving import Serving

ROUTE = "förvaltningsbesvär"


@pytest.fixture
def anna(bus: Bus) -> Person:
    return Person(bus, "anna")


async def held_in_case(asker: Asker, route: str = ROUTE, role: str = "citizen", **gate: object) -> str:
    decision = uuid7()
    await asker.record(
        "question.received", decision, {"question": "Får jag bygga?"}, channel="citizen", role=role, appeal_route=route
    )
    rule = {"verdict": "review", "rule_id": "S4", "legal_basis": "SFS 2017:900, 5 §", **gate}
    parts = {"draft": "Ja, med lov.", "question": "Får jag bygga?", "reason": "Svagt stöd."}
    await asker.record("review.opened", decision, parts, outcome="review", gate=rule)  # type: ignore[arg-type]
    await asker.seen(decision, records=2)
    return decision


async def made(asker: Asker, decision: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Each decision that was written down: its leaf, and its parts."""
    records = (await asker.get(decision, with_content=True)).records
    found = [(json.loads(each.leaf), {part.name: json.loads(part.content) for part in each.parts}) for each in records]
    return [each for each in found if each[0]["type"] == "se.audit.decision.made.v1"]


async def test_what_a_caseworker_lets_out_in_a_case_is_a_decision_on_record(asker, anna, bus):
    decision = await held_in_case(asker, second_reviewer=True)
    await anna.close(decision, "edit", text="Ja, med bygglov.")
    assert await made(asker, decision) == []
    bo = Person(bus, "bo")
    await bo.close(decision, "approve")
    await bo.close(decision, "approve")
    [(leaf, parts)] = await made(asker, decision)
    assert (leaf["mode"], leaf["appeal_route"], leaf["machine_participation"]) == ("official", ROUTE, "draft")
    assert parts["content"] == "Ja, med bygglov."
    assert (parts["decided_by"], parts["participated"], parts["presented_by"]) == (["bo"], ["anna"], [])
    found = await linted(asker)
    codes = {each["code"] for each in found[decision]}
    assert {"fl32.provisions", "fl32.facts", "fl25.communicated", "fl33.notified"} <= codes
    assert not {"record.decision", "fl31.date", "fl31.content", "fl31.decided_by", "fl31.presented_by"} & codes


async def linted(asker: Asker) -> dict[str, list[dict[str, Any]]]:
    found = await report(asker, "lint", inspection_pb.LintDecisions())
    return {each["decision"]: each["breaches"] for each in found["decisions"]}


@pytest.mark.parametrize(("route", "role"), [("ej_ärende", "citizen"), (ROUTE, "caseworker")])
async def test_where_nothing_is_decided_no_decision_is_written(asker, anna, route, role):
    decision = await held_in_case(asker, route, role)
    await anna.close(decision, "approve")
    assert await made(asker, decision) == []


async def test_a_draft_that_is_rejected_decides_nothing(asker, anna):
    decision = await held_in_case(asker)
    await anna.close(decision, "reject", reason="Fel.")
    assert await made(asker, decision) == []


async def test_a_decision_that_is_changed_when_it_is_contested_is_made_anew(asker, anna, bus):
    decision = await held_in_case(asker)
    await anna.close(decision, "approve")
    citizen = Person(bus, "kim", Role.CITIZEN)
    await anna.close(await contest(citizen, decision), "approve")
    assert [parts["content"] for _, parts in await made(asker, decision)] == ["Ja, med lov."]
    await anna.close(await contest(citizen, decision), "edit", text="Nej.")
    assert [parts["content"] for _, parts in await made(asker, decision)] == ["Ja, med lov.", "Nej."]


async def test_what_a_killed_process_did_not_write_is_written_by_the_next(bus, tmp_path, anna, monkeypatch):
    async def killed(making: Making, key: object) -> None:
        """Nothing comes after the verdict."""

    settings = AuditSettings(data_dir=tmp_path / "data")
    asker = Asker(bus, Recorder(bus, "generate"))
    with monkeypatch.context() as patched:
        patched.setattr(Making, "settle", killed)
        async with service(bus, settings) as built, Serving(bus, "audit", built):
            decision = await held_in_case(asker)
            await anna.close(decision, "approve")
            assert await made(asker, decision) == []
    async with service(bus, settings) as built, Serving(bus, "audit", built):

        async def written() -> bool:
            return bool(await made(asker, decision))

        await until(written)
        await anna.close(decision, "approve")
        assert len(await made(asker, decision)) == 1
