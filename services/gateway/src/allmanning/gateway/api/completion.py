"""The shapes of OpenAI's chat API, as far as its clients need them."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from allmanning.contracts.generate.v1.generate_pb import Finished, Matter, Message
from allmanning.gateway.api.text import Text
from allmanning.gateway.language import translate
from allmanning.gateway.shapes import OUTCOMES, CitationOut, citations

MODEL: Final = "allmanning"

NOTICE: Final = (
    "Svaret är skrivet av en AI-tjänst och bygger bara på myndighetens dokument. Kontrollera det mot källan."
)


class TextPart(BaseModel):
    """A piece of a message; text is the only kind that a question can have."""

    type: Literal["text"]
    text: Text


class ChatMessage(BaseModel):
    """One message of the conversation."""

    role: Literal["system", "developer", "user", "assistant"]
    content: Text | list[TextPart]

    def message(self) -> Message:
        text = self.content if isinstance(self.content, str) else "\n".join(part.text for part in self.content)
        return Message(role="system" if self.role == "developer" else self.role, content=text)


class StreamOptions(BaseModel):
    """What OpenAI's `stream_options` says."""

    include_usage: bool = False


class Extra(BaseModel):
    """Ours, under `allmanning` in the request (the OpenAI client's `extra_body`)."""

    conversation_id: Text = Field(default="", max_length=128)
    collections: list[Text] = Field(default_factory=list, max_length=100)
    protected_identity: bool | None = Field(default=None, description="Someone's identity or address is protected.")
    child: bool | None = Field(default=None, description="The asker is a child, or the matter concerns one.")
    no_ai: bool | None = Field(default=None, description="The asker wants no answer made by AI.")

    def matter(self) -> Matter:
        """What the caller knows of the matter; what is not said stays unknown."""
        return Matter(protected_identity=self.protected_identity, child=self.child, no_ai=self.no_ai)


class ChatRequest(BaseModel):
    """A question. Sampling settings of OpenAI's API are accepted and have no effect: the authority sets them."""

    messages: Annotated[list[ChatMessage], Field(min_length=1, max_length=200)]
    model: str = MODEL
    stream: bool = False
    stream_options: StreamOptions | None = None
    max_tokens: Annotated[int | None, Field(ge=1, le=100_000)] = None
    max_completion_tokens: Annotated[int | None, Field(ge=1, le=100_000)] = None
    n: Annotated[int | None, Field(ge=1, le=1)] = None
    allmanning: Extra = Field(default_factory=Extra)


class Usage(TypedDict):
    """Tokens the model used; zeros when no model was asked."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class Grounds(TypedDict):
    """Ours, under `allmanning` in the response: what the answer rests on and how it can be checked."""

    decision_id: str
    outcome: str
    citations: list[CitationOut]
    rule: str
    model: str
    language: str
    notice: str
    receipt: str


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
    """A piece of a streamed answer. The one with the finish reason has the grounds."""

    id: str
    object: str
    created: int
    model: str
    choices: list[ChunkChoice]
    usage: Usage | None
    allmanning: Grounds


def usage(finished: Finished) -> Usage:
    return Usage(
        prompt_tokens=finished.prompt_tokens,
        completion_tokens=finished.completion_tokens,
        total_tokens=finished.prompt_tokens + finished.completion_tokens,
    )


def grounds(finished: Finished, authority: str, language: str) -> Grounds:
    """What the answer rests on; the notice is in the answer's language, or in `language` when that is unknown."""
    return Grounds(
        decision_id=finished.decision_id,
        outcome=OUTCOMES.get(finished.outcome, "abstained"),
        citations=citations(finished.citations),
        rule=finished.rule_id,
        model=finished.model,
        language=finished.language,
        notice=translate(NOTICE, finished.language or language),
        receipt=f"/v1/decisions/{finished.decision_id}/receipt?authority={authority}",
    )


def completion(finished: Finished, created: int, extra: Grounds) -> Completion:
    message = CompletionMessage(role="assistant", content=finished.text, refusal=None)
    return Completion(
        id=f"chatcmpl-{finished.decision_id}",
        object="chat.completion",
        created=created,
        model=MODEL,
        choices=[Choice(index=0, message=message, finish_reason="stop", logprobs=None)],
        usage=usage(finished),
        allmanning=extra,
    )
