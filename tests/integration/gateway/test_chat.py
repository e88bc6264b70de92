"""The chat API, also through the official client."""

from __future__ import annotations

import asyncio
import json

import openai
import pytest

from allmanning.contracts.access.v1.access_pb import Role, Secrecy
from allmanning.runtime.errors import InvalidInput, Unavailable

QUESTION = [{"role": "user", "content": "Behöver jag bygglov för en altan?"}]


def asked(**values):
    return {"model": "allmanning", "messages": QUESTION, **values}


async def test_official_client_gets_a_whole_answer_with_its_grounds(gateway):
    client = openai.AsyncOpenAI(base_url=f"{gateway.url}/v1", api_key=gateway.key("citizen"), max_retries=0)

    answer = await client.chat.completions.create(**asked())

    assert answer.choices[0].message.content.startswith("En altan i markhöjd kräver inte bygglov. [1] Är den")
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage.total_tokens == 150
    grounds = answer.model_extra["allmanning"]
    assert grounds["outcome"] == "answered"
    assert grounds["citations"][0]["document"]["title"] == "Bygglov – altan och trädäck"
    assert grounds["citations"][0]["location"]["page"] == 4
    assert [each["number"] for each in grounds["citations"]] == [1, 2]


async def test_official_client_streams_sentence_by_sentence_with_usage_and_grounds_last(gateway):
    client = openai.AsyncOpenAI(base_url=f"{gateway.url}/v1", api_key=gateway.key("citizen"), max_retries=0)

    chunks = [
        chunk
        async for chunk in await client.chat.completions.create(
            **asked(stream=True, stream_options={"include_usage": True})
        )
    ]

    assert chunks[0].choices[0].delta.role == "assistant"
    said = [chunk.choices[0].delta.content for chunk in chunks[1:-2]]
    assert said == ["En altan i markhöjd kräver inte bygglov. [1]", " Är den högre än 1,2 meter kan den kräva det. [2]"]
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-2].model_extra["allmanning"]["outcome"] == "answered"
    assert chunks[-1].choices == []
    assert chunks[-1].usage.prompt_tokens == 120
    assert len({chunk.id for chunk in chunks}) == 1


async def test_official_blocking_client_works_too(gateway):
    key = gateway.key("caseworker")

    def ask():
        with openai.OpenAI(base_url=f"{gateway.url}/v1", api_key=key, max_retries=0) as client:
            whole = client.chat.completions.create(**asked())
            pieces = [chunk.choices[0].delta.content for chunk in client.chat.completions.create(**asked(stream=True))]
            return whole, pieces, [model.id for model in client.models.list()]

    whole, pieces, models = await asyncio.to_thread(ask)

    assert "".join(piece or "" for piece in pieces) == whole.choices[0].message.content
    assert models == ["allmanning", "allmanning-embedding"]


async def test_stream_ends_with_done(gateway):
    async with gateway.client("citizen") as client:
        answer = await client.post("/v1/chat/completions", json=asked(stream=True))

    lines = [line for line in answer.text.split("\n\n") if line]
    assert lines[-1] == "data: [DONE]"
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert all("usage" not in json.loads(line.removeprefix("data: ")) for line in lines[:-1])


async def test_the_principal_follows_from_the_key(gateway):
    async with gateway.client("caseworker", unit="bygg", secret=True) as client:
        await client.post("/v1/chat/completions", json=asked())
    async with gateway.client("citizen") as client:
        await client.post("/v1/chat/completions", json=asked())

    caseworker, citizen = (each.principal for each in gateway.script.asked)
    assert (caseworker.role, caseworker.channel, caseworker.unit) == (Role.CASEWORKER, "api", "bygg")
    assert caseworker.clearances == [Secrecy.OPEN, Secrecy.INTERNAL, Secrecy.SECRET]
    assert (citizen.role, citizen.channel, citizen.clearances) == (Role.CITIZEN, "citizen", [Secrecy.OPEN])


@pytest.mark.parametrize("stream", [False, True])
async def test_without_a_log_there_is_no_answer_and_a_503(gateway, stream):
    gateway.script.error = Unavailable("audit.unavailable", "Beslutsloggen går inte att skriva till.", retry_after_s=10)

    async with gateway.client("citizen") as client:
        answer = await client.post("/v1/chat/completions", json=asked(stream=stream))

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "10"
    assert answer.json()["error"]["code"] == "audit.unavailable"


async def test_failure_before_the_first_sentence_has_its_status_even_when_streaming(gateway):
    async def fails(_request):
        yield gateway.script.opened()
        raise Unavailable("audit.unavailable", "Nere.")

    gateway.script.answer = fails
    async with gateway.client("citizen") as client:
        answer = await client.post("/v1/chat/completions", json=asked(stream=True))

    assert answer.status_code == 503


async def test_failure_within_a_stream_is_an_event_and_ends_it_without_done(gateway):
    async def fails(_request):
        yield gateway.script.opened()
        yield gateway.script.sentence("Första meningen. [1]")
        raise Unavailable("audit.unavailable", "Nere.")

    gateway.script.answer = fails
    async with gateway.client("citizen") as client:
        answer = await client.post("/v1/chat/completions", json=asked(stream=True))

    events = [line.removeprefix("data: ") for line in answer.text.split("\n\n") if line]
    assert json.loads(events[-1])["error"]["code"] == "audit.unavailable"
    assert "[DONE]" not in events


