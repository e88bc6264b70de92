"""From the two vectors of a question to the passages that the asker may read."""

from __future__ import annotations

import asyncio
from typing import TypedDict

import numpy as np
from haystack import Document, component
from haystack.dataclasses import SparseEmbedding

from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.contracts.index.v1.index_pb import SearchRequest, SearchResponse, SparseVector, TokenVectors
from allmanning.contracts.passage.v1.passage_pb import Filter, Order
from allmanning.index.store.protocol import PassageStore
from allmanning.retrieve.found import document_of
from allmanning.retrieve.question_embedder import Vector
from allmanning.retrieve.stage import stage


class Found(TypedDict):
    """Ranked documents, how many they are, and the store's answer without its passages."""

    documents: list[Document]
    fetched: int
    answer: SearchResponse


@component
class PassageRetriever:
    """Searches the passage store. Access is decided inside it, never after."""

    def __init__(self) -> None:
        self._store: PassageStore | None = None

    def bind_store(self, store: PassageStore) -> None:
        """A running store cannot stand in YAML; it is given after loading."""
        self._store = store

    @component.output_types(documents=list[Document], fetched=int, answer=SearchResponse)
    def run(
        self,
        query_embedding: Vector | list[float],
        query_sparse_embedding: SparseEmbedding,
        principal: Principal,
        top_k: int,
        as_of: str,
        filter: Filter,
        order: Order = Order.UNSPECIFIED,
        shown: bytes = b"",
        facets: bool = False,
        terms: str = "",
        tokens: TokenVectors | None = None,
    ) -> Found:
        limits = (principal, top_k, as_of, filter, order, shown, facets, terms, tokens)
        return asyncio.run(self.run_async(query_embedding, query_sparse_embedding, *limits))

    @component.output_types(documents=list[Document], fetched=int, answer=SearchResponse)
    async def run_async(
        self,
        query_embedding: Vector | list[float],
        query_sparse_embedding: SparseEmbedding,
        principal: Principal,
        top_k: int,
        as_of: str,
        filter: Filter,
        order: Order = Order.UNSPECIFIED,
        shown: bytes = b"",
        facets: bool = False,
        terms: str = "",
        tokens: TokenVectors | None = None,
    ) -> Found:
        """Returns `documents` best first, `fetched` and `answer`. Raises what the store raises."""
        if self._store is None:
            raise RuntimeError("PassageRetriever has no store: call bind_store first")
        sparse = SparseVector(indices=query_sparse_embedding.indices, values=query_sparse_embedding.values)
        request = SearchRequest(
            principal=principal,
            dense=np.asarray(query_embedding, dtype="<f4").tobytes(),
            sparse=sparse,
            limit=top_k,
            as_of=as_of,
            filter=filter,
            order=order,
            shown=shown,
            facets=facets,
            terms=terms.split("\n") if terms else [],
            tokens=tokens,
        )
        with stage("search"):
            answer = await self._store.search(request)
        documents = [document_of(found) for found in answer.passages]
        answer.passages = []
        return {"documents": documents, "fetched": len(documents), "answer": answer}
