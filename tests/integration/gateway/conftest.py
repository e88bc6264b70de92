"""The gateway on a real bus, with scripted services behind it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
import uvicorn

from allmanning.contracts.audit.v1 import audit_pb as audit
from allmanning.contracts.generate.v1 import generate_pb as generate
from allmanning.contracts.ingest.v1 import ingest_pb as ingest
from allmanning.contracts.passage.v1.passage_pb import ScoredPassage
from allmanning.contracts.retrieve.v1 import retrieve_pb as retrieve
from allmanning.gateway.app import create_app
from allmanning.gateway.keys import create_key, put_authority
from allmanning.gateway.settings import GatewaySettings
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.discovery import Discovery, EndpointStats
from allmanning.runtime.endpoint import Endpoint, Server, StreamEndpoint
from allmanning.runtime.errors import NotFound
from allmanning.runtime.objects import Objects
from tests.integration.gateway.said import (
    DECISION,
    TEXT,
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
    documents: dict[str, ingest.Document] = field(default_factory=dict)
    records: list[audit.Record] = field(default_factory=records)
    reviews: list[audit.Review] = field(default_factory=list)
    exported: bytes = b"PK-zip"
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

    async def searched(self, request: retrieve.SearchRequest) -> retrieve.SearchResponse:
        self.asked.append(request)
        if self.error:
            raise self.error
        return retrieve.SearchResponse(passages=self.passages, total=len(self.passages))

    async def submitted(self, request: ingest.SubmitRequest) -> ingest.SubmitResponse:
        self.asked.append(request)
        known = request.object in {each.object for each in self.documents.values()}
        described = version(request.uri, authority=request.authority, title=request.title, uri=request.uri)
        document = ingest.Document(version=described, state=ingest.State.RECEIVED, object=request.object)
        self.documents[request.uri] = document
        return ingest.SubmitResponse(document=document, unchanged=known)

    async def got(self, request: ingest.GetRequest) -> ingest.GetResponse:
        found = self.documents.get(request.document_id)
        if found is None or found.version is None or found.version.authority != request.authority:
            raise NotFound("document.not_found", "Dokumentet finns inte.")
        return ingest.GetResponse(document=found)

    async def listed(self, request: ingest.ListRequest) -> ingest.ListResponse:
        after = sorted(each for each in self.documents if each > request.after)
        return ingest.ListResponse(
            documents=[self.documents[each] for each in after[: request.limit]], total=len(self.documents)
        )

    async def retired(self, request: ingest.RetireRequest) -> ingest.RetireResponse:
        self.asked.append(request)
        return ingest.RetireResponse(document=self.documents[request.document_id])

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
        return audit.ListReviewsResponse(reviews=self.reviews)

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


@dataclass
class Running:
    """A running gateway and what stands behind it."""

    url: str
    script: Script
    data_dir: Path
    bus: Bus
    audit: Server
    server: uvicorn.Server
    discoveries: dict[str, Discovery]

    def key(self, role: str, authority: str = "exempelby", **values: object) -> str:
        return create_key(self.data_dir, authority, role, **values)  # type: ignore[arg-type]

    def client(self, role: str = "", **values: object) -> httpx.AsyncClient:
        """An HTTP client, with a key of that role when one is given."""
        headers = {"Authorization": f"Bearer {self.key(role, **values)}"} if role else {}
        return httpx.AsyncClient(base_url=self.url, headers=headers, timeout=20)

    async def put_document(self, document_id: str = "altan", data: bytes = b"<html>", **values: object) -> None:
        """A document that is indexed, with its original and its text."""
        described = version(document_id, version=document_id.ljust(64, "0"), **values)
        originals = Objects(self.bus, "originals")
        await originals.put(f"sha-{document_id}", data)
        await originals.put(f"{described.version}.txt", TEXT.encode())
        self.script.documents[document_id] = ingest.Document(
            version=described, state=ingest.State.INDEXED, object=f"sha-{document_id}", passages=3, size_bytes=len(data)
        )


def services(script: Script, exports: Objects) -> dict[str, list[Endpoint | StreamEndpoint]]:
    async def export(request: audit.ExportRequest) -> audit.ExportResponse:
        return await script.exported_to(exports, request)

    return {
        "generate": [StreamEndpoint(subjects.GENERATE_ANSWER, generate.AnswerRequest, script.generated)],
        "retrieve": [Endpoint(subjects.RETRIEVE_SEARCH, retrieve.SearchRequest, script.searched)],
        "ingest": [
            Endpoint(subjects.INGEST_SUBMIT, ingest.SubmitRequest, script.submitted),
            Endpoint(subjects.INGEST_GET, ingest.GetRequest, script.got),
            Endpoint(subjects.INGEST_LIST, ingest.ListRequest, script.listed),
            Endpoint(subjects.INGEST_RETIRE, ingest.RetireRequest, script.retired),
        ],
        "audit": [
            Endpoint(subjects.AUDIT_GET, audit.GetRequest, script.audited),
            Endpoint(subjects.AUDIT_FIND, audit.FindRequest, script.found),
            Endpoint(subjects.AUDIT_PROVE, audit.ProveRequest, script.proved),
            Endpoint(subjects.AUDIT_LIST_REVIEWS, audit.ListReviewsRequest, script.held),
            Endpoint(subjects.AUDIT_CLOSE_REVIEW, audit.CloseReviewRequest, script.closed),
            Endpoint(subjects.AUDIT_EXPORT, audit.ExportRequest, export),
        ],
    }


async def until(condition: Callable[[], bool] | Callable[[], Awaitable[bool]], within_s: float = 5.0) -> None:
    """Wait until `condition()` holds."""
    async with asyncio.timeout(within_s):
        while True:
            result = condition()
            if await result if isinstance(result, Awaitable) else result:
                return
            await asyncio.sleep(0.02)


@pytest.fixture
async def gateway(nats, bus: Bus, tmp_path: Path) -> AsyncIterator[Running]:
    script = Script()
    async with contextlib.AsyncExitStack() as stack:
        servers: dict[str, Server] = {}
        discoveries: dict[str, Discovery] = {}
        own: dict[str, Bus] = {}
        for name in ("generate", "retrieve", "ingest", "audit", "index"):
            own[name] = await Bus.connect(nats.settings(name), name=name)
            stack.push_async_callback(own[name].close)
        for name, endpoints in {**services(script, Objects(own["audit"], "exports")), "index": []}.items():
            servers[name] = Server(own[name].nc, name)
            await servers[name].start([(each, EndpointStats(each.subject, each.subject)) for each in endpoints])
            discoveries[name] = Discovery(name, "1.0.0", name, [])
            await discoveries[name].announce(own[name].nc)
        settings = GatewaySettings.model_validate(
            {
                "nats_url": f"nats://127.0.0.1:{nats.port}",
                "nats_user": "gateway",
                "nats_password": nats.password,
                "data_dir": tmp_path / "data",
                "max_document_bytes": 50_000,
                "max_json_bytes": 20_000,
            }
        )
        put_authority(settings.data_dir, "exempelby", "Exempelby kommun", "0123-45 67 89")
        server = uvicorn.Server(
            uvicorn.Config(create_app(settings), port=0, log_config=None, lifespan="on", server_header=False)
        )
        serving = asyncio.create_task(server.serve())
        async with asyncio.timeout(15):
            while not server.started:
                await asyncio.sleep(0.01)
                if serving.done():
                    serving.result()
        port = server.servers[0].sockets[0].getsockname()[1]
        yield Running(f"http://127.0.0.1:{port}", script, settings.data_dir, bus, servers["audit"], server, discoveries)
        server.should_exit = True
        await serving
