"""Vectors and tokens as the messages carry them, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from allmanning.contracts.index.v1.index_pb import TokenVectors
from allmanning.index.batches import batches
from allmanning.index.embed.protocol import Embedded, Embedder, TokenEmbedder, Tokens, Vectors

# Within the largest message of a NATS server, 1 MB, with room for headers.
ANSWER_BYTES: Final = 950_000
_AROUND_BYTES: Final = 16


def wire_vectors(vectors: Vectors) -> list[bytes]:
    """Rows as little-endian float32."""
    return [row.astype("<f4").tobytes() for row in vectors]


def wire_tokens(tokens: Tokens) -> TokenVectors:
    return TokenVectors(
        codes=tokens.codes.tobytes(),
        dimension=tokens.codes.shape[1],
        words=tokens.words.tolist(),
        weights=tokens.weights.tolist(),
    )


def wire_embedded(embedded: Embedded) -> tuple[list[bytes], list[TokenVectors]]:
    """The vectors and the tokens of the first texts, of as many as fit in one message and of one at least."""
    vectors = wire_vectors(embedded.vectors)
    tokens = [wire_tokens(each) for each in embedded.tokens]
    sizes = [len(vector) + _AROUND_BYTES for vector in vectors]
    for place, each in enumerate(tokens):
        sizes[place] += len(each.to_binary())
    fitting = next(batches(range(len(vectors)), sizes.__getitem__, ANSWER_BYTES), [])
    return vectors[: len(fitting)], tokens[: len(fitting)]


def tokens_of(wired: TokenVectors) -> Tokens:
    codes = np.frombuffer(wired.codes, np.int8).reshape(-1, max(wired.dimension, 1))
    return Tokens(codes, np.array(wired.words, np.int32), np.array(wired.weights, np.float32))


async def query_tokens(embedder: Embedder, texts: Sequence[str]) -> Embedded:
    """Questions with their tokens, where the embedder has them."""
    if isinstance(embedder, TokenEmbedder):
        return await embedder.embed_query_tokens(texts)
    return Embedded(await embedder.embed_queries(texts), ())


async def passage_tokens(embedder: Embedder, texts: Sequence[str]) -> Embedded:
    """Passages with their tokens, where the embedder has them."""
    if isinstance(embedder, TokenEmbedder):
        return await embedder.embed_passage_tokens(texts)
    return Embedded(await embedder.embed_passages(texts), ())
