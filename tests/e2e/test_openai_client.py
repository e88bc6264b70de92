"""The official OpenAI client works against the platform."""

from __future__ import annotations

import math

import openai
import pytest
from pydantic import BaseModel

from tests.platform_node import Platform

QUESTION = "Vad kostar det att lämna barn på förskolan?"


def dot(left: list[float], right: list[float]) -> float:
    return sum(a * b for a, b in zip(left, right, strict=True))


@pytest.fixture
def client(demo: Platform, keys: dict[str, str]) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{demo.url}/v1", api_key=keys["citizen"], max_retries=0)


def test_a_plain_completion_carries_the_decision(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(model="allmanning", messages=[{"role": "user", "content": QUESTION}])
    assert answer.choices[0].message.content
    assert answer.choices[0].finish_reason == "stop"
    extra = answer.model_extra or {}
    assert extra["allmanning"]["decision_id"]
    assert extra["allmanning"]["outcome"] == "answered"


def test_a_streamed_completion_says_the_same_as_a_plain_one(client: openai.OpenAI) -> None:
    plain = client.chat.completions.create(model="allmanning", messages=[{"role": "user", "content": QUESTION}])
    stream = client.chat.completions.create(
        model="allmanning", messages=[{"role": "user", "content": QUESTION}], stream=True
    )
    chunks = list(stream)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == plain.choices[0].message.content
    decisions = [chunk.model_extra["allmanning"] for chunk in chunks if "allmanning" in (chunk.model_extra or {})]
    assert decisions[-1]["outcome"] == "answered"
    assert decisions[-1]["citations"]


def test_a_wrong_key_is_an_authentication_error(demo: Platform) -> None:
    stranger = openai.OpenAI(base_url=f"{demo.url}/v1", api_key="alm_wrong", max_retries=0)
    with pytest.raises(openai.AuthenticationError):
        stranger.chat.completions.create(model="allmanning", messages=[{"role": "user", "content": QUESTION}])


def test_models_are_listed(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()]


def test_an_answer_in_json_is_built_of_the_same_sentences(client: openai.OpenAI) -> None:
    class Svar(BaseModel):
        answer: str
        outcome: str

    messages = [{"role": "user", "content": QUESTION}]
    plain = client.chat.completions.create(model="allmanning", messages=messages)
    parsed = client.chat.completions.parse(model="allmanning", messages=messages, response_format=Svar)

    assert parsed.choices[0].message.parsed == Svar(answer=plain.choices[0].message.content, outcome="answered")


def test_a_citation_opens_the_original_at_the_sentence(client: openai.OpenAI, demo: Platform) -> None:
    answer = client.chat.completions.create(model="allmanning", messages=[{"role": "user", "content": QUESTION}])

    cited = answer.model_extra["allmanning"]["citations"][0]
    with demo.http() as http:
        page = http.get(cited["link"])
    assert page.status_code == 200
    assert 'id="citat"' in page.text


def test_a_limit_and_a_stop_text_leave_whole_sentences(client: openai.OpenAI) -> None:
    messages = [{"role": "user", "content": QUESTION}]
    whole = client.chat.completions.create(model="allmanning", messages=messages)
    tiny = client.chat.completions.create(model="allmanning", messages=messages, max_tokens=1)
    stopped = client.chat.completions.create(model="allmanning", messages=messages, stop="[1]")

    assert whole.choices[0].finish_reason == "stop"
    assert (tiny.choices[0].message.content, tiny.choices[0].finish_reason) == ("", "length")
    assert (stopped.choices[0].message.content, stopped.choices[0].finish_reason) == ("", "stop")
    assert stopped.model_extra["allmanning"]["reason"] == "no_room"


def test_the_same_terms_have_the_same_fingerprint(client: openai.OpenAI) -> None:
    messages = [{"role": "user", "content": QUESTION}]
    answers = [client.chat.completions.create(model="allmanning", messages=messages, seed=seed) for seed in (1, 2)]

    assert answers[0].system_fingerprint == answers[1].system_fingerprint
    assert answers[0].choices[0].message.content == answers[1].choices[0].message.content


def test_embeddings_place_what_means_the_same_together(client: openai.OpenAI) -> None:
    texts = ["Vad kostar förskolan?", "Avgift för barnomsorg", "Var ligger återvinningscentralen?"]
    answer = client.embeddings.create(model="allmanning-embedding", input=texts)

    fee, care, waste = (each.embedding for each in answer.data)
    assert math.isclose(math.sqrt(dot(fee, fee)), 1, rel_tol=1e-3)
    assert dot(fee, care) > dot(fee, waste)
    assert answer.usage.prompt_tokens > len(texts)


def test_pictures_and_tools_are_refused_by_name(client: openai.OpenAI) -> None:
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,"}}
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(model="allmanning", messages=[{"role": "user", "content": [picture]}])
    assert (caught.value.code, caught.value.param) == ("content.unsupported", "messages[0].content[0].type")
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(
            model="allmanning",
            messages=[{"role": "user", "content": QUESTION}],
            tools=[{"type": "function", "function": {"name": "f"}}],
        )
    assert (caught.value.code, caught.value.param) == ("parameter.unsupported", "tools")
