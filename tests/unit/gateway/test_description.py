"""The description of the API: whole, stable and true of how operations are guarded."""

from __future__ import annotations

import re

import jsonschema
import pytest

from allmanning.gateway.app import create_app
from allmanning.gateway.description.samples import requests
from allmanning.gateway.settings import GatewaySettings

METHODS = {"get", "put", "post", "patch", "delete"}


@pytest.fixture(scope="module")
def description() -> dict:
    return create_app(GatewaySettings()).openapi()


def operations(description: dict) -> list[tuple[str, dict]]:
    return [
        (f"{method} {path}", operation)
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]


def test_every_operation_says_what_it_does_and_has_a_name_that_no_other_has(description):
    found = operations(description)
    names = [operation["operationId"] for _, operation in found]

    assert len(found) > 100
    assert len(set(names)) == len(names)
    assert [name for name in names if not re.fullmatch(r"[a-z_]+", name)] == []
    assert [label for label, operation in found if len(operation.get("description", "")) < 10] == []


def test_every_tag_has_words(description):
    told = {each["name"]: each["description"] for each in description["tags"]}
    used = {tag for _, operation in operations(description) for tag in operation["tags"]}

    assert set(told) == used


def test_every_error_is_documented_as_problem_details(description):
    for label, operation in operations(description):
        answers = operation["responses"]
        assert {"400", "429", "500", "503", "504"} <= set(answers), label
        for status, answer in answers.items():
            if int(status) >= 400 and "$ref" in answer:
                assert answer["$ref"] == f"#/components/responses/Problem{status}"
    for answer in description["components"]["responses"].values():
        [(media, content)] = answer["content"].items()
        assert media == "application/problem+json"
        assert content["example"]["code"] in answer["description"]
    assert "HTTPValidationError" not in description["components"]["schemas"]


def test_what_succeeds_has_a_media_type_and_a_shape_unless_it_is_empty(description):
    empty = {"202", "204"}
    for label, operation in operations(description):
        for status, answer in operation["responses"].items():
            if int(status) < 400 and status not in empty:
                assert answer.get("content"), (label, status)
                assert all("schema" in each for each in answer["content"].values()), label


def test_operations_say_whether_a_key_is_needed(description):
    found = dict(operations(description))

    assert found["get /v1/documents"]["security"] == [{"key": []}]
    assert found["get /v1/documents/{document_id}"]["security"] == [{}, {"key": []}]
    assert found["get /health"]["security"] == []
    assert all("401" in each["responses"] for _, each in found.items() if each["security"])


def test_every_operation_shows_what_it_takes_and_what_it_answers(description):
    shapes = {"components": description["components"]}

    def check(content: dict) -> None:
        jsonschema.Draft202012Validator(content["schema"] | shapes).validate(content["example"])

    for label, operation in operations(description):
        for media, content in operation.get("requestBody", {}).get("content", {}).items():
            check(content)
            assert operation["operationId"] in requests() or media == "multipart/form-data", label
        for status, answer in operation["responses"].items():
            if int(status) < 400 and "application/json" in answer.get("content", {}):
                check(answer["content"]["application/json"])
    assert requests().keys() <= {each["operationId"] for _, each in operations(description)}
