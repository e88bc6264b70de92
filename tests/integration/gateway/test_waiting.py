"""A question that waits for its turn: every client hears of it, and none stumbles over it."""

from __future__ import annotations

import json

import openai
from protobuf import Oneof

from allmanning.contracts.generate.v1.generate_pb import AnswerResponse, Queued
from allmanning.runtime.errors import Busy

QUESTION = {"model": "allmanning", "messages": [{"role": "user", "content": "Behöver jag bygglov för en altan?"}]}


def waits(script):
    """An answer that is third in the queue, then first, then begins."""

    async def answered(_request):
        for place, seconds in ((3, 12.0), (1, 4.0)):
            yield AnswerResponse(event=Oneof("queued", Queued(position=place, expected_wait_s=seconds)))
        for each in script.events:
            yield each

    return answered


async def test_openais_client_passes_over_the_places_and_the_raw_stream_has_them(gateway):
    gateway.script.answer = waits(gateway.script)
    client = openai.AsyncOpenAI(base_url=f"{gateway.url}/v1", api_key=gateway.key("citizen"), max_retries=0)

    chunks = [chunk async for chunk in await client.chat.completions.create(**QUESTION, stream=True)]
    whole = await client.chat.completions.create(**QUESTION)
    async with gateway.client("citizen") as raw:
        stream = (await raw.post("/v1/chat/completions", json={**QUESTION, "stream": True})).text.split("\n\n")

    said = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert said == whole.choices[0].message.content
    assert said.startswith("En altan i markhöjd")
    assert len({chunk.id for chunk in chunks}) == 1, "named after the decision, which was not there while it waited"
    places = [json.loads(line.removeprefix(": allmanning "))["queue"] for line in stream[:2]]
    assert places == [{"position": 3, "expected_wait_s": 12.0}, {"position": 1, "expected_wait_s": 4.0}]
    assert stream[2].startswith("data: ")


async def test_the_page_tells_the_place_in_the_readers_language(gateway):
    gateway.script.answer = waits(gateway.script)
    async with gateway.client() as client:
        answer = await client.post("/?lang=en", data={"question": "Altan?"}, headers={"Accept": "text/event-stream"})

    head, data = answer.text.split("\n\n")[0].split("\n")
    assert head == "event: queue"
    assert "You have place 3 in the queue; your turn comes in about 12 s." in data


async def test_a_queue_that_is_full_is_429_with_the_time_to_come_back(gateway):
    gateway.script.error = Busy("queue.full", "Försök om 17 s. (Try again in 17 s.)", retry_after_s=17)

    async with gateway.client("citizen") as client:
        answer = await client.post(
            "/v1/chat/completions", json={**QUESTION, "stream": True}, headers={"Accept-Language": "en"}
        )

    assert (answer.status_code, answer.headers["retry-after"]) == (429, "17")
    assert answer.json()["error"]["message"] == "Try again in 17 s."


async def test_a_refusal_after_waiting_ends_the_stream_with_the_error(gateway):
    async def gives_up(_request):
        yield AnswerResponse(event=Oneof("queued", Queued(position=3, expected_wait_s=12.0)))
        raise Busy("queue.too_long", "Försök om 17 s.", retry_after_s=17)

    gateway.script.answer = gives_up
    async with gateway.client("citizen") as client:
        answer = await client.post("/v1/chat/completions", json={**QUESTION, "stream": True})

    lines = [line for line in answer.text.split("\n\n") if line]
    assert json.loads(lines[-1].removeprefix("data: "))["error"]["code"] == "queue.too_long"


async def test_what_nobody_waits_for_says_so(gateway):
    async with gateway.client("citizen") as client:
        await client.post("/v1/chat/completions", json={**QUESTION, "allmanning": {"batch": True}})
        await client.post("/v1/chat/completions", json=QUESTION)

    assert [each.batch for each in gateway.script.asked] == [True, False]


async def test_an_answer_that_is_easy_to_read_is_asked_for_as_such(gateway):
    async with gateway.client("citizen") as client:
        await client.post("/v1/chat/completions", json={**QUESTION, "allmanning": {"easy_read": True}})

    assert gateway.script.asked[0].easy_read


async def test_staff_see_the_limits_in_force_and_citizens_do_not(gateway):
    async with gateway.client("admin") as client:
        load = (await client.get("/v1/load")).json()
    async with gateway.client("citizen") as client:
        assert (await client.get("/v1/load")).status_code == 403

    assert (load["places"], load["taken"], load["waiting"]) == (8, 3, 2)
    assert (load["tokens_used"], load["tokens_per_day"], load["answer_s"]) == (120, None, None)
    assert load["channel_weights"] == {"citizen": 16.0}
