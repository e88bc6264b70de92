"""Haystack's own hybrid search, as its documentation builds it: dense and sparse vectors in Qdrant, fused there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from haystack import Document
from haystack.dataclasses import SparseEmbedding
from haystack_integrations.components.retrievers.qdrant import QdrantHybridRetriever
from haystack_integrations.document_stores.qdrant import QdrantDocumentStore
from numpy.typing import NDArray

from tests.evaluation.retrieval.baselines.bm25 import Bm25, terms


class HaystackHybrid:
    """Qdrant in local mode with vectors of `Bm25` (its IDF from the engine) and of e5."""

    def __init__(self, texts: Sequence[str], bm25: Bm25, vectors: NDArray[np.float32], depth: int) -> None:
        """`vectors` is (texts, dimension)."""
        self._bm25 = bm25
        store = QdrantDocumentStore(
            ":memory:",
            embedding_dim=vectors.shape[1],
            use_sparse_embeddings=True,
            sparse_idf=True,
            return_embedding=False,
            progress_bar=False,
        )
        store.write_documents(
            [
                Document(
                    id=str(row),
                    content=text,
                    embedding=vector.tolist(),
                    sparse_embedding=_sparse(bm25.weights(text)),
                    meta={"row": row},
                )
                for row, (text, vector) in enumerate(zip(texts, vectors, strict=True))
            ]
        )
        self._retriever = QdrantHybridRetriever(document_store=store, top_k=depth)

    def ranking(self, question: str, vector: NDArray[np.float32]) -> list[int]:
        """Rows, best first."""
        numbers = self._bm25.numbers
        asked = _sparse({numbers[term]: 1.0 for term in terms(question) if term in numbers})
        found = self._retriever.run(query_embedding=vector.tolist(), query_sparse_embedding=asked)
        return [int(document.meta["row"]) for document in found["documents"]]


def _sparse(weights: dict[int, float]) -> SparseEmbedding:
    return SparseEmbedding(indices=list(weights), values=list(weights.values()))
