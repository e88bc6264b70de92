"""Whether people review, or only approve: known-wrong drafts, and figures of teams."""

from __future__ import annotations

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
from allmanning.runtime.errors import Forbidden, InvalidInput
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
    answer = await bus.call(
        subjects.AUDIT_EXPORT, audit.ExportRequest(authority=AUTHORITY, with_content=True), audit.ExportResponse
    )
    report = verify(await Objects(bus, "exports").get(answer.object))
    assert report.ok, [each for each in report.checks if not each.ok]


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


async def test_a_rejection_closes_at_once_and_counts_as_a_reversal_of_the_first_approval(asker, anna, bo):
    decision = await held(asker, second_reviewer=True)
    await anna.close(decision, "approve")
    assert (await bo.close(decision, "reject", reason="Fel.")).state == "rejected"
    admin = Person(asker.bus, "chef", Role.ADMIN)
    [group] = (await oversight(admin)).groups
    assert (group.approved, group.rejected, group.reversed) == (1, 1, 1)
