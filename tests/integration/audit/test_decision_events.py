"""What becomes of a decision later is in records of their own."""

from __future__ import annotations

import json

import pytest

from allmanning.contracts.access.v1.access_pb import Role
from allmanning.contracts.audit.v1 import review_pb as proto
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import Conflict, Forbidden, NotFound
from tests.integration.audit.office import Person


@pytest.fixture
def anna(bus: Bus) -> Person:
    return Person(bus, "anna")


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
