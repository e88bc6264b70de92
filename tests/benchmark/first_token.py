"""Time to the first words through the platform, and from the same scripted model server directly.

The platform's first words are a whole sentence that was searched for, checked against its source, decided on by the
gate twice and put on record, all durable, before it left. The server says each sentence in one piece, so that both
figures are of the same words.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from allmanning.index.sentences import sentences
from tests.contract.generate.scripted_model import Script, ScriptedModel
from tests.contract.generate.served_model import served
from tests.platform_node import Platform

ROUNDS = 3


@dataclass(frozen=True)
class Times:
    """Milliseconds of each question."""

    platform_ms: list[float] = field(default_factory=list)
    direct_ms: list[float] = field(default_factory=list)


def _first_words_ms(client: httpx2.Client, path: str, question: str) -> float:
    body = {"model": "scripted", "stream": True, "messages": [{"role": "user", "content": question}]}
    started = time.perf_counter()
    with client.stream("POST", path, json=body) as response:
        assert response.status_code == 200, response.read()
        for line in response.iter_lines():
            if line.startswith("data: {"):
                choices = json.loads(line.removeprefix("data: "))["choices"]
                if choices and choices[0]["delta"].get("content"):
                    return (time.perf_counter() - started) * 1000
    raise AssertionError(f"no words for {question}")


def _said_by(passage: str) -> str:
    """The passage's longest sentence, as a model would cite it."""
    spans = sentences(passage)
    start, end = max(spans, key=lambda span: span[1] - span[0])
    return f"{passage[start:end].strip().rstrip('.')}. [1]"


def measure(folder: Path, questions: Sequence[str]) -> Times:
    """Ask each question of the platform and of the server behind it."""
    with served(ScriptedModel()) as model:
        environment = {
            "ALLMANNING_MODEL_API": "openai",
            "ALLMANNING_MODEL_URL": f"{model.url}/v1",
            "ALLMANNING_MODEL_NAME": "scripted",
            "ALLMANNING_MODEL_APPROVED": "true",
        }
        platform = Platform(folder, demo=True, environment=environment).start()
        try:
            return _asked(platform, model, questions)
        finally:
            platform.stop()


def _asked(platform: Platform, model: ScriptedModel, questions: Sequence[str]) -> Times:
    times, keys = Times(), platform.ready["keys"]
    assert isinstance(keys, dict)
    with platform.http(keys["citizen"]) as client, httpx2.Client(base_url=model.url, timeout=30) as direct:
        for number in range(ROUNDS):
            for question in questions:
                asked = f"{question} ({number})" if number else question
                found = client.post("/v1/search", json={"query": asked, "limit": 1}).json()["passages"]
                model.script = Script(pieces=(_said_by(found[0]["text"]),))
                times.direct_ms.append(_first_words_ms(direct, "/v1/chat/completions", asked))
                times.platform_ms.append(_first_words_ms(client, "/v1/chat/completions", f"{asked} "))
    return times
