"""The access rule, for the documents that the gateway itself hands out.

The same rule as in every search; there it stands inside the engine's query.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final

from allmanning.contracts.access.v1.access_pb import Principal, Role, Secrecy
from allmanning.contracts.ingest.v1.ingest_pb import Document, GetRequest, GetResponse, State
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import NotFound

# Who may see a version that is not, or no longer, published: those who account for what was published when.
_ACCOUNTABLE: Final = (Role.AUDITOR, Role.ADMIN)


def readable(version: DocumentVersion, principal: Principal, as_of: date) -> bool:
    """Whether the asker may read this version of a document on that day."""
    own = version.authority == principal.authority
    if not own and not version.shared:
        return False
    secrecy = version.secrecy if version.secrecy is not Secrecy.UNSPECIFIED else Secrecy.SECRET
    if secrecy not in principal.clearances:
        return False
    if secrecy is Secrecy.SECRET and not (own and principal.unit and version.owner_unit == principal.unit):
        return False
    day = as_of.isoformat()
    return (version.valid_from or day) <= day <= (version.valid_to or day)


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
    """A document of `authority` that the asker may read, in its newest or the given version.

    Raises:
        NotFound: `document.not_found`.
    """
    document, described = await registered(bus, authority, document_id, version)
    accountable = principal.role in _ACCOUNTABLE and authority == principal.authority
    published = document.state is State.INDEXED
    if not readable(described, principal, datetime.now(UTC).date()) or not (published or accountable):
        raise not_found()
    return document, described