@pytest.mark.parametrize("stream", [False, True])
async def test_generate_stops_when_the_client_leaves_before_the_first_sentence(gateway, stream):
    started = asyncio.Event()

    async def works_for_long(_request):
        yield gateway.script.opened()
        started.set()
        await asyncio.sleep(30)

    gateway.script.answer = works_for_long
    client = gateway.client("citizen")
    asking = asyncio.create_task(client.post("/v1/chat/completions", json=asked(stream=stream)))
    await asyncio.wait_for(started.wait(), 5)
    asking.cancel()
    await client.aclose()

    await asyncio.wait_for(gateway.script.stopped.wait(), 5)


@pytest.mark.parametrize("stream", [False, True])
async def test_generate_is_not_told_to_stop_what_it_has_finished(gateway, stream):
    told = await gateway.bus.nc.subscribe("cancel.generate.*")
    client = gateway.client("citizen")
    for _ in range(5):
        assert (await client.post("/v1/chat/completions", json=asked(stream=stream))).status_code == 200
    await gateway.bus.nc.flush()
    with pytest.raises(TimeoutError):
        await told.next_msg(timeout=0.1)


async def test_generate_stops_when_the_client_leaves_within_a_stream(gateway):
    async def works_for_long(_request):
        yield gateway.script.opened()
        yield gateway.script.sentence("Första meningen. [1]")
        await asyncio.sleep(30)

    gateway.script.answer = works_for_long
    async with (
        gateway.client("citizen") as client,
        client.stream("POST", "/v1/chat/completions", json=asked(stream=True)) as answer,
    ):
        async for line in answer.aiter_lines():
            if "Första" in line:
                break

    await asyncio.wait_for(gateway.script.stopped.wait(), 5)


@pytest.mark.parametrize(
    ("body", "status", "code", "param"),
    [
        ("{", 400, "json.malformed", None),
        ("{}", 400, "field.invalid", "messages"),
        ('{"messages": []}', 400, "field.invalid", "messages"),
        ('{"messages": [{"role": "tool", "content": "x"}]}', 400, "field.invalid", "messages[0].role"),
        ('{"messages": [{"role": "user", "content": "\\ud800"}]}', 400, "field.invalid", "messages[0].content"),
        ('{"messages": [{"role": "user", "content": 5}]}', 400, "field.invalid", "messages[0].content"),
        ('{"messages": [{"role": "user", "content": "' + "x" * 20_001 + '"}]}', 413, "body.too_large", None),
    ],
)
async def test_bad_requests_have_a_stable_code(gateway, body, status, code, param):
    async with gateway.client("citizen") as client:
        answer = await client.post("/v1/chat/completions", content=body, headers={"Content-Type": "application/json"})

    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["param"]) == (status, code, param)
    assert not gateway.script.asked


@pytest.mark.parametrize("stream", [False, True])
async def test_what_a_service_says_of_the_question_is_passed_on(gateway, stream):
    gateway.script.error = InvalidInput("question.too_long", "Frågan är 5000 tecken lång. Högst 4000 går bra.")

    async with gateway.client("citizen") as client:
        answer = await client.post("/v1/chat/completions", json=asked(stream=stream))

    assert answer.status_code == 400
    assert answer.json()["error"] == {
        "code": "question.too_long",
        "message": "Frågan är 5000 tecken lång. Högst 4000 går bra.",
        "type": "invalid_request_error",
        "param": None,
    }


async def test_an_unexpected_failure_tells_nothing(gateway):
    gateway.script.error = RuntimeError("hemlighet i /srv/x.py")

    async with gateway.client("citizen") as client:
        answer = await client.post("/v1/chat/completions", json=asked())

    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "internal")
    assert "hemlighet" not in answer.text


async def test_a_body_without_declared_length_is_limited_too(gateway):
    async def pieces():
        for _ in range(30):
            yield b" " * 1000

    async with gateway.client("citizen") as client:
        answer = await client.post(
            "/v1/chat/completions", content=pieces(), headers={"Content-Type": "application/json"}
        )

    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "body.too_large")


async def test_missing_and_unknown_keys_are_told_apart(gateway):
    async with gateway.client() as client:
        missing = await client.post("/v1/chat/completions", json=asked())
        unknown = await client.post("/v1/chat/completions", json=asked(), headers={"Authorization": "Bearer alm_x"})

    assert (missing.status_code, missing.json()["error"]["code"]) == (401, "auth.missing")
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (401, "auth.invalid")


async def test_errors_are_english_when_asked_for(gateway):
    async with gateway.client() as client:
        answer = await client.get("/v1/models", headers={"Accept-Language": "en-GB,sv;q=0.5"})

    assert answer.json()["error"]["message"].startswith("Give an API key")


async def test_unknown_path_and_method_have_the_same_shape(gateway):
    async with gateway.client("citizen") as client:
        path = await client.get("/v1/nothing")
        method = await client.get("/v1/search")

    assert (path.status_code, path.json()["error"]["code"]) == (404, "path.not_found")
    assert (method.status_code, method.json()["error"]["code"]) == (405, "method.not_allowed")
    assert method.headers["allow"] == "POST"


async def test_the_callers_trace_goes_on(gateway):
    trace_id = "4bf92f3577b34da6a3ce929d0e0e4736"
    async with gateway.client("citizen") as client:
        answer = await client.post(
            "/v1/chat/completions", json=asked(), headers={"traceparent": f"00-{trace_id}-00f067aa0ba902b7-01"}
        )

    assert answer.headers["traceparent"].split("-")[1] == trace_id
