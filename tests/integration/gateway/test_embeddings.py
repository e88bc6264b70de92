"""Embeddings from the index's own embedder, as OpenAI's client asks for them."""

from __future__ import annotations

import base64
import struct

import openai
import pytest

from allmanning.contracts.index.v1.index_pb import TextKind


def official(gateway):
    return openai.AsyncOpenAI(base_url=f"{gateway.url}/v1", api_key=gateway.key("citizen"), max_retries=0)


async def test_embeddings_come_as_numbers_and_as_base64(gateway):
    client = official(gateway)

    numbers = await client.embeddings.create(
        model="allmanning-embedding", input=["en altan", "tre ord till"], encoding_format="float"
    )
    packed = await client.embeddings.create(
        model="allmanning-embedding", input="en altan", encoding_format="base64",
        extra_body={"allmanning": {"kind": "passage"}},
    )  # fmt: skip

    assert [each.index for each in numbers.data] == [0, 1]
    assert numbers.data[0].embedding == pytest.approx([0.6, 0.8, 8.0])
    assert numbers.usage.prompt_tokens == 5
    assert struct.unpack("<3f", base64.b64decode(packed.data[0].embedding)) == pytest.approx((0.6, 0.8, 8.0))
    assert numbers.model_extra["allmanning"] == {"model": "e5 abc", "kind": "query", "dimensions": 3}
    assert [each.kind for each in gateway.script.asked] == [TextKind.QUERY, TextKind.PASSAGE]


async def test_many_texts_are_embedded_in_parts_and_in_order(gateway):
    gateway.script.embeds_at_once = 7
    texts = ["x" * length for length in range(1, 41)]

    answer = await official(gateway).embeddings.create(
        model="allmanning-embedding", input=texts, encoding_format="float"
    )

    assert [round(each.embedding[2]) for each in answer.data] == list(range(1, 41))


@pytest.mark.parametrize(
    ("values", "code", "param"),
    [
        ({"input": "x", "dimensions": 2}, "dimensions.unsupported", "dimensions"),
        ({"input": ["kort", "ord " * 501]}, "input.too_long", "input[1]"),
        ({"input": ""}, "field.invalid", "input[0]"),
        ({"input": []}, "field.invalid", "input"),
        ({"input": [1, 2, 3]}, "field.invalid", "input[0]"),
        ({"input": "x", "encoding_format": "hex"}, "field.invalid", "encoding_format"),
        ({"input": "x", "truncate": True}, "parameter.unknown", "truncate"),
    ],
)
async def test_texts_that_cant_be_embedded_are_refused_by_name(gateway, values, code, param):
    async with gateway.client("citizen") as client:
        answer = await client.post("/v1/embeddings", json={"model": "allmanning-embedding", **values})

    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["param"]) == (400, code, param)


async def test_the_native_dimension_may_be_named(gateway):
    async with gateway.client("citizen") as client:
        answer = await client.post(
            "/v1/embeddings", json={"model": "allmanning-embedding", "input": "x", "dimensions": 3}
        )

    assert answer.status_code == 200
