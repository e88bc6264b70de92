"""All of OpenAI's API that is here, and a refusal by name of what is not."""

from __future__ import annotations

import json
from typing import Literal

import openai
import pytest
from protobuf import Oneof
from pydantic import BaseModel

from allmanning.contracts.generate.v1.generate_pb import AnswerResponse, Cut, Finished, Outcome, Reason, Referral
from allmanning.gateway.api.parameters import UNSUPPORTED
from tests.integration.gateway.said import QUOTE, SENTENCES, START

QUESTION = [{"role": "user", "content": "Behöver jag bygglov för en altan?"}]


def asked(**values):
    return {"model": "allmanning", "messages": QUESTION, **values}


def official(gateway, role="citizen"):
    return openai.AsyncOpenAI(base_url=f"{gateway.url}/v1", api_key=gateway.key(role), max_retries=0)


def ends(gateway, **fields):
    """The service ends at once like this."""
    gateway.script.events = [gateway.script.opened(), AnswerResponse(event=Oneof("finished", Finished(**fields)))]


ASKING = {
    "n": 2,
    "tools": [{"type": "function", "function": {"name": "f"}}],
    "tool_choice": "required",
    "functions": [{"name": "f"}],
    "function_call": {"name": "f"},
    "parallel_tool_calls": "yes",
    "logprobs": True,
    "top_logprobs": 3,
    "logit_bias": {"50256": -100},
    "modalities": ["text", "audio"],
    "audio": {"voice": "alloy", "format": "wav"},
    "prediction": {"type": "content", "content": "x"},
    "web_search_options": {},
    "reasoning_effort": "high",
    "verbosity": "low",
    "top_p": 0.5,
    "frequency_penalty": 1,
    "presence_penalty": -1,
    "service_tier": "priority",
    "store": True,
    "metadata": {"a": "b"},
    "moderation": {"model": "x"},
    "prompt_cache_options": {"mode": "implicit"},
    "prompt_cache_retention": "24h",
}


def test_every_parameter_that_is_not_here_is_tried_below():
    assert ASKING.keys() == UNSUPPORTED.keys()


async def test_what_is_not_here_is_refused_by_name_in_both_languages(gateway):
    async with gateway.client("citizen") as client:
        for name, value in ASKING.items():
            swedish = await client.post("/v1/chat/completions", json=asked(**{name: value}))
            english = await client.post(
                "/v1/chat/completions", json=asked(**{name: value}), headers={"Accept-Language": "en"}
            )
            error = swedish.json()["error"]
            assert (swedish.status_code, error["code"], error["param"]) == (400, "parameter.unsupported", name)
            assert error["type"] == "invalid_request_error"
            assert error["message"] == f"Det som {name} ber om finns inte här. Utelämna fältet."
            assert english.json()["error"]["message"].startswith(f"What {name} asks for does not exist here.")
    assert not gateway.script.asked


async def test_a_value_that_asks_for_nothing_is_taken(gateway):
    nothing = {name: values[0] for name, values in UNSUPPORTED.items() if values}
    nothing |= {name: None for name, values in UNSUPPORTED.items() if not values}

    async with gateway.client("citizen") as client:
        answer = await client.post("/v1/chat/completions", json=asked(**nothing))

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("values", "code", "param"),
    [
        ({"streem": True}, "parameter.unknown", "streem"),
        # A misspelt limit would search everything.
        ({"allmanning": {"collection": ["bygg"]}}, "parameter.unknown", "allmanning.collection"),
        ({"stream_options": {"include_usage": True}}, "parameter.unsupported", "stream_options"),
        ({"stream": True, "stream_options": {"usage": True}}, "parameter.unknown", "stream_options.usage"),
        ({"messages": [{"role": "user", "content": "x", "name": "Kim"}]}, "parameter.unsupported", "messages[0].name"),
        (
            {"messages": [{"role": "user", "content": [{"type": "text", "text": "x"}, {"type": "image_url"}]}]},
            "content.unsupported",
            "messages[0].content[1].type",
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "input_audio", "input_audio": {}}]}]},
            "content.unsupported",
            "messages[0].content[0].type",
        ),
        ({"max_tokens": 5, "max_completion_tokens": 6}, "field.invalid", "max_tokens"),
        ({"max_tokens": 0}, "field.invalid", "max_tokens"),
        ({"stop": ["a", "b", "c", "d", "e"]}, "field.invalid", "stop"),
        ({"stop": ""}, "field.invalid", "stop[0]"),
        ({"seed": 2**63}, "field.invalid", "seed"),
        ({"temperature": 2.5}, "field.invalid", "temperature"),
        ({"response_format": {"type": "xml"}}, "field.invalid", "response_format.type"),
        ({"response_format": {"type": "json_schema"}}, "response_format.unfulfillable", "response_format.json_schema"),
        (
            {"response_format": {"type": "json_schema", "json_schema": {
                "name": "s", "schema": {"type": "object", "properties": {"price": {"type": "number"}}}}}},
            "response_format.unfulfillable",
            "response_format.json_schema.schema.properties.price",
        ),
    ],
)  # fmt: skip
async def test_what_cant_be_followed_is_refused_by_name(gateway, values, code, param):
    async with gateway.client("citizen") as client:
        answer = await client.post("/v1/chat/completions", json=asked(**values))

    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["param"]) == (400, code, param)
    assert not gateway.script.asked


