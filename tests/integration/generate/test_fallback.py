"""When a model cannot answer the next one does, and the record and the asker are told who did."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from allmanning.contracts.access.v1.access_pb import Secrecy
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import Unavailable
from tests.contract.generate.scripted_model import Script, ScriptedModel
from tests.integration.generate.scripted_platform import Platform, passage, platform
from tests.integration.generate.test_answer import ALTAN, QUESTION, finished

BEGUN = Script(pieces=("En altan i markhöjd kräver inte bygglov. [1] Är", " altanen"), drop_after=1)


@pytest.fixture
async def first() -> AsyncIterator[ScriptedModel]:
    async with ScriptedModel(Script(pieces=("En altan i markhöjd kräver inte bygglov. [1]",))) as made:
        yield made


@pytest.fixture
async def second() -> AsyncIterator[ScriptedModel]:
    async with ScriptedModel(Script(pieces=("Kommunen svarar på frågor om altaner. [1]",))) as made:
        yield made


@pytest.fixture
def registry(tmp_path: Path, first: ScriptedModel, second: ScriptedModel) -> dict[str, Any]:
    models = [
        {"name": "stor", "api": "openai", "replicas": [f"{first.url}/v1"], "fallback": "liten", "approved": True},
        {"name": "liten", "api": "tgi", "replicas": [second.url], "highest_secrecy": "secret"},
    ]
    return {"file": tmp_path / "modeller.yaml", "models": models}


@pytest.fixture
async def served(bus: Bus, registry: dict[str, Any]) -> AsyncIterator[Platform]:
    registry["file"].write_text(yaml.safe_dump({"models": registry["models"]}))
    async with platform(bus, model_registry=registry["file"]) as made:
        made.passages = [passage(ALTAN)]
        yield made


async def drafted(served: Platform) -> dict[str, Any]:
    return next(each for each in await served.records() if each["type"] == "se.audit.draft.generated.v1")


async def test_the_first_model_answers_while_it_can(served: Platform) -> None:
    assert finished(await served.ask(QUESTION)).model == "stor"
    record = await drafted(served)
    assert record["model"] == "stor"
    assert record["figures"]["attempts"] == [{"model": "stor", "replica": 1}]
    release = served.gated[-1].input
    assert release is not None
    assert release.model_approved is True


async def test_the_next_model_answers_when_the_first_is_down(served: Platform, first: ScriptedModel) -> None:
    first.script = Script(status=500)

    done = finished(await served.ask(QUESTION))

    assert (done.model, done.text) == ("liten", "Kommunen svarar på frågor om altaner. [1]")
    record = await drafted(served)
    assert record["model"] == "liten"
    assert record["figures"]["attempts"] == [
        {"model": "stor", "replica": 1, "left": "model.unavailable"},
        {"model": "liten", "replica": 1},
    ]
    release = served.gated[-1].input
    assert release is not None
    assert release.model_approved is False


async def test_the_documents_own_sentences_are_the_last_resort(
    served: Platform, first: ScriptedModel, second: ScriptedModel
) -> None:
    first.script = Script(status=429, headers={"Retry-After": "30"})
    second.script = Script(status=503)

    done = finished(await served.ask(QUESTION))

    assert done.model == "extractive"
    assert done.text.startswith("En altan i markhöjd kräver inte bygglov.")
    assert (await drafted(served))["figures"]["attempts"] == [
        {"model": "stor", "replica": 1, "left": "model.busy"},
        {"model": "liten", "replica": 1, "left": "model.unavailable"},
        {"model": "extractive"},
    ]


@pytest.mark.parametrize("secrecy", [Secrecy.INTERNAL, Secrecy.SECRET, Secrecy.UNSPECIFIED])
async def test_no_model_is_given_a_passage_above_its_class(
    served: Platform, first: ScriptedModel, second: ScriptedModel, secrecy: Secrecy
) -> None:
    closed = passage("Det här får inte alla läsa om altaner.", number=2)
    assert closed.passage is not None
    assert closed.passage.document is not None
    closed.passage.document.secrecy = secrecy
    served.passages.append(closed)

    assert finished(await served.ask(QUESTION)).model == "liten"

    assert first.requests == []
    assert len(second.requests) == 1
    attempts = (await drafted(served))["figures"]["attempts"]
    assert attempts[0] == {"model": "stor", "left": "secrecy"}


async def test_what_was_said_stays_said_when_a_model_breaks_off(
    served: Platform, first: ScriptedModel, second: ScriptedModel
) -> None:
    first.script = BEGUN

    with pytest.raises(Unavailable) as caught:
        await served.ask(QUESTION)

    assert caught.value.code == "model.interrupted"
    assert second.requests == []
    last = (await served.records())[-1]
    assert (last["outcome"], last["broken_off"]) == ("answered", "model.interrupted")


async def test_the_models_are_pinned_without_where_they_run(served: Platform, first: ScriptedModel) -> None:
    await served.ask(QUESTION)

    pinned = (await served.pinned())["model"].decode()
    assert '"answerer":"stor"' in pinned
    assert '"fallback":"liten"' in pinned
    assert str(first.port) not in pinned


class TestWithoutALastResort:
    @pytest.fixture
    def registry(self, registry: dict[str, Any]) -> dict[str, Any]:
        registry["models"] = [{**registry["models"][0], "fallback": "none", "languages": ["sv"]}]
        return registry

    async def test_who_was_asked_is_on_record_before_the_failure_is_told(
        self, served: Platform, first: ScriptedModel
    ) -> None:
        first.script = Script(status=503)
        with pytest.raises(Unavailable):
            await served.ask(QUESTION)

        assert (await drafted(served))["figures"]["attempts"] == [
            {"model": "stor", "replica": 1, "left": "model.unavailable"}
        ]

    async def test_a_model_is_not_asked_in_a_language_it_may_not_answer_in(
        self, served: Platform, first: ScriptedModel
    ) -> None:
        with pytest.raises(Unavailable) as caught:
            await served.ask("Do I need a building permit for a patio?")

        assert caught.value.code == "model.not_allowed"
        assert first.requests == []
        assert (await drafted(served))["figures"]["attempts"] == [{"model": "stor", "left": "language"}]
