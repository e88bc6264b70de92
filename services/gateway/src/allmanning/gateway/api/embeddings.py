"""Vectors of texts from the index's own embedder, the way OpenAI's clients ask for them."""

from __future__ import annotations

import base64
import struct
from collections.abc import Sequence
from typing import Annotated, Final, Literal

from fastapi import APIRouter
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from typing_extensions import TypedDict

from allmanning.contracts.index.v1.index_pb import EmbedRequest, EmbedResponse, TextKind, TokenVectors
from allmanning.gateway.api.exact import Whole
from allmanning.gateway.api.models import EMBEDDING_MODEL, known_model
from allmanning.gateway.api.parameters import check_parameters
from allmanning.gateway.api.text import Text
from allmanning.gateway.asker import Keyed, TheParts
from allmanning.gateway.parts import Parts
from allmanning.gateway.problems import Misfit
from allmanning.runtime import subjects

router = APIRouter(tags=["embeddings"])

# The embedder's window is 512 tokens, its prefix and marks included; what is beyond it would be cut off unseen.
MAX_TOKENS: Final = 500
# For embedders that do not count: no natural text has more than a token for three characters.
_MAX_UNCOUNTED_CHARS: Final = 1_500
_AT_ONCE: Final = 16
_TIMEOUT_S: Final = 30.0

_KINDS: Final = {"query": TextKind.QUERY, "passage": TextKind.PASSAGE}


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


class EmbeddingExtra(BaseModel):
    """Ours, under `allmanning`: the model places a question and the text that answers it differently."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["query", "passage"] = "query"


class EmbeddingsRequest(BaseModel):
    """Texts to embed; arrays of token numbers are refused, for they are of somebody else's vocabulary."""

    input: Annotated[
        list[Annotated[Text, Field(min_length=1, max_length=20_000)]],
        Field(min_length=1, max_length=256),
        BeforeValidator(_listed),
    ]
    model: Text = EMBEDDING_MODEL
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: Annotated[Whole | None, Field(ge=1)] = None
    user: Text | None = Field(default=None, max_length=512)
    allmanning: EmbeddingExtra = Field(default_factory=EmbeddingExtra)

    @model_validator(mode="before")
    @classmethod
    def _supported(cls, given: object) -> object:
        check_parameters(given, cls.model_fields)
        return given


class Embedding(TypedDict):
    """A unit vector: numbers, or little-endian float32 in base64."""

    object: str
    index: int
    embedding: list[float] | str


class EmbeddingUsage(TypedDict):
    """Tokens that were read; zeros from an embedder that does not count."""

    prompt_tokens: int
    total_tokens: int


class EmbeddingGrounds(TypedDict):
    """Ours: `model` is name and hash of the weights; vectors of two models can't be compared."""

    model: str
    kind: str
    dimensions: int


class Embeddings(TypedDict):
    """The vectors, in the order of the texts."""

    object: str
    data: list[Embedding]
    model: str
    usage: EmbeddingUsage
    allmanning: EmbeddingGrounds


@router.post("/v1/embeddings")
async def embed(asked: EmbeddingsRequest, _asker: Keyed, parts: TheParts) -> Embeddings:
    """Embed texts. Nothing of them is kept."""
    known_model(asked.model, EMBEDDING_MODEL)
    vectors: list[bytes] = []
    tokens = 0
    answer = EmbedResponse()
    while len(vectors) < len(asked.input):
        waiting = asked.input[len(vectors) : len(vectors) + _AT_ONCE]
        answer = await _embedded(parts, waiting, _KINDS[asked.allmanning.kind])
        if asked.dimensions not in (None, answer.dimension):
            raise Misfit(
                "dimensions.unsupported",
                f"Vektorerna har {answer.dimension} tal och kan inte kortas. Utelämna dimensions."
                f" (The vectors have {answer.dimension} numbers and can’t be shortened.)",
                param="dimensions",
            )
        tokens += _read(waiting, answer, len(vectors))
        vectors += answer.vectors
    rows = [
        Embedding(object="embedding", index=place, embedding=_written(vector, asked.encoding_format))
        for place, vector in enumerate(vectors)
    ]
    return Embeddings(
        object="list",
        data=rows,
        model=EMBEDDING_MODEL,
        usage=EmbeddingUsage(prompt_tokens=tokens, total_tokens=tokens),
        allmanning=EmbeddingGrounds(model=answer.model, kind=asked.allmanning.kind, dimensions=answer.dimension),
    )


async def _embedded(parts: Parts, texts: Sequence[str], kind: TextKind) -> EmbedResponse:
    request = EmbedRequest(texts=list(texts), kind=kind)
    return await parts.bus.call(subjects.INDEX_EMBED, request, EmbedResponse, timeout_s=_TIMEOUT_S)


def _read(texts: Sequence[str], answer: EmbedResponse, first: int) -> int:
    """Tokens of the texts that were embedded.

    Raises:
        Misfit: `input.too_long`, for a text of which the end would not be in its vector.
    """
    counts = [_count(each) for each in answer.tokens] or [0] * len(answer.vectors)
    for place, count in enumerate(counts):
        if count > MAX_TOKENS or (not count and len(texts[place]) > _MAX_UNCOUNTED_CHARS):
            raise Misfit(
                "input.too_long",
                f"Texten är för lång: högst {MAX_TOKENS} tokens går in i en vektor. Dela den."
                f" (The text is too long: at most {MAX_TOKENS} tokens go into a vector. Split it.)",
                param=f"input[{first + place}]",
            )
    return sum(counts)


def _count(tokens: TokenVectors) -> int:
    return len(tokens.codes) // max(1, tokens.dimension)


def _written(vector: bytes, encoding: str) -> list[float] | str:
    if encoding == "base64":
        return base64.b64encode(vector).decode()
    return list(struct.unpack(f"<{len(vector) // 4}f", vector))
