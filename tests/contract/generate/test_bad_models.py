"""However badly a model behaves, what is said stands in its source and the answer ends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from allmanning.generate.draft import Draft
from allmanning.generate.model.answerer import ModelAnswerer
from allmanning.generate.model.server import ModelServer
from allmanning.generate.pipeline import read_pipeline
from allmanning.runtime.errors import TimedOut, Unavailable
from tests.contract.generate.scripted_model import Script, ScriptedModel
from tests.contract.generate.test_model_dialects import TASK

TRUE = "Avgiften är 900 kronor. [1] "
FALSE = "Avgiften är 950 kronor. [1] "


@pytest.fixture(params=["tgi", "openai"])
async def answerer(request: pytest.FixtureRequest, model: ScriptedModel) -> AsyncIterator[ModelAnswerer]:
    url = model.url if request.param == "tgi" else f"{model.url}/v1"
    made = ModelAnswerer(
        read_pipeline(None, request.param), ModelServer(url, "m", timeout_s=10.0, max_tokens=64), most_again=0
    )
    await made.warm_up()
    yield made
    await made.close()


async def drafts(answerer: ModelAnswerer) -> list[Draft]:
    async with asyncio.timeout(60):
        return [draft async for draft in answerer.answer(TASK)]


def said(drafted: list[Draft]) -> list[str]:
    return [sentence.text for draft in drafted for sentence in draft.sentences]


def failed(drafted: list[Draft]) -> list[object]:
    """Why each dropped sentence was dropped."""
    return [code for draft in drafted for reason in draft.reasons for code in [*reason["failed"]]]  # type: ignore[misc]


def frame(text: bytes) -> bytes:
    """An event of the stream whose content is these bytes, well formed or not."""
    head = b'data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,'
    return head + b'"delta":{"role":"assistant","content":"' + text + b'"},"finish_reason":null}]}\n\n'


LAST = (
    b'data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":'
    b'{"content":""},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
)


async def test_a_model_that_says_nothing_gives_no_sentence(answerer: ModelAnswerer, model: ScriptedModel) -> None:
    model.script = Script(pieces=())
    assert said(await drafts(answerer)) == []


async def test_garbage_is_dropped_and_after_ten_sentences_of_it_nobody_listens(
    answerer: ModelAnswerer, model: ScriptedModel
) -> None:
    model.script = Script(pieces=[f"Qwxz{number} flurb glarn snork. " for number in range(200)], pause_s=0)
    drafted = await drafts(answerer)
    assert said(drafted) == []
    assert drafted[-1].figures["stopped"] in ("unsupported", "too_long")
    assert set(failed(drafted)) == {"citation"}


async def test_the_same_again_and_again_is_said_once_and_stops_the_model(
    answerer: ModelAnswerer, model: ScriptedModel
) -> None:
    model.script = Script(pieces=(TRUE,), endless=True)
    drafted = await drafts(answerer)
    assert said(drafted) == ["Avgiften är 900 kronor."]
    assert drafted[-1].figures["stopped"] == "repeating"
    async with asyncio.timeout(10):
        await model.left.wait()


async def test_a_model_that_never_ends_is_left_once_it_has_said_more_than_it_may(
    answerer: ModelAnswerer, model: ScriptedModel
) -> None:
    model.script = Script(pieces=(TRUE, *("Ord utan slut " for _ in range(50))), endless=True, pause_s=0)
    drafted = await drafts(answerer)
    assert said(drafted) == ["Avgiften är 900 kronor."]
    assert drafted[-1].figures["stopped"] == "too_long"
    assert drafted[-1].cut_off
    async with asyncio.timeout(10):
        await model.left.wait()


@pytest.mark.parametrize(("pieces", "kept"), [((TRUE, "Altan"), True), (("Altan",), False)])
async def test_a_model_that_dawdles_is_left_when_its_time_is_up(
    model: ScriptedModel, pieces: tuple[str, ...], kept: bool
) -> None:
    model.script = Script(pieces=pieces, hang_after=len(pieces))
    answerer = ModelAnswerer(
        read_pipeline(None, "openai"), ModelServer(f"{model.url}/v1", "m", timeout_s=30.0), longest_s=1.0
    )
    await answerer.warm_up()
    if kept:
        drafted = await drafts(answerer)
        assert said(drafted) == ["Avgiften är 900 kronor."]
        assert drafted[-1].figures["stopped"] == "too_slow"
    else:
        with pytest.raises(TimedOut) as caught:
            await drafts(answerer)
        assert caught.value.code == "model.timeout"
    await answerer.close()
    async with asyncio.timeout(10):
        await model.left.wait()


async def test_a_huge_piece_is_read_as_far_as_an_answer_goes(answerer: ModelAnswerer, model: ScriptedModel) -> None:
    model.script = Script(pieces=(TRUE + "X" * 900_000,))
    drafted = await drafts(answerer)
    assert said(drafted) == ["Avgiften är 900 kronor."]
    assert drafted[-1].figures["stopped"] == "too_long"
    assert len(json.dumps(drafted[-1].exchange)) < 10_000


async def test_ten_megabytes_at_once_end_the_answer(answerer: ModelAnswerer, model: ScriptedModel) -> None:
    model.script = Script(pieces=(TRUE, "Altaner ", "X" * 10_000_000))
    heard: list[Draft] = []

    async def listen() -> None:
        async for draft in answerer.answer(TASK):
            heard.append(draft)

    with pytest.raises(Unavailable) as caught:
        await asyncio.wait_for(listen(), 60)
    assert caught.value.code == "model.interrupted"
    assert said(heard) == ["Avgiften är 900 kronor."]


async def test_half_a_letter_is_no_letter(answerer: ModelAnswerer, model: ScriptedModel) -> None:
    # The first byte of "ö" without the second, within an event; and a whole one that two chunks share.
    broken = frame(b"Altaner i markh" + b"\xc3" + b"jd kr\\u00e4ver inte bygglov. [1] ")
    whole = frame("En altan över 1,2 meter räknas som tillbyggnad. [1] ".encode())
    cut = whole.index("ö".encode()) + 1
    model.script = Script(raw=(broken, whole[:cut], whole[cut:], LAST))
    drafted = await drafts(answerer)
    assert said(drafted) == ["En altan över 1,2 meter räknas som tillbyggnad."]
    assert failed(drafted) == ["guard.garbled"]


@pytest.mark.parametrize(
    "sentence",
    [
        "Decks at ground level do not need a building permit. [1]",
        "Terrassen auf Bodenhöhe brauchen keine Baugenehmigung. [1]",
        "Террасы не требуют разрешения на строительство. [1]",
    ],
)
async def test_a_language_that_the_source_is_not_in_carries_nothing(
    answerer: ModelAnswerer, model: ScriptedModel, sentence: str
) -> None:
    model.script = Script(pieces=(sentence, TRUE))
    assert said(await drafts(answerer)) == ["Avgiften är 900 kronor."]


async def test_a_citation_that_does_not_exist_carries_nothing(answerer: ModelAnswerer, model: ScriptedModel) -> None:
    model.script = Script(pieces=("Simhallen är öppen på söndagar. [7] Avgiften är 900 kronor. [999]",))
    drafted = await drafts(answerer)
    assert said(drafted) == ["Avgiften är 900 kronor."]
    assert [quote.passage for draft in drafted for each in draft.sentences for quote in each.quotes] == [0]
    assert failed(drafted) == ["citation"]


@pytest.mark.parametrize("status", [400, 422])
async def test_a_question_that_is_too_long_for_the_model_is_rejected_not_retried(
    answerer: ModelAnswerer, model: ScriptedModel, status: int
) -> None:
    model.script = Script(status=status)
    with pytest.raises(Unavailable) as caught:
        await drafts(answerer)
    assert (caught.value.code, len(model.requests)) == ("model.rejected", 1)


async def test_a_slow_server_holds_nothing_back_that_it_has_said(answerer: ModelAnswerer, model: ScriptedModel) -> None:
    model.script = Script(pieces=(TRUE, "Altaner "), hang_after=2)
    stream = answerer.answer(TASK)
    async with asyncio.timeout(9):
        first = await anext(stream)
    await stream.aclose()
    assert [each.text for each in first.sentences] == ["Avgiften är 900 kronor."]


@pytest.mark.parametrize("dialect", ["tgi", "openai"])
async def test_a_sentence_without_support_is_asked_for_once_more_with_its_source(
    model: ScriptedModel, dialect: str
) -> None:
    model.scripts = [Script(pieces=(FALSE, FALSE.replace("950", "960"), TRUE.replace("900", "990")))]
    model.script = Script(pieces=("Avgiften är 900 kronor.",))
    url = model.url if dialect == "tgi" else f"{model.url}/v1"
    answerer = ModelAnswerer(read_pipeline(None, dialect), ModelServer(url, "m", timeout_s=10), most_again=2)
    await answerer.warm_up()
    drafted = await drafts(answerer)
    await answerer.close()

    assert said(drafted) == ["Avgiften är 900 kronor."]
    assert failed(drafted) == ["figures"] * 3
    _, again, *rest = model.requests
    assert len(rest) == 1
    assert "Avgiften är 950 kronor." in str(again["messages"])
    assert "Avgiften är 900 kronor." in str(again["messages"])
    exchange = drafted[-1].exchange
    assert isinstance(exchange, dict)
    assert [each["wrote"] for each in exchange["asked_again"]] == ["Avgiften är 900 kronor."] * 2  # type: ignore[union-attr,index,call-overload]
    assert drafted[-1].figures["asked_again"] == 2
    assert (drafted[-1].prompt_tokens, drafted[-1].completion_tokens) == (3 * 11, 3 * 7)


@pytest.mark.parametrize("script", [Script(status=503), Script(pieces=(FALSE,)), Script(pieces=("NEJ",))])
async def test_what_is_no_better_the_second_time_is_dropped(model: ScriptedModel, script: Script) -> None:
    model.scripts = [Script(pieces=(FALSE, "Altaner i markhöjd kräver inte bygglov. [1]"))]
    model.script = script
    answerer = ModelAnswerer(read_pipeline(None, "openai"), ModelServer(f"{model.url}/v1", "m", timeout_s=10))
    await answerer.warm_up()
    drafted = await drafts(answerer)
    await answerer.close()
    assert said(drafted) == ["Altaner i markhöjd kräver inte bygglov."]
