"""Put documents in, list them, read them and take them away."""

from __future__ import annotations

from typing import Annotated, Final, Literal
from urllib.parse import quote

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from typing_extensions import TypedDict

from allmanning.contracts.access.v1.access_pb import Role
from allmanning.contracts.ingest.v1.ingest_pb import (
    Document,
    ListRequest,
    ListResponse,
    RetireRequest,
    RetireResponse,
)
from allmanning.gateway import partial
from allmanning.gateway.api.iso_day import IsoDay
from allmanning.gateway.api.media import Described, answers
from allmanning.gateway.api.work_words import PRIORITY_OF, STATE_OF, PriorityName, StateName
from allmanning.gateway.asker import Anybody, Keyed, TheParts, reader_authority
from allmanning.gateway.idempotency.route import IdempotentRoute
from allmanning.gateway.reading import check_original, document_for, readable, registered
from allmanning.gateway.shapes import DocumentOut, document
from allmanning.gateway.signin.permission import Permission
from allmanning.gateway.upload import Details, safe_name, submit
from allmanning.runtime import subjects
from allmanning.runtime.swedish_day import today

router = APIRouter(prefix="/v1/documents", tags=["documents"], route_class=IdempotentRoute)

# Browsers show these without running anything of theirs; everything else is saved as a file.
_SHOWN: Final = frozenset({"application/pdf", "text/plain"})


_ORIGINAL: Final[Described] = {
    **answers("*/*", description="The whole file"),
    **answers("*/*", status=206, description="The part that `Range` asked for"),
    416: {"description": "The file has no such part"},
}


class DocumentsOut(TypedDict):
    """A page of documents. `next` goes in `after` for the next page; `total` is for administrators only."""

    documents: list[DocumentOut]
    next: str | None
    total: int | None


@router.post(
    "",
    status_code=202,
    response_model=DocumentOut,
    responses={200: {"description": "Already known", "model": DocumentOut}},
)
async def upload(
    asker: Keyed,
    parts: TheParts,
    file: Annotated[UploadFile, File()],
    collection: Annotated[str, Form(max_length=100)] = "dokument",
    uri: Annotated[str, Form(max_length=2000)] = "",
    title: Annotated[str, Form(max_length=500)] = "",
    document_type: Annotated[str, Form(max_length=100)] = "",
    secrecy: Annotated[Literal["", "open", "internal", "secret"], Form()] = "",
    default_secrecy: Annotated[Literal["", "open", "internal", "secret"], Form()] = "",
    secrecy_provision: Annotated[str, Form(max_length=200)] = "",
    owner_unit: Annotated[str, Form(max_length=100)] = "",
    shared: Annotated[bool, Form()] = False,
    valid_from: Annotated[IsoDay | Literal[""], Form()] = "",
    valid_to: Annotated[IsoDay | Literal[""], Form()] = "",
    record_type: Annotated[str, Form(max_length=200)] = "",
    retention: Annotated[str, Form(max_length=20, examples=["bevaras", "P5Y"])] = "",
    review_on: Annotated[IsoDay | Literal[""], Form()] = "",
    batch: Annotated[str, Form(max_length=200, examples=["flytt-2026"])] = "",
    priority: Annotated[PriorityName, Form()] = "normal",
) -> Response:
    """Accept a document: 202 when it will be read, 200 when exactly this is already known."""
    asker.require(Permission.DOCUMENTS_MANAGE)
    details = Details(
        collection=collection or "dokument",
        uri=uri,
        title=title,
        document_type=document_type,
        secrecy=secrecy,
        default_secrecy=default_secrecy,
        secrecy_provision=secrecy_provision,
        owner_unit=owner_unit,
        shared=shared,
        valid_from=str(valid_from),
        valid_to=str(valid_to),
        record_type=record_type,
        retention=retention,
        review_on=str(review_on),
        batch=batch,
        priority=PRIORITY_OF[priority],
    )
    answer = await submit(parts, asker.principal.authority, file, details)
    status = 200 if answer.unchanged else 202
    return JSONResponse(document(answer.document or Document(), full=True), status_code=status)


