"""What OpenAI's chat API takes, as far as this platform can do it; the rest is refused by name."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from allmanning.contracts.generate.v1.generate_pb import Matter, Message, Wording
from allmanning.gateway.api.exact import Real, Whole, YesNo
from allmanning.gateway.api.parameters import WITHOUT_EFFECT, check_message, check_parameters
from allmanning.gateway.api.response_format import Plan, ResponseFormat
from allmanning.gateway.api.text import Text

MODEL: Final = "allmanning"

_INT64: Final = 2**63


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


Stop = Annotated[list[Annotated[Text, Field(min_length=1, max_length=200)]], Field(max_length=4)]


class TextPart(BaseModel):
    """A piece of a message; text is the only kind that a question can have."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["text"]
    text: Text


class ChatMessage(BaseModel):
    """One message of the conversation."""

    role: Literal["system", "developer", "user", "assistant"]
    content: Text | list[TextPart]

    @model_validator(mode="before")
    @classmethod
    def _supported(cls, given: object) -> object:
        check_message(given, cls.model_fields)
        return given

    def message(self) -> Message:
        text = self.content if isinstance(self.content, str) else "\n".join(part.text for part in self.content)
        return Message(role="system" if self.role == "developer" else self.role, content=text)


class StreamOptions(BaseModel):
    """What OpenAI's `stream_options` says."""

    model_config = ConfigDict(extra="forbid")

    include_usage: YesNo = False
    include_obfuscation: Literal[False] | None = None


class Extra(BaseModel):
    """Ours, under `allmanning` in the request (the OpenAI client's `extra_body`)."""

    model_config = ConfigDict(extra="forbid")

    conversation_id: Text = Field(default="", max_length=128)
    collections: list[Text] = Field(default_factory=list, max_length=100)
    protected_identity: YesNo | None = Field(default=None, description="Someone's identity or address is protected.")
    child: YesNo | None = Field(default=None, description="The asker is a child, or the matter concerns one.")
    no_ai: YesNo | None = Field(default=None, description="The asker wants no answer made by AI.")
    batch: YesNo = Field(default=False, description="Nobody waits at a screen: the authority's chats go before.")
    evaluation: YesNo = Field(
        default=False,
        description="An administrator measures the answers: on record as that, counted as nobody's use, reviewed by"
        " nobody. Any other key gets 403.",
    )
    evaluation_as: Literal["citizen", "caseworker"] = Field(
        default="citizen", description="As whom a question is asked that measures the answers."
    )
    easy_read: YesNo = Field(default=False, description="Word the answer easy to read (lättläst), where a model does.")

    def matter(self) -> Matter:
        """What the caller knows of the matter; what is not said stays unknown."""
        return Matter(protected_identity=self.protected_identity, child=self.child, no_ai=self.no_ai)


class ChatRequest(BaseModel):
    """A question, with what the caller wants of the answer. Sentences leave whole: see `/api` for what that means."""

    messages: Annotated[list[ChatMessage], Field(min_length=1, max_length=200)]
    model: Text = MODEL
    stream: YesNo = False
    stream_options: StreamOptions | None = None
    max_tokens: Annotated[Whole | None, Field(ge=1, le=100_000)] = None
    max_completion_tokens: Annotated[Whole | None, Field(ge=1, le=100_000)] = None
    stop: Annotated[Stop | None, BeforeValidator(_listed)] = None
    seed: Annotated[Whole | None, Field(ge=-_INT64, le=_INT64 - 1)] = None
    temperature: Annotated[Real | None, Field(ge=0, le=2)] = None
    response_format: ResponseFormat | None = None
    user: Text | None = Field(default=None, max_length=512)
    safety_identifier: Text | None = Field(default=None, max_length=512)
    prompt_cache_key: Text | None = Field(default=None, max_length=512)
    allmanning: Extra = Field(default_factory=Extra)

    @model_validator(mode="before")
    @classmethod
    def _supported(cls, given: object) -> object:
        check_parameters(given, cls.model_fields)
        return given

    @model_validator(mode="after")
    def _agreeing(self) -> Self:
        both = {self.max_tokens, self.max_completion_tokens} - {None}
        if len(both) > 1:
            raise PydanticCustomError("two_limits", "two limits", {"name": "max_tokens"})
        if self.stream_options is not None and not self.stream:
            raise PydanticCustomError("unsupported_parameter", "no stream", {"name": "stream_options"})
        return self

    @property
    def limit(self) -> int:
        """Most tokens of the answer; 0: as many as the authority allows."""
        return self.max_completion_tokens or self.max_tokens or 0

    def wording(self) -> Wording:
        return Wording(stop=self.stop or [], seed=self.seed, temperature=self.temperature)

    @property
    def plan(self) -> Plan | None:
        """The fields of the JSON object that the answer is to be; None for plain text."""
        return self.response_format.plan() if self.response_format else None

    @property
    def unused(self) -> list[str]:
        """Fields that were read and change nothing: names of end users and caches, which nothing here keeps."""
        return [name for name in WITHOUT_EFFECT if getattr(self, name) is not None]
