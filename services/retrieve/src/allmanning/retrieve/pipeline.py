"""The search as a Haystack pipeline, with the embedder and the store it runs on.

The service, the evaluation and the benchmark all search through `Retrieval`; they differ in what they give it.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Protocol, runtime_checkable

from haystack import Pipeline
from haystack.core.errors import PipelineRuntimeError

from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.contracts.retrieve.v1.retrieve_pb import SearchRequest, SearchResponse
from allmanning.index.embed.protocol import Embedder
from allmanning.index.store.protocol import PassageStore
from allmanning.index.version import index_version
from allmanning.retrieve.found import passage_of
from allmanning.retrieve.question import checked
from allmanning.runtime.errors import Internal, PlatformError

# What a pipeline file may name. A YAML file that could name anything could run anything.
ALLOWED_MODULES = ["allmanning.*", "haystack.*", "haystack_integrations.*"]


@runtime_checkable
class NeedsEmbedder(Protocol):
    def bind_embedder(self, embedder: Embedder) -> None: ...


@runtime_checkable
class NeedsStore(Protocol):
    def bind_store(self, store: PassageStore) -> None: ...


@runtime_checkable
class NeedsCrossEncoder(Protocol):
    def bind_cross_encoder(self, url: str) -> None: ...


class Retrieval:
    """Searches with the pipeline of `pipeline.yaml`, or one like it.

    Args:
        embedder: Already warm; it and the store belong to the caller.
        store: Already open.
        pipeline_file: In place of the pipeline that ships with the service.
        tei_reranker_url: Of a cross-encoder; empty for none.
        rerank_depth: How many passages the cross-encoder sees.
    """

    def __init__(
        self,
        embedder: Embedder,
        store: PassageStore,
        *,
        pipeline_file: Path | None = None,
        tei_reranker_url: str = "",
        rerank_depth: int = 30,
    ) -> None:
        self._embedder = embedder
        self._store = store
        self._file = pipeline_file
        self._reranker_url = tei_reranker_url
        self._depth = rerank_depth if tei_reranker_url else 0
        self._pipeline = Pipeline()
        self._free: dict[str, dict[str, object]] = {}
        self._version = ""

    async def warm_up(self) -> None:
        """Load the pipeline and open its components."""
        source = self._file or files(__package__).joinpath("pipeline.yaml")
        self._pipeline = Pipeline.loads(source.read_text(encoding="utf-8"), allowed_modules=ALLOWED_MODULES)
        for _, component in self._pipeline.walk():
            if isinstance(component, NeedsEmbedder):
                component.bind_embedder(self._embedder)
            if isinstance(component, NeedsStore):
                component.bind_store(self._store)
            if isinstance(component, NeedsCrossEncoder) and self._reranker_url:
                component.bind_cross_encoder(self._reranker_url)
        await self._pipeline.warm_up_async()
        self._free = self._pipeline.inputs()
        self._version = index_version(self._embedder.model, self._embedder.dimension)

    async def close(self) -> None:
        await self._pipeline.close_async()

    async def search(self, request: SearchRequest) -> SearchResponse:
        """Passages for a request, best first; what it leaves out gets its default.

        `held_back` counts among the best `limit`; with a cross-encoder, among those it was given.

        Raises:
            InvalidInput: See `question.checked`.
            PlatformError: What a stage raised.
        """
        try:
            result = await self._pipeline.run_async(self._inputs(checked(request)))
        except PipelineRuntimeError as error:
            # Haystack wraps what a stage raised and quotes it.
            if isinstance(error.__cause__, PlatformError):
                raise error.__cause__ from None
            raise Internal("retrieve.stage_failed", "Sökningen misslyckades.") from error.__cause__
        return SearchResponse(
            passages=[passage_of(document) for document in result["ranker"]["documents"]],
            held_back=result["retriever"]["held_back"],
            total=result["retriever"]["total"],
            index_version=self._version,
        )

    def _inputs(self, request: SearchRequest) -> dict[str, dict[str, object]]:
        """Every input that no connection fills, by its name, so that stages may be added and replaced."""
        values = {
            "text": request.query,
            "query": request.query,
            "principal": request.principal or Principal(),
            "top_k": request.limit,
            "as_of": request.as_of,
            "collection_ids": list(request.collections),
            "document_ids": list(request.documents),
        }
        inputs = {stage: {name: values[name] for name in free if name in values} for stage, free in self._free.items()}
        inputs["retriever"]["top_k"] = max(request.limit, self._depth)
        return inputs
