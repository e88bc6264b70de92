"""Requests that schemathesis makes from the description, sent as each kind of asker; what is wrong with the answers."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Mapping

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

# How many requests to each operation; `make fuzz` asks for more.
EXAMPLES = int(os.environ.get("ALLMANNING_FUZZ_EXAMPLES", "6"))
CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
    negative_data_rejection,
]
TOO_LARGE = 413
# Work that takes as long as the client listens.
ENDLESS = {"queue_events"}


def fuzzed(description: dict, url: str) -> Iterator[APIOperation]:
    """Every operation of the description, called at `url`."""
    # Keys are ours to send: a generated one would only be refused.
    open_to_all = {
        path: {method: told | {"security": []} for method, told in methods.items()}
        for path, methods in description["paths"].items()
    }
    schema = schemathesis.openapi.from_dict(description | {"paths": open_to_all})
    schema.config.update(base_url=url)
    for each in schema.get_all_operations():
        operation = each.ok()
        if operation.definition.raw["operationId"] not in ENDLESS:
            yield operation


def wrong(operation: APIOperation, keys: Mapping[str, str], known: Mapping[str, list[str]]) -> list[str]:
    """What is wrong with the operation's answers, each said once.

    `keys`: a key of each kind of asker, empty for nobody; `known`: things that are there, by the parameter that names
    them, so that not every request asks for what does not exist.
    """
    found: set[str] = set()
    session = requests.Session()
    modes = st.sampled_from([GenerationMode.POSITIVE, GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
    cases = modes.flatmap(lambda mode: operation.as_strategy(generation_mode=mode))

    @given(case=cases, asker=st.sampled_from(sorted(keys)), data=st.data())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    def probe(case: schemathesis.Case, asker: str, data: st.DataObject) -> None:
        for name in case.path_parameters:
            if name in known and data.draw(st.booleans()):
                case.path_parameters[name] = data.draw(st.sampled_from(known[name]))
        headers = {"Authorization": f"Bearer {keys[asker]}"} if keys[asker] else {}
        response = case.call(session=session, headers=headers, timeout=60)
        if response.status_code == TOO_LARGE:
            # The only way to break a rule of length that the checks don't know as a refusal.
            return
        try:
            case.validate_response(response, checks=CHECKS)
        except FailureGroup as group:
            for each in group.exceptions:
                found.add(f"{operation.label} as {asker}: {each.title}: {each.message} [{response.status_code}]")

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        probe()
    return sorted(found)
