"""The access rule, for the documents that the gateway itself hands out.

The same rule as in every search; there it stands inside the engine's query.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Final

from allmanning.contracts.access.v1.access_pb import Principal, Role, Secrecy
from allmanning.contracts.ingest.v1.ingest_pb import Document, GetRequest, GetResponse, State
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion
from allmanning.gateway.asker import STAFF
from allmanning.gateway.shapes import DocumentOut
from allmanning.gateway.shapes import document as told
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import Forbidden, NotFound, PlatformError
from allmanning.runtime.swedish_day import today

# Who may see what nobody is shown any more, or not yet: those who account for what was published when.
_ACCOUNTABLE: Final = (Role.AUDITOR, Role.ADMIN)
# The finding that says that texts show █ in place of personal data that the original shows.
_MASKED: Final = "personal.masked"


def readable(version: DocumentVersion, principal: Principal, as_of: date) -> bool:
    """Whether the asker may read this version of a document on that day."""
    day = as_of.isoformat()
    return permitted(version, principal) and (version.valid_from or day) <= day <= (version.valid_to or day)


def permitted(version: DocumentVersion, principal: Principal) -> bool:
    """Whether the asker may read it when it is in force."""
    own = version.authority == principal.authority
    if not own and not version.shared:
        return False
    secrecy = version.secrecy if version.secrecy is not Secrecy.UNSPECIFIED else Secrecy.SECRET
    if secrecy not in principal.clearances:
        return False
    return secrecy is not Secrecy.SECRET or (own and bool(principal.unit) and version.owner_unit == principal.unit)


def not_found() -> NotFound:
    """The same for what does not exist and what the asker may not know of."""
    return NotFound("document.not_found", "Det finns inget sådant dokument som du får läsa.")


async def registered(bus: Bus, authority: str, document_id: str, version: str = "") -> tuple[Document, DocumentVersion]:
    """What the registry knows of a document of `authority`, whoever may read it.

    Raises:
        NotFound: `document.not_found`.
    """
    request = GetRequest(authority=authority, document_id=document_id, version=version)
    try:
        document = (await bus.call(subjects.INGEST_GET, request, GetResponse)).document
    except NotFound as error:
        raise not_found() from error
    if document is None or document.version is None:
        raise not_found()
    return document, document.version


async def document_for(
    bus: Bus, principal: Principal, authority: str, document_id: str, version: str = ""
) -> tuple[Document, DocumentVersion]:
    """A document of `authority` that the asker may read: its published version, or the one that is asked for.

    A version that another took the place of stays readable for whoever may read that one: an answer once cited it.

    Raises:
        NotFound: `document.not_found`.
    """
    document, described = await registered(bus, authority, document_id, version)
    day = today()
    if document.state is State.INDEXED:
        if readable(described, principal, day):
            return document, described
    elif document.published:
        now, now_described = await registered(bus, authority, document_id, document.published)
        if now.state is State.INDEXED and readable(now_described, principal, day):
            if not version:
                return now, now_described
            begun = not described.valid_from or described.valid_from <= day.isoformat()
            if _was_published(document) and begun and permitted(described, principal):
                return document, described
    accountable = principal.role in _ACCOUNTABLE and authority == principal.authority
    if accountable and permitted(described, principal):
        return document, described
    raise not_found()


def original_shown(document: Document, principal: Principal) -> bool:
    """Whether who may read the document may also have the file: one that is masked, only the authority's own staff."""
    own = document.version is not None and document.version.authority == principal.authority
    masked = any(finding.code == _MASKED for finding in document.findings)
    return not masked or (own and principal.role in STAFF)


def check_original(document: Document, principal: Principal) -> None:
    """Raises `Forbidden`: `document.masked`, unless `original_shown`."""
    if not original_shown(document, principal):
        raise Forbidden(
            "document.masked",
            "Originalet innehåller personuppgifter och lämnas inte ut här. Läs texten, eller begär ut handlingen hos "
            "myndigheten. (The original holds personal data; read the text instead.)",
        )


def _was_published(document: Document) -> bool:
    """Whether searches saw this version once: one that was overtaken before it was read has no passages."""
    return document.state is State.RETIRED and document.passages > 0


async def readable_documents(
    bus: Bus, principal: Principal, authority: str, cited: Sequence[tuple[str, str]]
) -> list[DocumentOut]:
    """Those of the documents that the reader may read now; the page is whole without the others."""
    looked_up = await asyncio.gather(
        *(document_for(bus, principal, authority, document_id, version) for document_id, version in cited),
        return_exceptions=True,
    )
    found: list[DocumentOut] = []
    for each in looked_up:
        if isinstance(each, PlatformError):
            continue
        if isinstance(each, BaseException):
            raise each
        found.append(told(each[0]))
    return found
