"""The search as a Haystack pipeline, with the embedder and the store it runs on.

The service, the evaluation and the benchmark all search through `Retrieval`; they differ in what they give it.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from haystack import Pipeline
from haystack.core.errors import PipelineRuntimeError

from allmanning.contracts.index.v1.index_pb import SearchResponse as Answer
from allmanning.contracts.passage.v1.passage_pb import Filter, Order
from allmanning.contracts.retrieve.v1.retrieve_pb import SearchRequest, SearchResponse, Understanding
from allmanning.index.embed.protocol import Embedder
from allmanning.index.store.protocol import PassageStore
from allmanning.index.version import index_version
from allmanning.retrieve.cursor import Page, cursor_of
from allmanning.retrieve.found import passage_of, with_shown
from allmanning.retrieve.question import Question, checked
from allmanning.retrieve.question_embedder import WithoutEmbedder
from allmanning.retrieve.straight import Straight
from allmanning.retrieve.synonyms import NoVocabulary, Vocabulary
from allmanning.retrieve.understanding import SWEDISH
from allmanning.runtime.errors import Internal, PlatformError, Refused

# What a pipeline file may name. A YAML file that could name anything could run anything.
ALLOWED_MODULES = ["allmanning.*", "haystack.*", "haystack_integrations.*"]

# The models whose cosines `index.v1.SearchResponse.far` was measured with.
_MEASURED = "e5"


@runtime_checkable
class NeedsEmbedder(Protocol):
    def bind_embedder(self, embedder: Embedder) -> None: ...


@runtime_checkable
class NeedsStore(Protocol):
    def bind_store(self, store: PassageStore) -> None: ...


@runtime_checkable
class NeedsCrossEncoder(Protocol):
    def bind_cross_encoder(self, url: str) -> None: ...


@runtime_checkable
class NeedsVocabulary(Protocol):
    def bind_vocabulary(self, vocabulary: Vocabulary) -> None: ...


class Retrieval:
    """Searches with the pipeline of `pipeline.yaml`, or one like it.

    Args:
        embedder: Already warm; it and the store belong to the caller.
        store: Already open.
        vocabulary: The authorities' own words; None: none have any.
        without_embedder: What to do when it does not answer: "refuse", or search by "words" alone.
        pipeline_file: In place of the pipeline that ships with the service.
        tei_reranker_url: Of a cross-encoder; empty for none.
        rerank_depth: How many passages the cross-encoder sees.
    """

    def __init__(
        self,
        embedder: Embedder,
        store: PassageStore,
        *,
        vocabulary: Vocabulary | None = None,
        without_embedder: WithoutEmbedder = "refuse",
        pipeline_file: Path | None = None,
        tei_reranker_url: str = "",
        rerank_depth: int = 30,
    ) -> None:
        self._embedder = embedder
        self._store = store
        self._vocabulary = vocabulary or NoVocabulary()
        self._without_embedder = without_embedder
        self._file = pipeline_file
        self._reranker_url = tei_reranker_url
        self._depth = rerank_depth if tei_reranker_url else 0
        self._pipeline = Pipeline()
        self._straight: Straight | None = None
        self._free: dict[str, dict[str, object]] = {}

    async def warm_up(self) -> None:
        """Load the pipeline and open its components.

        Raises `Refused`: `pipeline.invalid`, and `pipeline.incomplete` for one that lacks a stage we read from.
        """
        self._pipeline = self._loaded()
        if missing := {"retriever", "ranker"} - {name for name, _ in self._pipeline.walk()}:
            raise Refused("pipeline.incomplete", f"Pipelinen saknar steget {min(missing)}. (A stage is missing.)")
        for _, component in self._pipeline.walk():
            if isinstance(component, NeedsEmbedder):
                component.bind_embedder(self._embedder)
            if isinstance(component, NeedsStore):
                component.bind_store(self._store)
            if isinstance(component, NeedsVocabulary):
                component.bind_vocabulary(self._vocabulary)
            if isinstance(component, NeedsCrossEncoder) and self._reranker_url:
                component.bind_cross_encoder(self._reranker_url)
        await self._pipeline.warm_up_async()
        self._free = self._pipeline.inputs()
        if self._file is None:
            self._straight = Straight(self._pipeline)

    async def close(self) -> None:
        await self._pipeline.close_async()

    async def search(self, request: SearchRequest) -> SearchResponse:
        """Passages for a request, best first; what it leaves out gets its default.

        None of those that have nothing to do with the question, unless asked for. `held_back` counts among the best
        `limit`; with a cross-encoder, among those it was given.

        Raises:
            InvalidInput: See `question.checked`.
            Unavailable: `embedder.unavailable`, when questions are refused without the embedder.
            PlatformError: What a stage raised.
        """
        question = checked(request)
        result = await self._run(self._inputs(question))
        answer, fetched = result["retriever"]["answer"], result["retriever"]["fetched"]
        passages = [passage_of(document) for document in result["ranker"]["documents"]]
        understanding = _told(question, result)
        # Of a part that was chosen it was told how many there are.
        whole = (request.filter or Filter()) == Filter()
        if answer.far and whole and not request.even_far and self._tells_far(understanding):
            return SearchResponse(total=answer.total, index_version=self._version(answer), understanding=understanding)
        # What a cross-encoder put behind the limit comes on a later page.
        shown = answer.shown if len(passages) == fetched else with_shown(question.page.shown, passages)
        return SearchResponse(
            passages=passages,
            held_back=answer.held_back,
            total=answer.total,
            index_version=self._version(answer),
            next=cursor_of(Page(question.page.as_of, shown), question.key),
            found=answer.found,
            facets=answer.facets,
            understanding=understanding,
        )

    async def _run(self, inputs: dict[str, dict[str, object]]) -> Mapping[str, Mapping[str, Any]]:
        try:
            return await (self._straight.run(inputs) if self._straight else self._pipeline.run_async(inputs))
        except Exception as error:  # noqa: BLE001 (a stage may be anybody's)
            # Haystack wraps what a stage raised and quotes it. What is no error of ours may quote the question.
            raised = error.__cause__ if isinstance(error, PipelineRuntimeError) else error
            if isinstance(raised, PlatformError):
                raise raised from None
            raise Internal("retrieve.stage_failed", "Sökningen misslyckades.") from raised

    def _tells_far(self, understanding: Understanding) -> bool:
        """What is near is known of this model, and of questions in the passages' language."""
        return _MEASURED in self._embedder.model and understanding.language == SWEDISH

    def _version(self, answer: Answer) -> str:
        return answer.index_version or index_version(self._embedder.model, self._embedder.dimension)

    def _loaded(self) -> Pipeline:
        source = self._file or files(__package__).joinpath("pipeline.yaml")
        try:
            return Pipeline.loads(source.read_text(encoding="utf-8"), allowed_modules=ALLOWED_MODULES)
        except Exception as error:
            # What stands in the file decides what Haystack raises.
            raise Refused("pipeline.invalid", f"{source} är ingen pipeline: {error}. (Not a pipeline.)") from error

    def _inputs(self, question: Question) -> dict[str, dict[str, object]]:
        """Every input that no connection fills, by its name, so that stages may be added and replaced."""
        values = {
            "text": question.query.text,
            "query": question.query.text,
            "principal": question.principal,
            "top_k": question.limit,
            "as_of": question.page.as_of,
            "filter": question.filter,
            "order": question.order,
            "shown": question.page.shown,
            "facets": question.facets,
            "without_embedder": self._without_embedder,
        }
        inputs = {stage: {name: values[name] for name in free if name in values} for stage, free in self._free.items()}
        if question.order == Order.UNSPECIFIED:
            inputs["retriever"]["top_k"] = max(question.limit, self._depth)
        return inputs


def _told(question: Question, result: Mapping[str, Mapping[str, object]]) -> Understanding:
    told = result.get("analyser", {}).get("understanding")
    understanding = told if isinstance(told, Understanding) else Understanding()
    understanding.phrases = list(question.query.phrases)
    understanding.excluded = list(question.query.excluded)
    understanding.words_only = result.get("embedder", {}).get("words_only") is True
    return understanding
