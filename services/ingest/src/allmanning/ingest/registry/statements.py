"""The registry's statements, within somebody's transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, RowMapping, Select, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from allmanning.contracts.ingest.v1.ingest_pb import ListRequest, State
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion
from allmanning.ingest.registry.row import Job, Reading, Upload, findings_column, job_of, now, values_of
from allmanning.ingest.registry.schema import documents, versions
from allmanning.ingest.registry.upsert import upserting
from allmanning.runtime.errors import NotFound

JOINED = select(documents, versions).join(versions, versions.c.document_id == documents.c.id)


def this(document_id: str, version: str) -> ColumnElement[bool]:
    """Exactly this version."""
    return (versions.c.document_id == document_id) & (versions.c.version == version)


def not_found() -> NotFound:
    return NotFound("document.not_found", "Dokumentet finns inte. (There is no such document.)")


async def lock(connection: AsyncConnection, version: DocumentVersion) -> None:
    """Make sure the document has a row, and keep others from changing it until the transaction ends."""
    row = {
        "id": version.id,
        "authority": version.authority,
        "collection": version.collection,
        "uri": version.uri,
        "newest": version.version,
    }
    await connection.execute(upserting(connection, documents).values(row).on_conflict_do_nothing())
    await connection.execute(select(documents.c.id).where(documents.c.id == version.id).with_for_update())


async def job(connection: AsyncConnection, document_id: str, version: str) -> Job | None:
    row = (await connection.execute(JOINED.where(this(document_id, version)))).mappings().one_or_none()
    return job_of(row) if row else None


async def current(connection: AsyncConnection, document_id: str, version: str) -> Job | None:
    """The version if it is still to be done; its document is locked then."""
    query = JOINED.where(
        this(document_id, version), documents.c.newest == version, versions.c.state == int(State.RECEIVED)
    )
    row = (await connection.execute(query.with_for_update(of=documents))).mappings().one_or_none()
    return job_of(row) if row else None


async def published(connection: AsyncConnection, document_id: str) -> str | None:
    """The version that is searched."""
    found = await connection.execute(select(documents.c.published).where(documents.c.id == document_id))
    return found.scalar()


async def newest(connection: AsyncConnection, authority: str, document_id: str) -> RowMapping:
    """The document's newest version. Raises `NotFound`: `document.not_found`, also for another authority's."""
    mine = (documents.c.id == document_id) & (documents.c.authority == authority)
    query = JOINED.where(mine, versions.c.version == documents.c.newest).with_for_update(of=documents)
    row = (await connection.execute(query)).mappings().one_or_none()
    if row is None:
        raise not_found()
    return row


def wanted(request: ListRequest) -> ColumnElement[bool]:
    """Which newest versions a list holds."""
    chosen = documents.c.authority == request.authority
    if request.collection:
        chosen &= documents.c.collection == request.collection
    if request.states:
        chosen &= versions.c.state.in_([int(state) for state in request.states])
    if request.batch:
        chosen &= versions.c.batch == request.batch
    if request.source:
        chosen &= versions.c.source == request.source
    if request.container:
        chosen &= versions.c.container == request.container
    if request.review_due:
        chosen &= (versions.c.review_on != "") & (versions.c.review_on <= request.review_due)
    if request.text:
        within = (versions.c.title, documents.c.uri)
        chosen &= or_(*(column.icontains(request.text, autoescape=True) for column in within))
    return chosen


def newest_of(authority: str, states: Collection[State], which: ColumnElement[bool]) -> Select[tuple[str]]:
    """Ids of documents whose newest version is in one of `states`; of every authority when it is empty."""
    newest = (versions.c.document_id == documents.c.id) & (versions.c.version == documents.c.newest)
    found = select(documents.c.id).select_from(documents.join(versions, newest))
    found = found.where(versions.c.state.in_([int(each) for each in states]), which)
    return found.where(documents.c.authority == authority) if authority else found


def inside(containers: Sequence[str]) -> Select[tuple[str, int]]:
    """Ids and sizes of the documents in use that came out of these."""
    newest = (versions.c.document_id == documents.c.id) & (versions.c.version == documents.c.newest)
    found = select(documents.c.id, versions.c.size_bytes).select_from(documents.join(versions, newest))
    return found.where(versions.c.container.in_(containers), versions.c.state != int(State.RETIRED))


async def replace(connection: AsyncConnection, version: DocumentVersion, state: State, reading: Reading) -> None:
    """Settle the version as `state`, and retire the one before it."""
    in_use = versions.c.state.in_([int(State.INDEXED), int(State.EXPANDED)])
    before = (versions.c.document_id == version.id) & in_use
    await change_version(connection, before, state=int(State.RETIRED), updated_at=now())
    values = values_of(version) | outcome(state, reading)
    await change_version(connection, this(version.id, version.version), **values)


async def write_received(connection: AsyncConnection, version: DocumentVersion, upload: Upload, attempt: int) -> None:
    """Write the version as received for the `attempt`th time."""
    values = (
        values_of(version)
        | outcome(State.RECEIVED)
        | {
            "filename": upload.filename,
            "object": upload.object,
            "size_bytes": upload.size_bytes,
            "default_secrecy": int(upload.default_secrecy),
            "attempt": attempt,
            "priority": int(upload.priority),
            "batch": upload.batch,
            "source": upload.source,
            "tries": 0,
        }
    )
    if attempt > 1:
        await change_version(connection, this(version.id, version.version), **values)
    else:
        await connection.execute(insert(versions).values(document_id=version.id, version=version.version, **values))


async def change_version(connection: AsyncConnection, which: ColumnElement[bool], **values: object) -> None:
    await connection.execute(update(versions).where(which).values(**values))


async def change_document(connection: AsyncConnection, document_id: str, **values: object) -> None:
    await connection.execute(update(documents).where(documents.c.id == document_id).values(**values))


def outcome(state: State, reading: Reading | None = None, *, code: str = "", reason: str = "") -> dict[str, object]:
    """The columns that say how far a version has come."""
    reading = reading or Reading()
    return {
        "state": int(state),
        "passages": reading.passages,
        "findings": findings_column(reading.findings),
        "pages": reading.pages,
        "members": reading.members,
        "ocr_quality": reading.ocr_quality,
        "code": code,
        "reason": reason,
        "updated_at": now(),
    }


def again() -> dict[str, object]:
    """The columns of a version that is received once more. How many passages searches see of it is not forgotten."""
    kept = {"passages", "findings", "pages", "members", "ocr_quality"}
    changed = {name: value for name, value in outcome(State.RECEIVED).items() if name not in kept}
    return changed | {"attempt": versions.c.attempt + 1, "tries": 0}


def published_before_newest(authority: str, which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Versions that are published though a newer one of their document is known."""
    overtaken = (documents.c.published == versions.c.version) & (documents.c.newest != versions.c.version)
    mine = (documents.c.id == versions.c.document_id) & (documents.c.authority == authority)
    return select(documents.c.id).where(mine, overtaken, which).correlate(versions).exists()
