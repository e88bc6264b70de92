"""Change what is said of a document, without handing in its file again."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from allmanning.contracts.ingest.v1.ingest_pb import Document, Priority, State, SubmitRequest, SubmitResponse
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion
from allmanning.gateway.api.exact import YesNo
from allmanning.gateway.api.iso_day import IsoDay
from allmanning.gateway.asker import Keyed, TheParts
from allmanning.gateway.reading import registered
from allmanning.gateway.shapes import SECRECIES, DocumentOut, document
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime import subjects
from allmanning.runtime.errors import Conflict

router = APIRouter(prefix="/v1/documents", tags=["documents"])

_SUBMIT_TIMEOUT_S = 30.0


class MetadataIn(BaseModel):
    """What is to be changed; what is left out stays as it is, and "" takes it away."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[str | None, Field(max_length=500)] = None
    document_type: Annotated[str | None, Field(max_length=100)] = None
    secrecy: Literal["open", "internal", "secret"] | None = None
    secrecy_provision: Annotated[str | None, Field(max_length=200)] = None
    owner_unit: Annotated[str | None, Field(max_length=100)] = None
    shared: YesNo | None = None
    valid_from: IsoDay | Literal[""] | None = None
    valid_to: Annotated[IsoDay | Literal[""] | None, Field(examples=["2026-12-31"])] = None
    record_type: Annotated[str | None, Field(max_length=200)] = None
    retention: Annotated[str | None, Field(max_length=20, examples=["P5Y"])] = None
    review_on: Annotated[IsoDay | Literal[""] | None, Field(examples=["2027-06-30"])] = None


@router.patch("/{document_id}", status_code=202, response_model=DocumentOut)
async def change(document_id: str, given: MetadataIn, asker: Keyed, parts: TheParts) -> Response:
    """Make a new version of the same file with other metadata; until it is read, searches see the one before.

    202 when it will be read, 200 when nothing changes. 409 (`document.not_changeable`) while it is waiting or is taken
    away. A member of a container keeps the change until another version of the container comes.
    """
    asker.require(Permission.DOCUMENTS_MANAGE)
    known, version = await registered(parts.bus, asker.principal.authority, document_id)
    if known.state in {State.RECEIVED, State.RETIRED}:
        raise Conflict(
            "document.not_changeable", "Dokumentet läses in just nu eller är borttaget. Vänta, eller lämna in det igen."
        )
    request, before = _same(known, version), _same(known, version)
    for name, value in given.model_dump(exclude_none=True).items():
        setattr(request, name, value.isoformat() if isinstance(value, date) else value)
    if request == before:
        return JSONResponse(document(known, full=True))
    answer = await parts.bus.call(subjects.INGEST_SUBMIT, request, SubmitResponse, timeout_s=_SUBMIT_TIMEOUT_S)
    status = 200 if answer.unchanged else 202
    return JSONResponse(document(answer.document or Document(), full=True), status_code=status)


def _same(known: Document, version: DocumentVersion) -> SubmitRequest:
    return SubmitRequest(
        authority=version.authority,
        collection=version.collection,
        filename=known.filename,
        uri=version.uri,
        object=known.object,
        size_bytes=known.size_bytes,
        title=version.title,
        secrecy=SECRECIES.get(version.secrecy, ""),
        default_secrecy=known.default_secrecy,
        secrecy_provision=version.secrecy_provision,
        owner_unit=version.owner_unit,
        document_type=version.document_type,
        shared=version.shared,
        valid_from=version.valid_from,
        valid_to=version.valid_to,
        record_type=version.record_type,
        retention=version.retention,
        review_on=version.review_on,
        # Somebody waits for it.
        priority=Priority.URGENT,
        batch=known.batch,
        source=known.source,
        container=version.container,
    )
