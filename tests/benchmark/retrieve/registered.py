"""Rows of the document registry for documents that are in the index already, all in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import insert

from allmanning.contracts.ingest.v1.ingest_pb import State
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion
from allmanning.ingest.registry import schema, statements
from allmanning.ingest.registry.database import Database
from allmanning.ingest.registry.row import Reading, values_of
from allmanning.ingest.settings import IngestSettings


async def register(data: Path, passages: Mapping[str, int], versions: Mapping[str, DocumentVersion]) -> None:
    """Note each document, by id, as indexed with so many passages: the reconciler removes what nobody registered."""
    database = Database(IngestSettings(data_dir=data).database_url)
    await database.warm_up()
    try:
        async with database.transaction() as connection:
            await connection.execute(
                insert(schema.documents),
                [
                    {
                        "id": version.id,
                        "authority": version.authority,
                        "collection": version.collection,
                        "uri": version.uri,
                        "newest": version.version,
                        "published": version.version,
                    }
                    for version in versions.values()
                ],
            )
            await connection.execute(
                insert(schema.versions),
                [
                    values_of(version)
                    | statements.outcome(State.INDEXED, Reading(passages[version.id]))
                    | {
                        "document_id": version.id,
                        "version": version.version,
                        "filename": version.uri,
                        "object": version.version,
                        "size_bytes": 0,
                        "default_secrecy": int(version.secrecy),
                        "attempt": 1,
                    }
                    for version in versions.values()
                ],
            )
    finally:
        await database.close()
