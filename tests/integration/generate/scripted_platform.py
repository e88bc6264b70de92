"""The audit and retrieve services as a test scripts them, on the real bus."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from allmanning.contracts.access.v1.access_pb import Principal, Role, Secrecy
from allmanning.contracts.audit.v1.audit_pb import (
    ContentPinned,
    ContentStored,
    DecisionRecorded,
    GateRequest,
    GateResponse,
    Stage,
    Verdict,
)
from allmanning.contracts.generate.v1.generate_pb import AnswerRequest, AnswerResponse, Message, Wording
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, Location, Passage, ScoredPassage
from allmanning.contracts.retrieve.v1.retrieve_pb import SearchRequest, SearchResponse
from allmanning.generate.__main__ import build
from allmanning.generate.settings import GenerateSettings
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.dispatch import contents_of, leaves_of
from allmanning.runtime.endpoint import Endpoint
from allmanning.runtime.run import Service
from allmanning.runtime.sealing import open_content
from tests.sealed import PRIVATE, sealing_endpoint
from tests.serving import Serving

CITIZEN = Principal(authority="exempelby", role=Role.CITIZEN, channel="citizen", clearances=[Secrecy.OPEN], key_id="k1")


ALTAN = (
    "En altan i markhöjd kräver inte bygglov. Är altanen högre än 1,2 meter räknas den som en tillbyggnad. "
    "Kommunen svarar på frågor om altaner."
)


def passage(text: str, *, title: str = "Altan", headings: Sequence[str] = (), number: int = 1) -> ScoredPassage:
    document = DocumentVersion(id=f"d{number}", version="v1", authority="exempelby", title=title, secrecy=Secrecy.OPEN)
    location = Location(headings=list(headings), start=0, end=len(text))
    return ScoredPassage(
        passage=Passage(id=f"p{number}", document=document, text=text, location=location), score=0.9, dense=0.92
    )


@dataclass
class Platform:
    """What the other services answer, and what they were asked."""

    bus: Bus
    passages: list[ScoredPassage] = field(default_factory=list)
    request_rule: GateResponse = field(
        default_factory=lambda: GateResponse(verdict=Verdict.AUTO, rule_id="F6", reason="ok", rules="sha256:0")
    )
    release_rule: GateResponse = field(
        default_factory=lambda: GateResponse(verdict=Verdict.AUTO, rule_id="S6", reason="ok", rules="sha256:0")
    )
    doubted_rule: GateResponse | None = None
    """What the rules say of danger and of own cases; None: what they say of any question."""
    gated: list[GateRequest] = field(default_factory=list)
    searched: list[SearchRequest] = field(default_factory=list)
    gate_silent: bool = False
    gate_waits_for_search: bool = False

    async def gate(self, request: GateRequest) -> GateResponse:
        self.gated.append(request)
        if self.gate_silent:
            await asyncio.sleep(30)
        while self.gate_waits_for_search and not self.searched:
            await asyncio.sleep(0.005)
        assert request.input is not None
        if self.doubted_rule and (request.input.acute or request.input.individual_decision):
            return self.doubted_rule
        return self.request_rule if request.input.stage == Stage.REQUEST else self.release_rule

    async def search(self, request: SearchRequest) -> SearchResponse:
        self.searched.append(request)
        return SearchResponse(passages=self.passages, index_version="i1", total=len(self.passages))

    async def ask(
        self, *texts: str, wording: Wording | None = None, max_tokens: int = 0, evaluation: bool = False
    ) -> list[AnswerResponse]:
        """Put a conversation of user messages, with answers between them."""
        messages = [Message(role="user" if n % 2 == 0 else "assistant", content=t) for n, t in enumerate(texts)]
        request = AnswerRequest(
            principal=CITIZEN, messages=messages, conversation_id="c1", wording=wording, max_tokens=max_tokens,
            evaluation=evaluation,
        )  # fmt: skip
        return [each async for each in self.bus.stream(subjects.GENERATE_ANSWER, request, AnswerResponse)]

    async def records(self) -> list[dict[str, Any]]:
        """The leaves in the log's stream, in order."""
        return [json.loads(each.leaf) for each in await self._stored("AUDIT_LEAVES", DecisionRecorded, "recorded")]

    async def parts(self) -> dict[str, Any]:
        """The newest content of every part, by name."""
        stored = await self._stored("AUDIT_CONTENT", ContentStored, "stored")
        return {part.name: json.loads(part.content) for each in stored for part in open_content(PRIVATE, each)}

    async def pinned(self) -> dict[str, bytes]:
        """The texts that records point to, by kind."""
        return {each.kind: each.content for each in await self._stored("AUDIT_CONTENT", ContentPinned, "pinned")}

    async def _stored(self, stream: str, kind: Any, event: str) -> list[Any]:
        found = []
        state = (await self.bus.js.stream_info(stream)).state
        for number in range(max(1, state.first_seq), state.last_seq + 1):
            message = await self.bus.js.get_msg(stream, number)
            if message.subject and f".{event}." in message.subject:
                said = kind.from_binary(message.data or b"")
                found += leaves_of(said) if kind is DecisionRecorded else contents_of(said)
        return found


@asynccontextmanager
async def platform(bus: Bus, **settings: object) -> AsyncIterator[Platform]:
    """The real generate service between scripted neighbours."""
    scripted = Platform(bus)
    audit = Service(endpoints=[Endpoint(subjects.AUDIT_GATE, GateRequest, scripted.gate), sealing_endpoint()])
    retrieve = Service(endpoints=[Endpoint(subjects.RETRIEVE_SEARCH, SearchRequest, scripted.search)])
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(Serving(bus, "audit", audit))
        await stack.enter_async_context(Serving(bus, "retrieve", retrieve))
        made = await stack.enter_async_context(
            build(bus, GenerateSettings.model_validate({"gate_timeout_s": 0.5, **settings}))
        )
        await stack.enter_async_context(Serving(bus, "generate", made))
        yield scripted
