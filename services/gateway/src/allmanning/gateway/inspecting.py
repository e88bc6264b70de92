"""Ask the audit service what auditors ask, as whoever asks; and compare what was read then with the sources now."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Final, Literal

from fastapi.responses import Response
from protobuf import Message, Oneof
from pydantic import BaseModel, Field

from allmanning.contracts.audit.v1.audit_pb import Evaluations
from allmanning.contracts.audit.v1.inspection_pb import Criterion, InspectRequest, InspectResponse, Selection
from allmanning.contracts.ingest.v1.ingest_pb import Document, GetRequest, GetResponse, State
from allmanning.gateway.api.text import Text
from allmanning.gateway.asker import Asker
from allmanning.gateway.parts import Parts
from allmanning.runtime import subjects
from allmanning.runtime.errors import NotFound
from allmanning.runtime.record import Json, canonical

# A replay or a comparison reads thousands of decisions.
TIMEOUT_S: Final = 120.0
_REPORT: Final = "application/json"

Kind = Literal[
    "outcome", "unit", "use_case", "channel", "language", "role", "appeal_route", "rule", "rules", "model", "prompt",
    "index", "config", "code", "document", "version", "passage", "cited_document", "cited_version", "cited_passage",
    "reviewer_role", "reviewer_unit",
]  # fmt: skip


# Of questions that somebody asked to measure the answers: nobody's use of the service.
Measured = Literal["without", "with", "only"]
MEASURED: Final[Mapping[Measured, Evaluations]] = {
    "without": Evaluations.UNSPECIFIED,
    "with": Evaluations.WITH,
    "only": Evaluations.ONLY,
}


class Why(BaseModel):
    """A body that says why; the words are kept in the log."""

    reason: Text = Field(default="", max_length=2_000, description="Varför. Sparas i loggen.")


class CriterionIn(BaseModel):
    """One thing that a decision has, such as `{"kind": "document", "value": "…"}`."""

    kind: Kind
    value: Text = Field(max_length=500)


class SelectionIn(BaseModel):
    """Decisions that meet every criterion, opened from `from` and before `to` (RFC 3339 UTC, or a date).

    Those of questions asked to measure the answers are there when `evaluations` says so, or a criterion is a channel.
    """

    opened_from: Text = Field(default="", alias="from", max_length=40)
    opened_to: Text = Field(default="", alias="to", max_length=40)
    criteria: list[CriterionIn] = Field(default=[], max_length=20)
    evaluations: Measured = "without"

    def message(self) -> Selection:
        return Selection(
            from_=self.opened_from,
            to=self.opened_to,
            criteria=[Criterion(kind=each.kind, value=each.value) for each in self.criteria],
            evaluations=MEASURED[self.evaluations],
        )


async def inspect(
    parts: Parts, asker: Asker, name: str, asked: Message, *, reason: str = "", authority: str = ""
) -> InspectResponse:
    """What the audit service answers; errors are its own."""
    request = InspectRequest(
        principal=asker.principal,
        reason=reason,
        authority=authority,
        # The name is that of the message's field.
        ask=Oneof(name, asked),  # type: ignore[arg-type]
    )
    return await parts.bus.call(subjects.AUDIT_INSPECT, request, InspectResponse, timeout_s=TIMEOUT_S)


async def report(
    parts: Parts, asker: Asker, name: str, asked: Message, *, reason: str = "", authority: str = ""
) -> Response:
    """The same, as JSON to whoever called."""
    answer = await inspect(parts, asker, name, asked, reason=reason, authority=authority)
    return Response(answer.report, media_type=_REPORT)


def as_json(value: Json) -> Response:
    return Response(canonical(value), media_type=_REPORT)


async def with_sources_now(parts: Parts, authority: str, seen: bytes) -> Response:
    """What was seen, with what has become of each document since, as JSON to whoever called."""
    return as_json(await sources_now(parts, authority, json.loads(seen)))


async def sources_now(parts: Parts, authority: str, shown: Mapping[str, Json]) -> dict[str, Json]:
    """The same: audit does not know of documents, ingest does."""
    passages = shown.get("passages")
    read = {
        (str(each.get("document")), str(each.get("version")))
        for each in (passages if isinstance(passages, list) else [])
        if isinstance(each, Mapping)
    }
    ordered = sorted(read)
    found = await asyncio.gather(*(_since(parts, authority, document, version) for document, version in ordered))
    changes: list[Json] = [
        {"kind": "source", "document": document, "version": version, "words": words}
        for (document, version), words in zip(ordered, found, strict=True)
        if words
    ]
    since = shown.get("since")
    return {**shown, "since": [*(since if isinstance(since, list) else []), *changes]}


async def _since(parts: Parts, authority: str, document: str, version: str) -> str:
    """What has become of a version, in Swedish; empty when it is still the one that is searched."""
    try:
        found = await parts.bus.call(
            subjects.INGEST_GET, GetRequest(authority=authority, document_id=document), GetResponse
        )
    except NotFound:
        return "Källan finns inte hos myndigheten."
    now = found.document or Document()
    if now.state == State.RETIRED:
        return "Källan är borttagen."
    return "" if version in {now.published, now.version.version if now.version else ""} else "Källan är ersatt."
