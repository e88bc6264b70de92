"""What an administrator is told of the models and their servers."""

from __future__ import annotations

import asyncio
from pathlib import Path

from allmanning.contracts.generate.v1.generate_pb import GetSetupRequest, GetSetupResponse
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from tests.contract.generate.scripted_model import Script, ScriptedModel
from tests.integration.generate.scripted_platform import CITIZEN, platform

REGISTRY = """
models:
  - {{name: stor, api: openai, replicas: ["{url}/v1", "http://127.0.0.1:9/v1"], languages: [sv], context_tokens: 4096,
     capacity: 3, fallback: liten, highest_secrecy: internal, approved: true}}
  - {{name: liten, api: openai, replicas: ["{url}/v1"], fallback: extractive}}
  - {{name: vilande, api: tgi, replicas: ["http://127.0.0.1:9"], fallback: none}}
"""


async def models(bus: Bus) -> list[GetSetupResponse.Model]:
    found = await bus.call(subjects.GENERATE_GET_SETUP, GetSetupRequest(principal=CITIZEN), GetSetupResponse)
    return list(found.models)


async def test_models_are_told_in_the_order_they_are_asked_with_the_servers_that_do_not_answer(
    bus: Bus, tmp_path: Path
) -> None:
    async with ScriptedModel(Script(("Ja. [1]",))) as model:
        file = tmp_path / "models.yaml"
        file.write_text(REGISTRY.format(url=model.url))
        async with platform(bus, model_registry=file, model_probe_s=0.05):
            async with asyncio.timeout(20):
                while all(each.well for each in (await models(bus))[0].replicas):
                    await asyncio.sleep(0.05)
            known = await models(bus)

    assert [(each.name, each.turn, each.fallback) for each in known] == [
        ("stor", 1, "liten"),
        ("liten", 2, "extractive"),
        ("extractive", 3, "none"),
        ("vilande", 0, "none"),
    ]
    first = known[0]
    assert (first.context_tokens, first.highest_secrecy, list(first.languages), first.approved) == (
        4096, "internal", ["sv"], True,
    )  # fmt: skip
    assert [(each.number, each.well, each.capacity) for each in first.replicas] == [(1, True, 3), (2, False, 3)]


async def test_without_a_model_the_documents_own_sentences_are_the_only_one(bus: Bus) -> None:
    async with platform(bus):
        (only,) = await models(bus)

    assert (only.name, only.turn, list(only.replicas)) == ("extractive", 1, [])
