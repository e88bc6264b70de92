"""The official OpenAI client works against the platform."""

from __future__ import annotations

import openai
import pytest

from tests.platform_node import Platform

QUESTION = "Vad kostar det att lämna barn på förskolan?"


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
