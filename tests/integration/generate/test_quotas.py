"""Quotas on the real bus: who may change what, on record, and in force for the next question."""

from __future__ import annotations

from pathlib import Path

import pytest

from allmanning.contracts.access.v1.access_pb import Principal, Role
from allmanning.contracts.generate.v1 import generate_pb as proto
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import Busy, Conflict, Forbidden, InvalidInput, PlatformError
from tests.contract.generate.scripted_model import Script, ScriptedModel
from tests.integration.generate.scripted_platform import passage, platform
from tests.integration.generate.test_admission import SAID, ask, model_settings, values

ADMIN = Principal(authority="exempelby", role=Role.ADMIN, channel="internal", key_id="anna")
AUDITOR = Principal(authority="exempelby", role=Role.AUDITOR, channel="internal", key_id="rut")
DRIFT = Principal(authority="driften", role=Role.ADMIN, channel="api", key_id="olle")


async def quota(bus: Bus, who: Principal = ADMIN, **values: object) -> proto.GetQuotaResponse:
    request = proto.GetQuotaRequest(principal=who, **values)  # type: ignore[arg-type]
    return await bus.call(subjects.GENERATE_GET_QUOTA, request, proto.GetQuotaResponse)


async def change(
    bus: Bus,
    who: Principal,
    known: proto.GetQuotaResponse,
    *,
    authority: str = "",
    operator: bool = False,
    **changes: object,
) -> proto.SetQuotaResponse:
    wanted = proto.Quota.from_binary(known.quota.to_binary())
    for name, value in changes.items():
        setattr(wanted, name, value)
    request = proto.SetQuotaRequest(
        principal=who, authority=authority, operator=operator, quota=wanted, revision=known.revision
    )
    return await bus.call(subjects.GENERATE_SET_QUOTA, request, proto.SetQuotaResponse)


async def refused(kind: type[PlatformError], asking) -> str:
    with pytest.raises(kind) as error:
        await asking
    return error.value.code


async def test_a_limit_holds_from_the_next_question_on_and_after_a_restart(bus: Bus) -> None:
    async with ScriptedModel(Script((SAID,))) as model:
        async with platform(bus, **model_settings(model)) as served:
            served.passages = [passage(SAID)]
            assert isinstance(values(await ask(served))[-1], proto.Finished)
            known = await quota(bus)
            assert (known.quota.tokens_per_day, known.revision, list(known.changes)) == (0, 0, [])
            await change(bus, DRIFT, known, authority="exempelby", operator=True, tokens_per_day=5, weight=2.5)
            with pytest.raises(Busy) as busy:
                await ask(served)
            record = [each for each in await served.records() if each["type"] == "se.audit.config.changed.v1"]
            actor = (await served.parts())["actor"]
        async with platform(bus, **model_settings(model)):
            after = await quota(bus)

    assert busy.value.code == "budget.used_up"
    assert [(each["what"], each["operator"], each["tenant"]) for each in record] == [("quota", True, "exempelby")]
    assert (record[0]["before"]["tokens_per_day"], record[0]["after"]["tokens_per_day"]) == (0, 5)
    assert "olle" not in str(record)
    assert actor["key_id"] == "olle"
    assert (after.quota.tokens_per_day, after.quota.weight, after.tokens_used) == (5, 2.5, known.tokens_used)
    (told,) = after.changes
    assert (told.by, told.operator, told.record) == ("olle", True, record[0]["id"])
    assert (told.before.weight, told.after.weight) == (1.0, 2.5)


async def test_what_all_share_is_set_by_whoever_runs_the_platform_and_the_rest_by_the_authority(bus: Bus) -> None:
    async with platform(bus) as served:
        known = await quota(bus)
        for wanted in ({"weight": 1000.0}, {"tokens_per_day": 10**9}):
            assert await refused(Forbidden, change(bus, ADMIN, known, **wanted)) == "quota.operator_only"
        other = change(bus, ADMIN, known, authority="annanby", own_tokens_per_day=1)
        assert await refused(Forbidden, other) == "quota.operator_only"
        assert await refused(Forbidden, quota(bus, authority="annanby")) == "quota.operator_only"
        assert await refused(Forbidden, change(bus, AUDITOR, known, own_tokens_per_day=1)) == "quota.forbidden"
        citizen = Principal(authority="exempelby", role=Role.CITIZEN)
        assert await refused(Forbidden, quota(bus, citizen)) == "quota.forbidden"

        weights = {**known.quota.channel_weights, "citizen": 4.0}
        await change(bus, ADMIN, known, own_tokens_per_day=700, channel_weights=weights)
        load = await bus.call(
            subjects.GENERATE_GET_LOAD, proto.GetLoadRequest(principal=AUDITOR), proto.GetLoadResponse
        )
        neighbour = await quota(bus, DRIFT, authority="annanby", operator=True)
        records = await served.records()

    assert (load.tokens_per_day, load.channel_weights["citizen"], load.weight) == (700, 4.0, 1.0)
    assert (neighbour.quota.own_tokens_per_day, neighbour.quota.channel_weights["citizen"]) == (0, 16.0)
    assert len(records) == 1


async def test_two_who_change_at_once_do_not_undo_each_other(bus: Bus, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("id: exempelby\nshare: {tokens_per_day: 2000, weight: 3}\n")
    async with platform(bus, authorities=tmp_path) as served:
        known = await quota(bus)
        assert (known.quota.weight, known.quota.tokens_per_day) == (3.0, 2000)
        assert await refused(InvalidInput, change(bus, ADMIN, known, own_tokens_per_day=2001)) == "quota.invalid"
        await change(bus, ADMIN, known, own_tokens_per_day=900)
        late = change(bus, DRIFT, known, authority="exempelby", operator=True, weight=1.0)
        assert await refused(Conflict, late) == "quota.changed"
        again = await quota(bus)
        same = await change(bus, ADMIN, again)
        records = await served.records()

    assert (again.quota.weight, again.quota.own_tokens_per_day) == (3.0, 900)
    assert same.revision == again.revision
    assert len(records) == 1
