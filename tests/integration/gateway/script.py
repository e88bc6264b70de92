"""What the scripted services behind the gateway answer, and what they were asked."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from allmanning.contracts.audit.v1 import audit_pb as audit
from allmanning.contracts.generate.v1 import generate_pb as generate
from allmanning.contracts.index.v1 import index_pb as index
from allmanning.contracts.ingest.v1 import ingest_pb as ingest
from allmanning.contracts.passage.v1.passage_pb import Passage, ScoredPassage
from allmanning.contracts.retrieve.v1 import retrieve_pb as retrieve
from allmanning.runtime import subjects
from allmanning.runtime.endpoint import Endpoint, StreamEndpoint
from allmanning.runtime.errors import NotFound, Unavailable
from allmanning.runtime.objects import Objects
from tests.integration.gateway.said import (
    DECISION,
    answered,
    finished,
    leaf,
    opened,
    passage,
    records,
    sentence,
    version,
)


@dataclass
class Script:
    """What the services answer, and what they were asked. Change it before asking."""

    opened = staticmethod(opened)
    sentence = staticmethod(sentence)
    finished = staticmethod(finished)
    passage = staticmethod(passage)
    version = staticmethod(version)
    leaf = staticmethod(leaf)
    answer: Callable[[generate.AnswerRequest], AsyncIterator[generate.AnswerResponse]] | None = None
    events: list[generate.AnswerResponse] = field(default_factory=answered)
    passages: list[ScoredPassage] = field(default_factory=list)
    search: Callable[[retrieve.SearchRequest], retrieve.SearchResponse] | None = None
    neighbours: list[Passage] = field(default_factory=list)
    synonyms: list[retrieve.Synonym] = field(default_factory=list)
    documents: dict[str, ingest.Document] = field(default_factory=dict)
    unanswered: set[str] = field(default_factory=set)
    sources: dict[str, ingest.Source] = field(default_factory=dict)
    run: ingest.Source.Run = field(default_factory=ingest.Source.Run)
    collections: dict[str, ingest.Collection] = field(default_factory=dict)
    protected_names: list[str] = field(default_factory=list)
    queue: ingest.QueueResponse = field(default_factory=ingest.QueueResponse)
    # What is not the newest version of its document, by version.
    versions: dict[str, ingest.Document] = field(default_factory=dict)
    records: list[audit.Record] = field(default_factory=records)
    reviews: list[audit.Review] = field(default_factory=list)
    exported: bytes = b"PK-zip"
    embeds_at_once: int = 100
    close: Callable[[audit.CloseReviewRequest], Awaitable[audit.CloseReviewResponse]] | None = None
    error: Exception | None = None
    asked: list[object] = field(default_factory=list)
    stopped: asyncio.Event = field(default_factory=asyncio.Event)

    async def generated(self, request: generate.AnswerRequest) -> AsyncIterator[generate.AnswerResponse]:
        self.asked.append(request)
        try:
            if self.error:
                raise self.error
            if self.answer:
                async for each in self.answer(request):
                    yield each
                return
            for each in self.events:
                yield each
        finally:
            self.stopped.set()

    async def loaded(self, _: generate.GetLoadRequest) -> generate.GetLoadResponse:
        return generate.GetLoadResponse(
            places=8, taken=3, waiting=2, weight=1.0, tokens_used=120, channel_weights={"citizen": 16.0}
        )

    async def searched(self, request: retrieve.SearchRequest) -> retrieve.SearchResponse:
        self.asked.append(request)
        if self.error:
            raise self.error
        if self.search:
            return self.search(request)
        count = len(self.passages)
        return retrieve.SearchResponse(passages=self.passages, total=count, found=count, index_version="v1")

    async def embedded(self, request: index.EmbedRequest) -> index.EmbedResponse:
        """Vectors of three numbers that tell of the text's length; a token for each word."""
        self.asked.append(request)
        vectors = [struct.pack("<3f", 0.6, 0.8, float(len(text))) for text in request.texts[: self.embeds_at_once]]
        tokens = [index.TokenVectors(codes=bytes(2 * len(text.split())), dimension=2) for text in request.texts]
        return index.EmbedResponse(vectors=vectors, dimension=3, model="e5 abc", tokens=tokens[: len(vectors)])

    async def like(self, request: retrieve.SimilarRequest) -> retrieve.SimilarResponse:
        self.asked.append(request)
        if request.passage_id not in {each.id for each in self.neighbours}:
            raise NotFound("passage.not_found", "Stycket finns inte.")
        return retrieve.SimilarResponse(passages=self.passages[: request.limit])

    async def around(self, request: retrieve.NeighboursRequest) -> retrieve.NeighboursResponse:
        self.asked.append(request)
        if request.passage_id not in {each.id for each in self.neighbours}:
            raise NotFound("passage.not_found", "Stycket finns inte.")
        return retrieve.NeighboursResponse(passages=self.neighbours)

    async def got_synonyms(self, request: retrieve.GetSynonymsRequest) -> retrieve.GetSynonymsResponse:
        self.asked.append(request)
        return retrieve.GetSynonymsResponse(synonyms=self.synonyms, version="s1" if self.synonyms else "")

    async def put_synonyms(self, request: retrieve.PutSynonymsRequest) -> retrieve.PutSynonymsResponse:
        self.asked.append(request)
        if self.error:
            raise self.error
        self.synonyms = list(request.synonyms)
        return retrieve.PutSynonymsResponse(version="s1")

    async def submitted(self, request: ingest.SubmitRequest) -> ingest.SubmitResponse:
        self.asked.append(request)
        if request.filename in self.unanswered:
            raise Unavailable("ingest.unavailable", "Inläsningen svarar inte.")
        known = request.object in {each.object for each in self.documents.values()}
        described = version(request.uri, authority=request.authority, title=request.title, uri=request.uri)
        document = ingest.Document(version=described, state=ingest.State.RECEIVED, object=request.object)
        self.documents[request.uri] = document
        return ingest.SubmitResponse(document=document, unchanged=known)

    async def got(self, request: ingest.GetRequest) -> ingest.GetResponse:
        found = self.versions.get(request.version) or self.documents.get(request.document_id)
        if found is None or found.version is None or found.version.authority != request.authority:
            raise NotFound("document.not_found", "Dokumentet finns inte.")
        return ingest.GetResponse(document=found)

    async def listed(self, request: ingest.ListRequest) -> ingest.ListResponse:
        self.asked.append(request)
        after = sorted(each for each in self.documents if each > request.after)
        found = [self.documents[each] for each in after]
        found = [each for each in found if not request.states or each.state in request.states]
        return ingest.ListResponse(documents=found[: request.limit], total=len(found))

    async def collected(self, _: ingest.CollectionsRequest) -> ingest.CollectionsResponse:
        return ingest.CollectionsResponse(
            collections=[self.collections[name] for name in sorted(self.collections)],
            protected_names=len(self.protected_names),
        )

    async def put_collection(self, request: ingest.PutCollectionRequest) -> ingest.PutCollectionResponse:
        self.asked.append(request)
        if self.error:
            raise self.error
        if request.set_protected_names:
            self.protected_names = list(request.protected_names)
        if request.collection:
            self.collections[request.collection.name] = request.collection
        return ingest.PutCollectionResponse(collection=request.collection)

    async def queued(self, _: ingest.QueueRequest) -> ingest.QueueResponse:
        return self.queue

    async def set_queue(self, request: ingest.SetQueueRequest) -> ingest.SetQueueResponse:
        self.asked.append(request)
        self.queue.paused = request.paused
        return ingest.SetQueueResponse()

    async def retried(self, request: ingest.RetryRequest) -> ingest.RetryResponse:
        self.asked.append(request)
        return ingest.RetryResponse(documents=1)

    async def drawn(self, request: ingest.DrawPageRequest) -> ingest.DrawPageResponse:
        self.asked.append(request)
        return ingest.DrawPageResponse(picture=b"RIFF-webp")

    async def cancelled(self, request: ingest.CancelRequest) -> ingest.CancelResponse:
        self.asked.append(request)
        return ingest.CancelResponse(documents=1)

    async def retired(self, request: ingest.RetireRequest) -> ingest.RetireResponse:
        self.asked.append(request)
        return ingest.RetireResponse(document=self.documents[request.document_id])

    async def sourced(self, request: ingest.SourcesRequest) -> ingest.SourcesResponse:
        self.asked.append(request)
        return ingest.SourcesResponse(sources=[self.sources[each] for each in sorted(self.sources)])

    async def put_source(self, request: ingest.PutSourceRequest) -> ingest.PutSourceResponse:
        self.asked.append(request)
        if self.error:
            raise self.error
        assert request.source
        self.sources[request.source.id] = request.source
        return ingest.PutSourceResponse(source=request.source)

    async def run_source(self, request: ingest.RunSourceRequest) -> ingest.RunSourceResponse:
        self.asked.append(request)
        if request.id not in self.sources:
            raise NotFound("source.not_found", "Det finns ingen sådan källa.")
        self.sources[request.id].last = self.run
        return ingest.RunSourceResponse()

    async def delete_source(self, request: ingest.DeleteSourceRequest) -> ingest.DeleteSourceResponse:
        self.asked.append(request)
        del self.sources[request.id]
        return ingest.DeleteSourceResponse(retired=3 if request.retire_documents else 0)

    async def audited(self, request: audit.GetRequest) -> audit.GetResponse:
        self.asked.append(request)
        shown = [
            each if request.with_content else audit.Record(id=each.id, index=each.index, leaf=each.leaf)
            for each in self.records
            if request.decision_id == DECISION
        ]
        return audit.GetResponse(records=shown, complete=True)

    async def found(self, request: audit.FindRequest) -> audit.FindResponse:
        self.asked.append(request)
        decision = audit.FindResponse.Decision(
            decision_id=DECISION,
            opened_at="2026-11-22T10:00:00.000Z",
            outcome="answered",
            rule_id="svar-1",
            channel="citizen",
            index=13,
        )
        return audit.FindResponse(decisions=[decision], total=1)

    async def proved(self, request: audit.ProveRequest) -> audit.ProveResponse:
        if request.decision_id != DECISION:
            raise NotFound("decision.not_found", "Beslutet finns inte.")
        return audit.ProveResponse(receipt=b'{"decision":"x"}')

    async def held(self, request: audit.ListReviewsRequest) -> audit.ListReviewsResponse:
        self.asked.append(request)
        return audit.ListReviewsResponse(reviews=self.reviews, waiting=len(self.reviews))

    async def closing(self, request: audit.CloseReviewRequest) -> audit.CloseReviewResponse:
        return await (self.close or self.closed)(request)

    async def closed(self, request: audit.CloseReviewRequest) -> audit.CloseReviewResponse:
        self.asked.append(request)
        state = {"approve": "approved", "edit": "edited", "reject": "rejected"}[request.action]
        return audit.CloseReviewResponse(
            review=audit.Review(decision_id=request.decision_id, state=state, text=request.text)
        )

    async def exported_to(self, exports: Objects, request: audit.ExportRequest) -> audit.ExportResponse:
        self.asked.append(request)
        await exports.put("log.zip", self.exported)
        return audit.ExportResponse(object="log.zip", records=3, size_bytes=len(self.exported))


