"""Worded sentences through the real service: verified by words, vectors and an entailment model, and on record."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import numpy as np

from allmanning.contracts.audit.v1.audit_pb import GateInput
from allmanning.contracts.generate.v1.generate_pb import AnswerRequest, AnswerResponse, Message, Outcome
from allmanning.contracts.index.v1.index_pb import EmbedRequest, EmbedResponse
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.endpoint import Endpoint
from allmanning.runtime.run import Service
from tests.contract.generate.scripted_entailment import scripted_entailment
from tests.contract.generate.scripted_model import Script, ScriptedModel
from tests.integration.generate.scripted_platform import CITIZEN, Platform, passage, platform
from tests.integration.generate.test_answer import ALTAN, QUESTION, finished, kinds
from tests.serving import Serving

VERBATIM = "En altan i markhöjd kräver inte bygglov. [1] "
WORDED = "Bygglov krävs inte för en altan i markhöjd. [1] "
FALSE = "En altan i markhöjd kräver bygglov. [1] "
PATIO = "Do I need a permit for a patio (altan) at ground level?"
PARAPHRASED = "En låg altan i markhöjd går att bygga utan lov. [1]"


async def embed(request: EmbedRequest) -> EmbedResponse:
    """An index process for which all texts mean the same."""
    vector = np.asarray([1.0, 0.0], "<f4").tobytes()
    return EmbedResponse(vectors=[vector] * len(request.texts), dimension=2, model="one")


def settings_of(model: ScriptedModel, **more: object) -> dict[str, Any]:
    return {
        "model_api": "openai", "model_url": f"{model.url}/v1", "model_name": "m", "model_approved": True,
        "sentences_asked_again": 0, **more,
    }  # fmt: skip


async def drafted(served: Platform) -> list[dict[str, Any]]:
    return [each for each in await served.records() if "draft.generated" in str(each["type"])]


def released(served: Platform) -> GateInput:
    given = served.gated[-1].input
    assert given is not None
    return given


async def test_the_record_has_a_verdict_for_every_sentence_said_or_not(bus: Bus) -> None:
    async with (
        ScriptedModel(Script(pieces=(VERBATIM, FALSE, "Läs mer på evil.com. [1]"))) as model,
        platform(bus, **settings_of(model)) as served,
    ):
        served.passages = [passage(ALTAN)]
        done = finished(await served.ask(QUESTION))

        records = await drafted(served)
        assert done.text == "En altan i markhöjd kräver inte bygglov. [1]"
        verdicts = [each for record in records for each in record["verdicts"]]
        assert [(each["support"], each["failed"], each["doubts"]) for each in verdicts] == [(1.0, [], [])]
        reasons = [each["failed"] for record in records for each in record["dropped_for"]]
        assert sorted(reasons) == [["guard.link"], ["negation"]]
        # The codes are public, the texts are not.
        assert "markhöjd" not in str(records)
        said = next(each for each in await served.records() if "sentence.released" in str(each["type"]))
        assert said["after_ms"] >= 0
        assert released(served).verbatim is True


async def test_without_the_embedder_a_worded_sentence_is_left_to_the_rules_for_review(bus: Bus) -> None:
    async with ScriptedModel(Script(pieces=(WORDED,))) as model, platform(bus, **settings_of(model)) as served:
        served.passages = [passage(ALTAN)]
        await served.ask(QUESTION)
        [verdict] = [each for record in await drafted(served) for each in record["verdicts"]]
        assert verdict["doubts"] == ["semantics.away"]
        assert released(served).weakest_support < 0.75

        async with Serving(bus, "index", Service(endpoints=[Endpoint(subjects.INDEX_EMBED, EmbedRequest, embed)])):
            await served.ask(QUESTION)
            assert released(served).weakest_support >= 0.75
            assert released(served).verbatim is False


async def test_an_entailment_model_by_url_carries_other_words_and_its_absence_is_on_record(bus: Bus) -> None:
    async with AsyncExitStack() as stack:
        entailment = stack.enter_context(scripted_entailment())
        model = await stack.enter_async_context(ScriptedModel(Script(pieces=(PARAPHRASED,))))
        settings = settings_of(model, entailment_url=entailment.url)
        served = await stack.enter_async_context(platform(bus, **settings))
        served.passages = [passage(ALTAN)]
        done = finished(await served.ask(QUESTION))
        assert done.outcome == Outcome.ANSWERED
        assert released(served).weakest_support == 0.9
        [record] = [each for each in await drafted(served) if each["verdicts"]]
        assert record["verdicts"][0]["entailment"] == 0.9
        assert record["figures"]["entailment"] == "nli-test@abc"

        entailment.status = 503
        done = finished(await served.ask(QUESTION))
        assert done.outcome == Outcome.ABSTAINED
        *_, record = [each for each in await drafted(served) if each["dropped_for"]]
        assert "entailment.away" in record["dropped_for"][0]["doubts"]


async def test_a_translation_leaves_when_an_entailment_model_carries_it_and_is_left_for_the_sources_without(
    bus: Bus,
) -> None:
    right = "You do not need a permit for a patio at ground level. [1] "
    other_figure = "A patio above 1.5 metres counts as an extension. [1] "
    untrue = "The authority never answers any questions about patios. [1] "
    async with AsyncExitStack() as stack:
        entailment = stack.enter_context(scripted_entailment())
        entailment.judge = lambda premise, hypothesis: (
            (0.9, 0.08, 0.02) if hypothesis in right and "kräver inte" in premise else (0.1, 0.8, 0.1)
        )
        model = await stack.enter_async_context(ScriptedModel(Script(pieces=(right, other_figure, untrue))))
        index = Service(endpoints=[Endpoint(subjects.INDEX_EMBED, EmbedRequest, embed)])
        await stack.enter_async_context(Serving(bus, "index", index))
        checked = await stack.enter_async_context(
            platform(bus, **settings_of(model, entailment_url=entailment.url, embedder_timeout_s=60))
        )
        checked.passages = [passage(ALTAN)]
        done = finished(await checked.ask(PATIO))
        assert (done.model, done.text) == ("m", right.strip())
        assert done.citations[0].quote == "En altan i markhöjd kräver inte bygglov."
        assert (released(checked).weakest_support, released(checked).verbatim) == (0.9, False)
        [record] = [each for each in await drafted(checked) if each["verdicts"]]
        assert (record["verdicts"][0]["entailment"], record["verdicts"][0]["doubts"]) == (0.9, ["language"])
        reasons = [each["failed"] for each in await drafted(checked) for each in each["dropped_for"]]
        assert reasons == [["figures"], ["entailment"]]
        # What the figures tell, no model is asked about.
        assert not any(hypothesis in other_figure for batch in entailment.batches for _, hypothesis in batch)

        entailment.status = 503
        done = finished(await checked.ask(PATIO))
        assert (done.model, done.citations[0].quote) == ("extractive", "En altan i markhöjd kräver inte bygglov.")

    async with ScriptedModel(Script(pieces=(right,))) as model, platform(bus, **settings_of(model)) as alone:
        alone.passages = [passage(ALTAN)]
        done = finished(await alone.ask(PATIO))
        assert (done.model, done.foreword is not None) == ("extractive", True)
        attempts = [each["figures"].get("attempts") for each in await drafted(alone)]
        assert {"model": "m", "left": "translated"} in attempts[-1]


async def test_whoever_leaves_in_mid_sentence_has_been_told_what_the_record_says(bus: Bus) -> None:
    async with (
        ScriptedModel(Script(pieces=(VERBATIM, "Är altanen högre än"), hang_after=2)) as model,
        platform(bus, **settings_of(model)) as served,
    ):
        served.passages = [passage(ALTAN)]
        request = AnswerRequest(principal=CITIZEN, messages=[Message(role="user", content=QUESTION)])
        stream = bus.stream(subjects.GENERATE_ANSWER, request, AnswerResponse)
        heard = [await anext(stream), await anext(stream)]
        await stream.aclose()
        async with asyncio.timeout(10):
            await model.left.wait()
            while kinds(await served.records())[-1] != "answer.released":
                await asyncio.sleep(0.02)

        assert [each.event.field for each in heard if each.event] == ["opened", "sentence"]
        assert (await served.records())[-1]["broken_off"] == "cancelled"
        assert (await served.parts())["told"] == "En altan i markhöjd kräver inte bygglov. [1]"
