"""Whatever a body holds, it is read or refused with words; nothing breaks."""

from __future__ import annotations

import json

from fastapi.exceptions import RequestValidationError
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from starlette.requests import Request

from allmanning.gateway.api.chat_request import ChatRequest
from allmanning.gateway.api.embeddings import EmbeddingsRequest
from allmanning.gateway.api.parameters import UNSUPPORTED
from allmanning.gateway.problems import _invalid

KNOWN = [*ChatRequest.model_fields, *EmbeddingsRequest.model_fields, *UNSUPPORTED, "\ud800"]
INNER = ["role", "content", "type", "text", "json_schema", "schema", "name", "$ref", "anyOf", "properties"]
NAMES = st.sampled_from(KNOWN) | st.text(max_size=3)
TEXTS = st.text(st.characters(), max_size=5) | st.sampled_from(
    ["\ud800", "user", "text", "json_object", "json_schema", "allmanning", "schema", "anyOf", "image_url"]
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(INNER) | TEXTS, inner, max_size=4),
    max_leaves=6,
)
BODIES = st.dictionaries(NAMES, VALUES, max_size=5)
REQUEST = Request({"type": "http", "path": "/v1/chat/completions", "query_string": b"", "headers": []})


def refused(shape: type[ChatRequest | EmbeddingsRequest], body: object) -> None:
    try:
        shape.model_validate(body)
    except ValidationError as error:
        errors = [{**each, "loc": ("body", *each["loc"])} for each in error.errors(include_url=False)]
        answer = _invalid(REQUEST, RequestValidationError(errors))
        assert answer.status_code == 400
        assert json.loads(bytes(answer.body))["error"]["message"]


@settings(max_examples=300, deadline=None)
@given(BODIES)
def test_any_body_is_read_or_refused_with_words(body: dict[str, object]) -> None:
    refused(ChatRequest, {"messages": [{"role": "user", "content": "x"}], **body})
    refused(EmbeddingsRequest, body)