@router.get("")
async def documents(
    asker: Keyed,
    parts: TheParts,
    collection: str = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    after: str = "",
    state: Annotated[list[StateName], Query(description="One or more; empty: every state")] = [],  # noqa: B006
    batch: Annotated[str, Query(max_length=200)] = "",
    source: Annotated[str, Query(max_length=63)] = "",
    container: Annotated[str, Query(max_length=36, description="What came out of this document")] = "",
    review_due: Annotated[IsoDay | None, Query(description="To be reviewed on or before this day")] = None,
    text: Annotated[str, Query(max_length=200, description="Part of the title or of the uri, in any case")] = "",
) -> DocumentsOut:
    """The authority's documents in order of id: all for an administrator, for others those they may read.

    What tells of the work, `state`, `batch`, `source` and `review_due`, is for administrators.
    """
    principal = asker.principal
    if state or batch or source or review_due:
        asker.require(Permission.DOCUMENTS_MANAGE)
    request = ListRequest(
        authority=principal.authority,
        collection=collection,
        limit=limit,
        after=after,
        states=[STATE_OF[name] for name in state],
        batch=batch,
        source=source,
        container=container,
        review_due=review_due.isoformat() if review_due else "",
        text=text,
    )
    found = await parts.bus.call(subjects.INGEST_LIST, request, ListResponse)
    last = found.documents[-1].version if len(found.documents) == limit else None
    admin = principal.role is Role.ADMIN
    day = today()
    shown = [each for each in found.documents if admin or (each.version and readable(each.version, principal, day))]
    return DocumentsOut(
        documents=[document(each, full=admin) for each in shown],
        next=last.id if last else None,
        total=found.total if admin else None,
    )


@router.get("/{document_id}")
async def one(document_id: str, request: Request, asker: Anybody, parts: TheParts, version: str = "") -> DocumentOut:
    """What is known of a document: any of the authority's own for its administrator, otherwise those one may read."""
    authority, principal = reader_authority(request, asker), asker.principal
    if principal.role is Role.ADMIN and authority == principal.authority:
        found, _ = await registered(parts.bus, authority, document_id, version)
        return document(found, full=True)
    found, _ = await document_for(parts.bus, principal, authority, document_id, version)
    return document(found)


@router.get("/{document_id}/original", response_class=Response, responses=_ORIGINAL)
async def original(document_id: str, request: Request, asker: Anybody, parts: TheParts, version: str = "") -> Response:
    """The document as it was handed in, or the part of it that `Range` asks for.

    Where personal data in it is masked, to staff alone.
    """
    found, described = await document_for(
        parts.bus, asker.principal, reader_authority(request, asker), document_id, version
    )
    check_original(found, asker.principal)
    size = (await parts.originals.describe(found.object)).size_bytes
    media_type = described.media_type.partition(";")[0].strip() or "application/octet-stream"
    kind = "inline" if media_type in _SHOWN else "attachment"
    headers = {
        "Content-Disposition": f"{kind}; filename*=UTF-8''{quote(safe_name(described.uri))}",
        "ETag": f'"{found.object}"',
        # The file comes from outside: nothing in it may act as ours.
        "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    }
    part = None
    # A viewer that began with another version starts again.
    if request.headers.get("if-range", headers["ETag"]) == headers["ETag"]:
        try:
            part = partial.wanted(request.headers.get("range", ""), size)
        except partial.Unsatisfiable:
            return partial.not_there(size)
    content = parts.originals.read(found.object, *(part or (0, size)))
    return partial.streamed(content, part, size, media_type, headers)


@router.get("/{document_id}/text", response_class=PlainTextResponse)
async def text(document_id: str, request: Request, asker: Anybody, parts: TheParts, version: str = "") -> Response:
    """The extracted text that locations in citations count in."""
    _, described = await document_for(
        parts.bus, asker.principal, reader_authority(request, asker), document_id, version
    )
    return PlainTextResponse(await parts.originals.get(f"{described.version}.txt"))


@router.delete("/{document_id}")
async def retire(document_id: str, asker: Keyed, parts: TheParts) -> DocumentOut:
    """Take a document away: nobody finds it any more. What was said from it stays in the log."""
    asker.require(Permission.DOCUMENTS_MANAGE)
    request = RetireRequest(authority=asker.principal.authority, document_id=document_id)
    retired = await parts.bus.call(subjects.INGEST_RETIRE, request, RetireResponse)
    return document(retired.document or Document(), full=True)
