"""What an authority chooses for itself: on record, in force for the next question without a restart, and back again."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yaml

from allmanning.contracts.access.v1.access_pb import Principal, Role
from allmanning.contracts.generate.v1 import generate_pb as proto
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import Conflict, Forbidden, InvalidInput, PlatformError
from tests.contract.generate.scripted_model import Script, ScriptedModel
from tests.integration.generate.scripted_platform import Platform, passage, platform
from tests.integration.generate.test_answer import ALTAN, QUESTION, finished

ADMIN = Principal(authority="exempelby", role=Role.ADMIN, channel="internal", key_id="anna")
AUDITOR = Principal(authority="exempelby", role=Role.AUDITOR, channel="internal", key_id="rut")


@pytest.fixture
async def models() -> AsyncIterator[tuple[ScriptedModel, ScriptedModel]]:
    said = Script(pieces=("En altan i markhöjd kräver inte bygglov. [1]",))
    async with ScriptedModel(said) as first, ScriptedModel(said) as second:
        yield first, second


@pytest.fixture
async def served(bus: Bus, tmp_path: Path, models: tuple[ScriptedModel, ScriptedModel]) -> AsyncIterator[Platform]:
    first, second = models
    registry, authority = tmp_path / "modeller.yaml", tmp_path / "exempelby.yaml"
    listed = [
        {"name": "stor", "api": "openai", "replicas": [f"{first.url}/v1"], "highest_secrecy": "internal"},
        {
            "name": "liten",
            "api": "openai",
            "replicas": [f"{second.url}/v1"],
            "highest_secrecy": "internal",
            "capacity": 2,
        },
        {"name": "moln", "api": "openai", "replicas": [f"{second.url}/v1"], "highest_secrecy": "open"},
    ]
    registry.write_text(yaml.safe_dump({"models": listed}))
    authority.write_text(
        yaml.safe_dump({"id": "exempelby", "tone": "Säg du.", "model_secrecy": "internal"}, allow_unicode=True)
    )
    async with platform(bus, model_registry=registry, authorities=authority) as made:
        made.passages = [passage(ALTAN)]
        yield made


async def known(bus: Bus, who: Principal = ADMIN) -> proto.GetChoicesResponse:
    return await bus.call(
        subjects.GENERATE_GET_CHOICES, proto.GetChoicesRequest(principal=who), proto.GetChoicesResponse
    )


async def places_of(bus: Bus) -> int:
    request = proto.GetLoadRequest(principal=ADMIN)
    return (await bus.call(subjects.GENERATE_GET_LOAD, request, proto.GetLoadResponse)).places


async def choose(
    bus: Bus, choice: proto.Choice, *, who: Principal = ADMIN, revision: int | None = None, reason: str = "Prov"
) -> proto.SetChoicesResponse:
    revision = (await known(bus)).revision if revision is None else revision
    request = proto.SetChoicesRequest(principal=who, choice=choice, revision=revision, reason=reason)
    return await bus.call(subjects.GENERATE_SET_CHOICES, request, proto.SetChoicesResponse)


async def refused(kind: type[PlatformError], asking) -> str:
    with pytest.raises(kind) as error:
        await asking
    return error.value.code


async def test_another_model_and_tone_hold_for_the_next_question_and_back_again(
    bus: Bus, served: Platform, models: tuple[ScriptedModel, ScriptedModel]
) -> None:
    first, second = models
    before = finished(await served.ask(QUESTION))
    places = [await places_of(bus)]
    await choose(bus, proto.Choice(model="liten", tone="Skriv ni, inte du."))
    changed = finished(await served.ask(QUESTION))
    places.append(await places_of(bus))
    await choose(bus, proto.Choice(model="extractive"))
    extract = finished(await served.ask(QUESTION))
    await choose(bus, proto.Choice())
    back = finished(await served.ask(QUESTION))
    records, shown = await served.records(), await known(bus)

    # Those of the model's own servers.
    assert places == [8, 2]
    assert [each.model for each in (before, changed, extract, back)] == ["stor", "liten", "extractive", "stor"]
    assert before.pins["model"] != changed.pins["model"] != extract.pins["model"]
    assert before.pins["authority"] != changed.pins["authority"]
    assert before.pins == back.pins
    assert "Skriv ni, inte du." in json.dumps(second.requests[-1], ensure_ascii=False)
    assert "Säg du." in json.dumps(first.requests[-1], ensure_ascii=False)
    changes = [each for each in records if each["type"] == "se.audit.config.changed.v1"]
    assert [each["after"] for each in changes] == [
        {"model": "liten", "tone": "Skriv ni, inte du."},
        {"model": "extractive", "tone": None},
        {"model": "", "tone": None},
    ]
    assert "reason" in changes[0]["parts"]
    assert [each.reason for each in shown.changes] == ["Prov"] * 3
    assert [(each.name, list(each.chain), each.barred) for each in shown.options] == [
        ("stor", ["stor", "extractive"], False),
        ("liten", ["liten", "extractive"], False),
        ("moln", ["moln", "extractive"], True),
        ("extractive", ["extractive"], False),
    ]


async def test_what_may_not_be_chosen_is_refused_and_changes_nothing(bus: Bus, served: Platform) -> None:
    assert await refused(Conflict, choose(bus, proto.Choice(model="moln"))) == "choice.model_barred"
    assert await refused(InvalidInput, choose(bus, proto.Choice(model="okänd"))) == "choice.model_unknown"
    assert await refused(InvalidInput, choose(bus, proto.Choice(tone="x" * 601))) == "choice.invalid"
    assert await refused(InvalidInput, choose(bus, proto.Choice(tone="x"), reason=" ")) == "choice.reason_missing"
    assert await refused(Conflict, choose(bus, proto.Choice(tone="x"), revision=7)) == "choice.changed"
    assert await refused(Forbidden, choose(bus, proto.Choice(tone="x"), who=AUDITOR)) == "choice.forbidden"
    assert (await known(bus, AUDITOR)).revision == 0
    assert finished(await served.ask(QUESTION)).model == "stor"
