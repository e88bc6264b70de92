"""Both dialects behave the same towards the platform, whatever the server does."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
import yaml
from opentelemetry.sdk.trace import TracerProvider

from allmanning.contracts.access.v1.access_pb import Secrecy
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, Location, Passage, ScoredPassage
from allmanning.generate.conversation import Asking
from allmanning.generate.draft import Draft, Task
from allmanning.generate.model.answerer import ModelAnswerer
from allmanning.generate.model.server import ModelServer
from allmanning.generate.pipeline import read_pipeline
from allmanning.runtime.errors import Busy, PlatformError, TimedOut, Unavailable
from tests.contract.generate.scripted_model import Script, ScriptedModel

TEXT = "Altaner i markhöjd kräver inte bygglov. En altan över 1,2 meter räknas som tillbyggnad. Avgiften är 900 kronor."
TASK = Task(
    asking=Asking("Behöver jag bygglov för en altan?"),
    language="sv",
    passages=[
        ScoredPassage(
            passage=Passage(
                id="p1",
                document=DocumentVersion(id="d1", title="Altan", secrecy=Secrecy.OPEN),
                text=TEXT,
                location=Location(headings=["När behövs bygglov"], end=len(TEXT)),
            )
        )
    ],
    max_tokens=0,
)


def with_another(definition: bytes) -> bytes:
    """The pipeline with one component more, as an operator may add it: Haystack runs it then."""
    pipeline = yaml.safe_load(definition)
    joiner = "haystack.components.joiners.list_joiner.ListJoiner"
    pipeline["components"]["beside"] = {"type": joiner, "init_parameters": {}}
    pipeline["connections"].append({"sender": "chat.replies", "receiver": "beside.values"})
    return yaml.safe_dump(pipeline).encode()


# Longer than any test waits, so that a busy machine is no silent server.
PATIENT_S, WAIT_S = 120.0, 60.0
IMPATIENT_S = 0.2


@pytest.fixture(params=["tgi", "openai", "openai with another component"])
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def answerer(request: pytest.FixtureRequest, dialect: str, model: ScriptedModel) -> AsyncIterator[ModelAnswerer]:
    """An answerer that waits for the server; with a parameter, for so many seconds."""
    name, *more = dialect.split(" ")
    url = model.url if name == "tgi" else f"{model.url}/v1"
    timeout_s = getattr(request, "param", PATIENT_S)
    server = ModelServer(url, "our-model", key="s3cret", timeout_s=timeout_s, max_tokens=64, seed=7, stop=("###",))
    definition = read_pipeline(None, name)
    made = ModelAnswerer(with_another(definition) if more else definition, server)
    await made.warm_up()
    yield made
    await made.close()


async def drafts(answerer: ModelAnswerer) -> list[Draft]:
    return [draft async for draft in answerer.answer(TASK)]


def said(drafted: list[Draft]) -> list[str]:
    return [sentence.text for draft in drafted for sentence in draft.sentences]


async def test_the_request_carries_model_sampling_key_and_numbered_passages(
    answerer: ModelAnswerer, model: ScriptedModel
) -> None:
    await drafts(answerer)

    sent = model.requests[0]
    assert model.paths == ["/v1/chat/completions"]
    assert (sent["model"], sent["seed"], sent["stop"], sent["max_tokens"]) == ("our-model", 7, ["###"], 64)
    assert sent["temperature"] == 0
    assert sent["stream"] is True
    assert "Bearer s3cret" in model.headers[0]
    assert [each["role"] for each in sent["messages"]] == ["system", "user"]
    assert f"[1] Altan › När behövs bygglov\n{TEXT}" in str(sent["messages"][1]["content"])


async def test_sentences_come_while_the_model_writes(answerer: ModelAnswerer, model: ScriptedModel) -> None:
    model.script = Script(
        pieces=("Altaner i markhöjd kräver ", "inte bygglov. [1] Avgiften är", " 900 kronor. [1]"), hang_after=3
    )
    stream = answerer.answer(TASK)

    async with asyncio.timeout(WAIT_S):
        first = await anext(stream)
    await stream.aclose()

    assert [sentence.text for sentence in first.sentences] == ["Altaner i markhöjd kräver inte bygglov."]


async def test_the_last_draft_counts_tokens(answerer: ModelAnswerer) -> None:
    drafted = await drafts(answerer)

    assert said(drafted) == ["Altaner i markhöjd kräver inte bygglov."]
    assert (drafted[-1].prompt_tokens, drafted[-1].completion_tokens) == (11, 7)


async def test_what_no_passage_carries_is_dropped(answerer: ModelAnswerer, model: ScriptedModel) -> None:
    model.script = Script(
        pieces=(
            "Altaner i markhöjd kräver bygglov. [1] Avgiften är 950 kronor. [1] ",
            "Avgiften är 900 kronor. Simhallen är öppen. [1]",
        )
    )
    drafted = await drafts(answerer)

    assert said(drafted) == ["Avgiften är 900 kronor."]
    assert [text for draft in drafted for text in draft.dropped] == [
        "Altaner i markhöjd kräver bygglov.",
        "Avgiften är 950 kronor.",
        "Simhallen är öppen.",
    ]


async def test_a_sentence_that_the_token_limit_cut_off_is_left_out(
    answerer: ModelAnswerer, model: ScriptedModel
) -> None:
    model.script = Script(pieces=("Avgiften är 900 kronor. [1] Altaner i markhöjd",), finish_reason="length")

    assert said(await drafts(answerer)) == ["Avgiften är 900 kronor."]


async def test_who_leaves_stops_the_model(answerer: ModelAnswerer, model: ScriptedModel) -> None:
    model.script = Script(pieces=("Avgiften är 900 kronor. [1] Altaner",), hang_after=1)
    stream = answerer.answer(TASK)
    await anext(stream)

    await stream.aclose()

    async with asyncio.timeout(WAIT_S):
        await model.left.wait()


@pytest.mark.parametrize(
    ("script", "error", "code"),
    [
        (Script(status=429), Busy, "model.busy"),
        (Script(status=503), Unavailable, "model.unavailable"),
        (Script(status=500), Unavailable, "model.unavailable"),
        (Script(status=400), Unavailable, "model.rejected"),
        (Script(status=422), Unavailable, "model.rejected"),
        (Script(pieces=("Avgiften ", "är 900"), drop_after=1), Unavailable, "model.interrupted"),
        (Script(pieces=("Avgiften är",), finish_reason=None), Unavailable, "model.interrupted"),
    ],
)
async def test_every_failure_has_its_code(
    answerer: ModelAnswerer, model: ScriptedModel, script: Script, error: type[PlatformError], code: str
) -> None:
    model.script = script

    with pytest.raises(error) as caught:
        await drafts(answerer)

    assert caught.value.code == code


@pytest.mark.parametrize("answerer", [IMPATIENT_S], indirect=True)
async def test_a_server_that_falls_silent_is_not_waited_for(answerer: ModelAnswerer, model: ScriptedModel) -> None:
    model.script = Script(pieces=("Avgiften är",), hang_after=1)

    with pytest.raises(TimedOut) as caught:
        await drafts(answerer)

    assert caught.value.code == "model.timeout"


async def test_a_server_that_is_not_there_is_unavailable(dialect: str) -> None:
    answerer = ModelAnswerer(
        read_pipeline(None, dialect.split(" ", maxsplit=1)[0]), ModelServer("http://127.0.0.1:1/v1", "m")
    )
    await answerer.warm_up()

    with pytest.raises(Unavailable) as caught:
        await drafts(answerer)

    assert caught.value.code == "model.unavailable"
    await answerer.close()


async def test_without_a_key_none_is_sent_that_belongs_to_somebody_else(
    model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_private")
    answerer = ModelAnswerer(read_pipeline(None, "tgi"), ModelServer(model.url, "m"))
    await answerer.warm_up()
    with contextlib.suppress(PlatformError):
        await drafts(answerer)
    await answerer.close()

    assert "hf_private" not in model.headers[0]


async def test_the_servers_work_is_a_part_of_the_questions_trace(answerer: ModelAnswerer, model: ScriptedModel) -> None:
    with TracerProvider().get_tracer("test").start_as_current_span("question") as question:
        await drafts(answerer)
    trace_id = format(question.get_span_context().trace_id, "032x")
    assert f"traceparent: 00-{trace_id}-" in model.headers[0].lower()
