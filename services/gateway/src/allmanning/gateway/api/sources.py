"""Where documents are fetched from, again and again: for administrators."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from allmanning.contracts.ingest.v1.ingest_pb import (
    DeleteSourceRequest,
    DeleteSourceResponse,
    PutSourceRequest,
    PutSourceResponse,
    RunSourceRequest,
    RunSourceResponse,
    Source,
    SourcesRequest,
    SourcesResponse,
)
from allmanning.gateway.api.exact import Whole
from allmanning.gateway.api.text import Text
from allmanning.gateway.asker import Keyed, TheParts
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime import subjects

router = APIRouter(prefix="/v1/sources", tags=["sources"])

# Documents are retired one after the other.
_DELETE_TIMEOUT_S: Final = 300.0
_YEAR: Final = 366 * 24 * 60

_WEBSITE: Final[dict[str, Any]] = {
    "kind": "website",
    "collection": "webben",
    "location": "https://www.exempelby.se",
    "options": {"include": "/bygga/*", "include_files": "true"},
    "metadata": {"default_secrecy": "open"},
    "every_minutes": 60,
}
_FOLDER: Final[dict[str, Any]] = {
    "kind": "folder",
    "collection": "styrdokument",
    "location": "/srv/allmanning/styrdokument",
    "metadata": {"owner_unit": "kansliet"},
    "every_minutes": 15,
}
_STATUTES: Final[dict[str, Any]] = {
    "kind": "riksdagen",
    "collection": "lagar",
    "options": {"numbers": "2017:900, 2010:900"},
    "metadata": {"default_secrecy": "open"},
    "every_minutes": 1440,
}

Id = Annotated[str, Path(max_length=63, examples=["webben"])]


class SourceIn(BaseModel):
    """A source; the kinds and their options are in the ingest service's documentation, and in its refusals."""

    model_config = ConfigDict(json_schema_extra={"examples": [_WEBSITE, _FOLDER, _STATUTES]})

    kind: Text = Field(max_length=63, description="folder, website, riksdagen, webdav, or one that was installed")
    collection: Text = Field(max_length=100)
    location: Text = Field(default="", max_length=2000, description="Address or path")
    options: dict[Text, Text] = Field(default_factory=dict, max_length=50)
    metadata: dict[Text, Text] = Field(
        default_factory=dict, max_length=50, description="Of every document, as in POST /v1/documents"
    )
    every_minutes: Whole = Field(default=0, ge=0, le=_YEAR, description="0: only when asked")


class RunOut(TypedDict):
    """What a run has done, so far when it is `running`. `code` is empty unless it could not go on."""

    started_at: str
    ended_at: str
    running: bool
    found: int
    added: int
    changed: int
    unchanged: int
    removed: int
    failed: int
    code: str
    reason: str


class SourceOut(TypedDict):
    """A source and its last run."""

    id: str
    kind: str
    collection: str
    location: str
    options: dict[str, str]
    metadata: dict[str, str]
    every_minutes: int
    last: RunOut | None


class SourcesOut(TypedDict):
    """In order of id."""

    sources: list[SourceOut]


class DeletedOut(TypedDict):
    """How many documents were taken out of use with their source."""

    retired: int


@router.get("")
async def sources(asker: Keyed, parts: TheParts) -> SourcesOut:
    """The authority's sources."""
    asker.require(Permission.SOURCES_MANAGE)
    request = SourcesRequest(authority=asker.principal.authority)
    found = await parts.bus.call(subjects.INGEST_SOURCES, request, SourcesResponse)
    return SourcesOut(sources=[_shown(each) for each in found.sources])


@router.put("/{source_id}")
async def put(source_id: Id, given: SourceIn, asker: Keyed, parts: TheParts) -> SourceOut:
    """Keep a source in place of the one of this id; with `every_minutes` it runs at once."""
    asker.require(Permission.SOURCES_MANAGE)
    source = Source(
        id=source_id,
        kind=given.kind,
        collection=given.collection,
        location=given.location,
        options=given.options,
        metadata=given.metadata,
        every_minutes=given.every_minutes,
    )
    request = PutSourceRequest(authority=asker.principal.authority, source=source)
    kept = await parts.bus.call(subjects.INGEST_PUT_SOURCE, request, PutSourceResponse)
    return _shown(kept.source or source)


@router.delete("/{source_id}")
async def delete(
    source_id: Id,
    asker: Keyed,
    parts: TheParts,
    retire_documents: Annotated[bool, Query(description="Its documents are taken out of use too")] = False,
) -> DeletedOut:
    """Forget a source. Its documents stay, unless they are to be retired too."""
    asker.require(Permission.SOURCES_MANAGE)
    request = DeleteSourceRequest(authority=asker.principal.authority, id=source_id, retire_documents=retire_documents)
    done = await parts.bus.call(
        subjects.INGEST_DELETE_SOURCE, request, DeleteSourceResponse, timeout_s=_DELETE_TIMEOUT_S
    )
    return DeletedOut(retired=done.retired)


@router.post("/{source_id}/run", status_code=202, response_class=Response)
async def run(source_id: Id, asker: Keyed, parts: TheParts) -> Response:
    """Run a source as soon as a process is free; `last` of the source tells how it goes."""
    asker.require(Permission.SOURCES_MANAGE)
    request = RunSourceRequest(authority=asker.principal.authority, id=source_id)
    await parts.bus.call(subjects.INGEST_RUN_SOURCE, request, RunSourceResponse)
    return Response(status_code=202)


def _shown(source: Source) -> SourceOut:
    return SourceOut(
        id=source.id,
        kind=source.kind,
        collection=source.collection,
        location=source.location,
        options=dict(source.options),
        metadata=dict(source.metadata),
        every_minutes=source.every_minutes,
        last=_last(source.last) if source.last else None,
    )


def _last(run: Source.Run) -> RunOut:
    return RunOut(
        started_at=run.started_at,
        ended_at=run.ended_at,
        running=run.running,
        found=run.found,
        added=run.added,
        changed=run.changed,
        unchanged=run.unchanged,
        removed=run.removed,
        failed=run.failed,
        code=run.code,
        reason=run.reason,
    )
