"""What was noticed in a document, with the words around each place, for the administrator who decides."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from typing_extensions import TypedDict

from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.contracts.ingest.v1.ingest_pb import Document, Finding
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion
from allmanning.gateway.asker import Keyed, TheParts
from allmanning.gateway.parts import Parts
from allmanning.gateway.reading import permitted, registered
from allmanning.gateway.shapes import DocumentOut, document
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime.errors import NotFound

router = APIRouter(prefix="/v1/documents", tags=["documents"])

_AROUND: Final = 60


class PlaceOut(TypedDict):
    """Code points of the extracted text, end exclusive. The words are empty for who may not read the document."""

    page: int
    start: int
    end: int
    before: str
    words: str
    after: str


class FindingOut(TypedDict):
    """`count` may be more than there are `places`: the first hundred are kept, and what is left out has none."""

    code: str
    count: int
    places: list[PlaceOut]


class ReportOut(TypedDict):
    document: DocumentOut
    findings: list[FindingOut]


@router.get("/{document_id}/report")
async def report(document_id: str, asker: Keyed, parts: TheParts, version: str = "") -> ReportOut:
    """What was noticed in a document, also in one that is held."""
    asker.require(Permission.DOCUMENTS_MANAGE)
    found, _ = await registered(parts.bus, asker.principal.authority, document_id, version)
    return ReportOut(document=document(found), findings=await findings_of(parts, asker.principal, found))


async def findings_of(parts: Parts, principal: Principal, found: Document) -> list[FindingOut]:
    """What was noticed in a document, with the words for whom they are."""
    described = found.version or DocumentVersion()
    text = await _text(parts, described.version) if permitted(described, principal) else ""
    return [_finding(each, text) for each in found.findings]


async def _text(parts: Parts, version: str) -> str:
    """What was read; empty for what was not."""
    try:
        return (await parts.originals.get(f"{version}.txt")).decode("utf-8", errors="replace")
    except NotFound:
        return ""


def _finding(finding: Finding, text: str) -> FindingOut:
    return FindingOut(code=finding.code, count=finding.count, places=[_place(each, text) for each in finding.places])


def _place(place: Finding.Place, text: str) -> PlaceOut:
    return PlaceOut(
        page=place.page,
        start=place.start,
        end=place.end,
        before=text[max(0, place.start - _AROUND) : place.start],
        words=text[place.start : place.end],
        after=text[place.end : place.end + _AROUND],
    )