@pytest.mark.parametrize(
    "body",
    [
        '{"\\ud800": 1}',
        '{"messages": [{"role": "user", "content": "x", "\\ud800": 1}]}',
        '{"messages": [{"role": "user", "content": "x"}], "allmanning": {"\\ud800": 1}}',
        (
            '{"messages": [], "response_format": {"type": "json_schema", "json_schema": {"name": "s", "schema":'
            ' {"properties": {"\\ud800": {}}}}}}'
        ),
        '{"' + "x" * 10_000 + '": 1}',
    ],
)
async def test_names_that_cant_be_repeated_are_refused_all_the_same(gateway, body):
    async with gateway.client("citizen") as client:
        answer = await client.post("/v1/chat/completions", content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == 400
    assert len(answer.json()["error"]["param"]) < 300


async def test_the_wording_that_is_asked_for_reaches_the_service(gateway):
    client = official(gateway)

    await client.chat.completions.create(
        **asked(stop="Slut", seed=7, temperature=0.2, max_completion_tokens=40, user="u1")
    )
    await client.chat.completions.create(**asked(stop=["a", "b"], max_tokens=9))

    first, second = gateway.script.asked
    assert (first.wording.stop, first.wording.seed, first.wording.temperature, first.max_tokens) == (
        ["Slut"],
        7,
        0.2,
        40,
    )
    assert (second.wording.stop, second.max_tokens, second.wording.has_field("seed")) == (["a", "b"], 9, False)


async def test_what_changes_nothing_is_told(gateway):
    ends(gateway, decision_id="d1", outcome=Outcome.ANSWERED, text="Ja.", not_followed=["messages[0]", "temperature"])

    answer = await official(gateway).chat.completions.create(**asked(user="u1"))

    assert answer.model_extra["allmanning"]["not_followed"] == ["messages[0]", "temperature", "user"]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(("cut", "reason"), [(Cut.LENGTH, "length"), (Cut.STOP, "stop"), (Cut.UNSPECIFIED, "stop")])
async def test_the_finish_reason_says_what_ended_the_answer(gateway, stream, cut, reason):
    ends(gateway, decision_id="d1", outcome=Outcome.ANSWERED, text="Ja.", cut=cut)

    answer = await official(gateway).chat.completions.create(**asked(stream=stream))

    choices = [chunk.choices[0] async for chunk in answer] if stream else answer.choices
    assert choices[-1].finish_reason == reason


async def test_grounds_say_where_each_sentence_stands_and_why_there_is_none(gateway):
    whole = (await official(gateway).chat.completions.create(**asked())).model_extra["allmanning"]
    to = Referral(name="Region Stockholm", url="https://www.regionstockholm.se")
    ends(gateway, decision_id="d1", outcome=Outcome.HANDED_OVER, reason=Reason.WRONG_AUTHORITY, text="Fråga regionen.",
         referral=to, pins={"prompt": "sha256:1"})  # fmt: skip
    other = await official(gateway).chat.completions.create(**asked())

    cited = whole["citations"][0]
    assert cited["span"] == {"start": START, "end": START + len(QUOTE)}
    assert cited["support"] == 0.97
    assert cited["link"] == gateway.url + cited["view"]
    assert f"start={START}&end={START + len(QUOTE)}" in cited["link"]
    assert whole["reason"] == ""
    assert "AI-tjänst" in whole["notice"]
    told = other.model_extra["allmanning"]
    assert told["reason"] == "wrong_authority"
    assert told["referral"] == {"name": "Region Stockholm", "url": "https://www.regionstockholm.se", "phone": ""}
    assert told["pins"] == {"prompt": "sha256:1"}


async def test_the_fingerprint_changes_with_the_terms_alone(gateway):
    prints = []
    for pins in ({"a": "1", "b": "2"}, {"b": "2", "a": "1"}, {"a": "1", "b": "3"}):
        ends(gateway, decision_id="d1", outcome=Outcome.ANSWERED, text="Ja.", pins=pins)
        prints.append((await official(gateway).chat.completions.create(**asked())).system_fingerprint)

    assert prints[0] == prints[1] != prints[2]


async def test_a_stream_begins_with_the_decision_and_that_an_ai_speaks(gateway):
    chunks = [chunk async for chunk in await official(gateway).chat.completions.create(**asked(stream=True))]

    first = chunks[0].model_extra["allmanning"]
    assert chunks[0].id == f"chatcmpl-{first['decision_id']}"
    assert "AI-tjänst" in first["notice"]


async def test_a_json_object_holds_the_checked_sentences(gateway):
    plain = await official(gateway).chat.completions.create(**asked(response_format={"type": "json_object"}))
    pieces = [
        chunk.choices[0].delta.content or ""
        async for chunk in await official(gateway).chat.completions.create(
            **asked(response_format={"type": "json_object"}, stream=True)
        )
    ]

    told = json.loads(plain.choices[0].message.content)
    assert json.loads("".join(pieces)) == told
    assert told["sentences"] == [
        {"text": SENTENCES[0].strip(), "citations": [1]},
        {"text": SENTENCES[1].strip(), "citations": [2]},
    ]
    assert told["answer"] == "".join(SENTENCES)
    assert told["outcome"] == "answered"
    assert told["sources"][0]["title"] == "Bygglov – altan och trädäck"
    # The first sentence leaves before the second is there.
    assert any(SENTENCES[0] in piece and SENTENCES[1].strip() not in piece for piece in pieces)


class Sentence(BaseModel):
    text: str
    citations: list[int]


class Svar(BaseModel):
    answer: str
    outcome: Literal["answered", "abstained", "review", "refused", "handed_over"]
    sentences: list[Sentence]


async def test_the_official_client_parses_a_schema_of_ours(gateway):
    answer = await official(gateway).chat.completions.parse(**asked(response_format=Svar))

    parsed = answer.choices[0].message.parsed
    assert parsed.outcome == "answered"
    assert parsed.sentences[0] == Sentence(text=SENTENCES[0], citations=[1])
    assert json.loads(answer.choices[0].message.content).keys() == {"answer", "outcome", "sentences"}


async def test_an_object_without_an_answer_is_whole_too(gateway):
    ends(gateway, decision_id="d1", outcome=Outcome.ABSTAINED, reason=Reason.NOT_IN_SOURCES, text="Vi hittar inget.")

    answer = await official(gateway).chat.completions.parse(**asked(response_format=Svar))

    assert answer.choices[0].message.parsed == Svar(answer="Vi hittar inget.", outcome="abstained", sentences=[])


async def test_models_are_listed_and_shown_and_others_are_not_there(gateway):
    client = official(gateway)

    listed = [model.id for model in (await client.models.list()).data]

    assert listed == ["allmanning", "allmanning-embedding"]
    assert [(await client.models.retrieve(name)).id for name in listed] == listed
    for call in (
        client.models.retrieve("gpt-5"),
        client.chat.completions.create(model="gpt-5", messages=QUESTION),
        client.embeddings.create(model="allmanning", input="x"),
    ):
        with pytest.raises(openai.NotFoundError) as caught:
            await call
        assert caught.value.code == "model.not_found"
