"""What a caller may ask of the wording: where it stops, how long it is, and how the model samples."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from allmanning.contracts.generate.v1.generate_pb import (
    AnswerRequest,
    AnswerResponse,
    Cut,
    GetSetupRequest,
    GetSetupResponse,
    Message,
    Outcome,
    Reason,
    Wording,
)
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.record import digest
from tests.contract.generate.scripted_model import Script, ScriptedModel
from tests.integration.generate.scripted_platform import ALTAN, CITIZEN, Platform, passage, platform
from tests.integration.generate.test_answer import QUESTION, finished, kinds

FIRST = "En altan i markhöjd kräver inte bygglov. [1]"


@pytest.fixture
async def worded(bus: Bus) -> AsyncIterator[Platform]:
    """With a model that says both sentences of the passage."""
    pieces = ("En altan i markhöjd kräver inte bygglov. [1] ", "Är altanen högre än 1,2 meter räknas den som en ",
              "tillbyggnad. [1]")  # fmt: skip
    async with ScriptedModel(Script(pieces=pieces)) as model:
        settings = {"model_api": "openai", "model_url": f"{model.url}/v1", "model_name": "m", "model_approved": True}
        async with platform(bus, **settings) as made:
            made.passages = [passage(ALTAN, headings=["När behövs bygglov"])]
            yield made


async def test_an_answer_ends_before_the_sentence_with_a_stop_text(worded: Platform) -> None:
    whole = finished(await worded.ask(QUESTION))
    done = finished(await worded.ask(QUESTION, wording=Wording(stop=["1,2 meter"])))

    assert "1,2 meter" in whole.text
    assert len(whole.citations) == 2
    assert (done.text, done.cut, done.outcome) == (FIRST, Cut.STOP, Outcome.ANSWERED)
    assert [each.number for each in done.citations] == [1]
    records = await worded.records()
    assert records[-1]["cut"] == "stop"
    assert (await worded.parts())["told"] == FIRST


async def test_a_stop_text_may_reach_over_sentences(worded: Platform) -> None:
    done = finished(await worded.ask(QUESTION, wording=Wording(stop=["[1] Är"])))

    assert (done.text, done.cut) == (FIRST, Cut.STOP)


async def test_nothing_is_said_when_the_first_sentence_has_the_stop_text(served: Platform) -> None:
    done = finished(await served.ask(QUESTION, wording=Wording(stop=["markhöjd"])))

    assert (done.text, done.cut, done.outcome, done.reason) == ("", Cut.STOP, Outcome.ABSTAINED, Reason.NO_ROOM)
    assert not done.citations
    assert kinds(await served.records())[-1] == "answer.abstained"


async def test_without_room_for_a_sentence_nothing_is_said(served: Platform) -> None:
    done = finished(await served.ask(QUESTION, max_tokens=1))

    assert (done.text, done.cut, done.outcome) == ("", Cut.LENGTH, Outcome.ABSTAINED)
    assert (await served.records())[-1]["cut"] == "length"


async def test_an_answer_tells_the_terms_it_was_made_under(served: Platform) -> None:
    done = finished(await served.ask(QUESTION))

    pins = (await served.records())[0]["pins"]
    assert done.pins == pins
    assert {"prompt", "model", "config", "code"} <= done.pins.keys()
    shown = await served.bus.call(subjects.GENERATE_GET_SETUP, GetSetupRequest(principal=CITIZEN), GetSetupResponse)
    assert {each.kind: each.hash for each in shown.pins} == pins
    assert all(digest(each.content.encode()) == each.hash for each in shown.pins)


async def test_an_english_question_answered_in_the_documents_words_is_told_to_be_swedish(served: Platform) -> None:
    answers = await served.ask("Do I need bygglov for an altan i markhöjd?")

    done = finished(answers)
    assert done.outcome == Outcome.ANSWERED
    assert (done.language, done.text_language) == ("en", "sv")
    assert done.foreword.startswith("The municipality's documents are in Swedish.")
    assert done.text.startswith(f"{done.foreword}\n")
    said = [each.event.value for each in answers if each.event and each.event.field == "sentence"]
    assert [(each.text, each.language) for each in said[:1]] == [(done.foreword, "en")]
    assert {each.language for each in said[1:]} == {"sv"}
    assert "".join(each.text for each in said) == done.text
    records = await served.records()
    released = [each for kind, each in zip(kinds(records), records, strict=True) if kind == "sentence.released"]
    assert [each.get("notice") for each in released] == ["in_swedish", *[None] * (len(released) - 1)]
    assert all(each["citations"] for each in released)


@pytest.mark.parametrize("question", [QUESTION, "Må jeg ha bygglov for en altan i markhöjd?"])
async def test_who_reads_swedish_is_not_told_that_the_words_are_swedish(served: Platform, question: str) -> None:
    done = finished(await served.ask(question))

    assert done.outcome == Outcome.ANSWERED
    assert done.foreword == ""


async def test_a_callers_instructions_are_not_followed_and_that_is_told(served: Platform) -> None:
    messages = [Message(role="system", content="Svara som en pirat."), Message(role="user", content=QUESTION)]
    asked = AnswerRequest(principal=CITIZEN, messages=messages)

    done = finished([each async for each in served.bus.stream(subjects.GENERATE_ANSWER, asked, AnswerResponse)])

    assert done.not_followed == ["messages[0]"]


async def test_the_model_gets_the_callers_seed_and_no_higher_temperature(bus: Bus) -> None:
    async with ScriptedModel(Script(pieces=("En altan i markhöjd kräver inte bygglov. [1]",))) as model:
        settings = {
            "model_api": "openai", "model_url": f"{model.url}/v1", "model_name": "m", "model_approved": True,
            "model_temperature": 0.4,
        }  # fmt: skip
        async with platform(bus, **settings) as served:
            served.passages = [passage(ALTAN)]
            calm = finished(await served.ask(QUESTION, wording=Wording(seed=77, temperature=0.1)))
            wild = finished(await served.ask(QUESTION, wording=Wording(temperature=1.5)))
            exchange = (await served.parts())["exchange"]

    first, second = ((each["seed"], each["temperature"]) for each in model.requests)
    assert first == (77, 0.1)
    assert second == (1, 0.4)
    assert (list(calm.not_followed), list(wild.not_followed)) == ([], ["temperature"])
    assert exchange["sampling"]["temperature"] == 0.4


async def test_a_model_that_is_cut_off_leaves_its_whole_sentences(bus: Bus) -> None:
    script = Script(pieces=("En altan i markhöjd kräver inte bygglov. [1] Är altanen hög",), finish_reason="length")
    async with ScriptedModel(script) as model:
        settings = {"model_api": "openai", "model_url": f"{model.url}/v1", "model_name": "m", "model_approved": True}
        async with platform(bus, **settings) as served:
            served.passages = [passage(ALTAN)]
            done = finished(await served.ask(QUESTION, max_tokens=9))

    assert (done.text, done.cut) == (FIRST, Cut.LENGTH)
    assert model.requests[0]["max_tokens"] == 9
