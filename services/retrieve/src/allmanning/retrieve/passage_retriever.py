"""From the two vectors of a question to the passages that the asker may read."""

from __future__ import annotations

import asyncio
from typing import TypedDict

import numpy as np
from haystack import Document, component
from haystack.dataclasses import SparseEmbedding

from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.contracts.index.v1.index_pb import SearchRequest, SparseVector
from allmanning.index.store.protocol import PassageStore
from allmanning.retrieve.found import document_of
from allmanning.retrieve.question_embedder import Vector
from allmanning.retrieve.stage import stage


class Found(TypedDict):
    """Ranked documents, how many near ones the asker may not read, and how many the asker may read in all."""

    documents: list[Document]
    held_back: int
    total: int


@component
class PassageRetriever:
    """Searches the passage store. Access is decided inside it, never after."""

    def __init__(self) -> None:
        self._store: PassageStore | None = None

    def bind_store(self, store: PassageStore) -> None:
        """A running store cannot stand in YAML; it is given after loading."""
        self._store = store

    @component.output_types(documents=list[Document], held_back=int, total=int)
    def run(
        self,
        query_embedding: Vector | list[float],
        query_sparse_embedding: SparseEmbedding,
        principal: Principal,
        top_k: int,
        as_of: str,
        collection_ids: list[str],
        document_ids: list[str],
    ) -> Found:
        filters = (principal, top_k, as_of, collection_ids, document_ids)
        return asyncio.run(self.run_async(query_embedding, query_sparse_embedding, *filters))

    @component.output_types(documents=list[Document], held_back=int, total=int)
    async def run_async(
        self,
        query_embedding: Vector | list[float],
        query_sparse_embedding: SparseEmbedding,
        principal: Principal,
        top_k: int,
        as_of: str,
        collection_ids: list[str],
        document_ids: list[str],
    ) -> Found:
        """Returns `documents` best first, `held_back` and `total`. Raises what the store raises."""
        if self._store is None:
            raise RuntimeError("PassageRetriever has no store: call bind_store first")
        sparse = SparseVector(indices=query_sparse_embedding.indices, values=query_sparse_embedding.values)
        request = SearchRequest(
            principal=principal,
            dense=np.asarray(query_embedding, dtype="<f4").tobytes(),
            sparse=sparse,
            limit=top_k,
            as_of=as_of,
            collections=collection_ids,
            documents=document_ids,
        )
        with stage("search"):
            answer = await self._store.search(request)
        return {
            "documents": [document_of(found) for found in answer.passages],
            "held_back": answer.held_back,
            "total": answer.total,
        }