def services(script: Script, exports: Objects) -> dict[str, list[Endpoint | StreamEndpoint]]:
    async def export(request: audit.ExportRequest) -> audit.ExportResponse:
        return await script.exported_to(exports, request)

    return {
        "index": [Endpoint(subjects.INDEX_EMBED, index.EmbedRequest, script.embedded)],
        "generate": [
            StreamEndpoint(subjects.GENERATE_ANSWER, generate.AnswerRequest, script.generated),
            Endpoint(subjects.GENERATE_GET_LOAD, generate.GetLoadRequest, script.loaded),
        ],
        "retrieve": [
            Endpoint(subjects.RETRIEVE_SEARCH, retrieve.SearchRequest, script.searched),
            Endpoint(subjects.RETRIEVE_SIMILAR, retrieve.SimilarRequest, script.like),
            Endpoint(subjects.RETRIEVE_NEIGHBOURS, retrieve.NeighboursRequest, script.around),
            Endpoint(subjects.RETRIEVE_GET_SYNONYMS, retrieve.GetSynonymsRequest, script.got_synonyms),
            Endpoint(subjects.RETRIEVE_PUT_SYNONYMS, retrieve.PutSynonymsRequest, script.put_synonyms),
        ],
        "ingest": [
            Endpoint(subjects.INGEST_SUBMIT, ingest.SubmitRequest, script.submitted),
            Endpoint(subjects.INGEST_GET, ingest.GetRequest, script.got),
            Endpoint(subjects.INGEST_LIST, ingest.ListRequest, script.listed),
            Endpoint(subjects.INGEST_RETIRE, ingest.RetireRequest, script.retired),
            Endpoint(subjects.INGEST_SOURCES, ingest.SourcesRequest, script.sourced),
            Endpoint(subjects.INGEST_PUT_SOURCE, ingest.PutSourceRequest, script.put_source),
            Endpoint(subjects.INGEST_RUN_SOURCE, ingest.RunSourceRequest, script.run_source),
            Endpoint(subjects.INGEST_DELETE_SOURCE, ingest.DeleteSourceRequest, script.delete_source),
            Endpoint(subjects.INGEST_COLLECTIONS, ingest.CollectionsRequest, script.collected),
            Endpoint(subjects.INGEST_PUT_COLLECTION, ingest.PutCollectionRequest, script.put_collection),
            Endpoint(subjects.INGEST_QUEUE, ingest.QueueRequest, script.queued),
            Endpoint(subjects.INGEST_SET_QUEUE, ingest.SetQueueRequest, script.set_queue),
            Endpoint(subjects.INGEST_RETRY, ingest.RetryRequest, script.retried),
            Endpoint(subjects.INGEST_DRAW_PAGE, ingest.DrawPageRequest, script.drawn),
            Endpoint(subjects.INGEST_CANCEL, ingest.CancelRequest, script.cancelled),
        ],
        "audit": [
            Endpoint(subjects.AUDIT_GET, audit.GetRequest, script.audited),
            Endpoint(subjects.AUDIT_FIND, audit.FindRequest, script.found),
            Endpoint(subjects.AUDIT_PROVE, audit.ProveRequest, script.proved),
            Endpoint(subjects.AUDIT_LIST_REVIEWS, audit.ListReviewsRequest, script.held),
            Endpoint(subjects.AUDIT_CLOSE_REVIEW, audit.CloseReviewRequest, script.closing),
            Endpoint(subjects.AUDIT_EXPORT, audit.ExportRequest, export),
        ],
    }
