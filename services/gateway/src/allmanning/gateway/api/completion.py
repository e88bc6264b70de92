"""The shapes of OpenAI's chat API, as far as its clients need them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final

from typing_extensions import TypedDict

from allmanning.contracts.generate.v1.generate_pb import Cut, Finished
from allmanning.gateway.api.chat_request import MODEL
from allmanning.gateway.api.grounds import Grounds, Opening

_FINISH: Final = {Cut.LENGTH: "length"}


class Usage(TypedDict):
    """Tokens the model used; zeros when no model was asked."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class CompletionMessage(TypedDict):
    """The answer's text."""

    role: str
    content: str
    refusal: None


class Choice(TypedDict):
    """The only choice there is."""

    index: int
    message: CompletionMessage
    finish_reason: str
    logprobs: None


class Completion(TypedDict):
    """A whole answer."""

    id: str
    object: str
    created: int
    model: str
    system_fingerprint: str
    choices: list[Choice]
    usage: Usage
    allmanning: Grounds


class Delta(TypedDict, total=False):
    """What a chunk adds."""

    role: str
    content: str


class ChunkChoice(TypedDict):
    """The only choice, in a chunk."""

    index: int
    delta: Delta
    finish_reason: str | None
    logprobs: None


class Chunk(TypedDict, total=False):
    """A piece of a streamed answer. The first says who speaks, the one with the finish reason has the grounds."""

    id: str
    object: str
    created: int
    model: str
    system_fingerprint: str
    choices: list[ChunkChoice]
    usage: Usage | None
    allmanning: Grounds | Opening


def usage(finished: Finished) -> Usage:
    return Usage(
        prompt_tokens=finished.prompt_tokens,
        completion_tokens=finished.completion_tokens,
        total_tokens=finished.prompt_tokens + finished.completion_tokens,
    )


def finish_reason(finished: Finished) -> str:
    """OpenAI's word for what ended the answer; a stop text and a natural end are both `stop` there."""
    return _FINISH.get(finished.cut, "stop")


def fingerprint(pins: Mapping[str, str]) -> str:
    """Of all that decides how answers come about: the same while the same question gets the same answer."""
    joined = "\n".join(f"{kind} {pins[kind]}" for kind in sorted(pins))
    return f"fp_{hashlib.sha256(joined.encode()).hexdigest()[:16]}"


def completion(finished: Finished, content: str, created: int, extra: Grounds) -> Completion:
    message = CompletionMessage(role="assistant", content=content, refusal=None)
    reason = finish_reason(finished)
    return Completion(
        id=f"chatcmpl-{finished.decision_id}",
        object="chat.completion",
        created=created,
        model=MODEL,
        system_fingerprint=fingerprint(finished.pins),
        choices=[Choice(index=0, message=message, finish_reason=reason, logprobs=None)],
        usage=usage(finished),
        allmanning=extra,
    )
