"""Passages and questions as the index wants them: both vectors, from the same text."""

from __future__ import annotations

from collections.abc import Sequence

from allmanning.contracts.index.v1.index_pb import IndexedPassage, SparseVector
from allmanning.contracts.passage.v1.passage_pb import Passage
from allmanning.index.embed.protocol import Embedder, Vectors
from allmanning.index.everyday import worded_officially
from allmanning.index.sparse import passage_vector, question_vector
from allmanning.index.text import indexed_text


async def encode_passages(passages: Sequence[Passage], embedder: Embedder) -> list[IndexedPassage]:
    """Passages ready to be staged, in the same order."""
    texts = [indexed_text(passage) for passage in passages]
    vectors = wire_vectors(await embedder.embed_passages(texts))
    return [
        IndexedPassage(passage=passage, dense=dense, sparse=passage_vector(text))
        for passage, text, dense in zip(passages, texts, vectors, strict=True)
    ]


async def encode_question(question: str, embedder: Embedder) -> tuple[bytes, SparseVector]:
    """The two vectors of a question, as `index.v1.SearchRequest` carries them."""
    [dense] = wire_vectors(await embedder.embed_queries([worded_officially(question)]))
    return dense, question_vector(question)


def wire_vectors(vectors: Vectors) -> list[bytes]:
    """Rows as little-endian float32."""
    return [row.astype("<f4").tobytes() for row in vectors]
