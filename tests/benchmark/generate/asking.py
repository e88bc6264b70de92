"""Ask a streaming chat API, and note when what was said."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass

import httpx2

PATH = "/v1/chat/completions"


@dataclass(frozen=True)
class Heard:
    """Seconds since the question was put."""

    first_s: float
    """Until the first words."""
    last_s: float
    """Until the last words."""
    end_s: float
    text: str
    first_sentence_s: float = 0.0
    """Until the first sentence was whole: it ends with its citation."""
    queued: int = 0
    """How many times a place in the queue was told."""
    outcome: str = "answered"
    """The platform's word for what became of the question."""


class Busy(Exception):
    """Told to come back later, and when."""


class Unanswered(Exception):
    """An error in place of an answer."""


async def ask(client: httpx2.AsyncClient, question: str) -> Heard:
    """Put one question to whoever serves at the client's address.

    Raises:
        Busy: for a 429, or the same within the stream.
        Unanswered: for another status than 200, an error event, or no words at all.
    """
    body = {"model": "allmanning", "stream": True, "messages": [{"role": "user", "content": question}]}
    first = last = sentence = 0.0
    queued, text, outcome = 0, "", "answered"
    started = time.perf_counter()
    async with client.stream("POST", PATH, json=body) as response:
        if response.status_code == 429:
            raise Busy(response.headers["Retry-After"])
        if response.status_code != 200:
            raise Unanswered(f"{response.status_code} {(await response.aread()).decode()[:200]}")
        async for line in response.aiter_lines():
            queued += line.startswith(": allmanning")
            if not line.startswith("data: {"):
                continue
            event = json.loads(line.removeprefix("data: "))
            if "error" in event:
                raise (Busy if event["error"]["type"] == "rate_limit_error" else Unanswered)(line)
            outcome = event.get("allmanning", {}).get("outcome") or outcome
            words = event["choices"][0]["delta"].get("content") if event["choices"] else ""
            if not words:
                continue
            last = time.perf_counter() - started
            first = first or last
            text += words
            if not sentence and "]" in text:
                sentence = last
    if not text:
        raise Unanswered("no words")
    return Heard(first, last, time.perf_counter() - started, text, sentence, queued, outcome)
