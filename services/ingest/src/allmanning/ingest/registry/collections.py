"""Collections and their rules, and the names that an authority protects."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select

from allmanning.contracts.ingest.v1.ingest_pb import Collection, Handling, State
from allmanning.index.personal.protected import ProtectedNames
from allmanning.ingest.handling import Rules
from allmanning.ingest.registry.database import Database
from allmanning.ingest.registry.schema import collections, documents, protected_names, versions
from allmanning.ingest.registry.upsert import upserting


@dataclass(frozen=True)
class Listed:
    """The collections of an authority, and how many names it protects."""

    collections: Sequence[Collection]
    protected_names: int


class Collections:
    """The rules of all authorities. The protected names are read here and nowhere else, and never told."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def rules(self, authority: str, name: str) -> Rules:
        """The rules of a collection; those of the platform for one that has none."""
        row = select(collections.c.rules).where(collections.c.authority == authority, collections.c.name == name)
        names = select(protected_names.c.name).where(protected_names.c.authority == authority)
        async with self._database.reading() as connection:
            written = (await connection.execute(row)).scalar_one_or_none()
            protected = (await connection.execute(names)).scalars().all()
        return Rules(_read(written or "{}"), ProtectedNames(protected))

    async def all(self, authority: str) -> Listed:
        """Every collection that has rules or documents in use, by name."""
        ruled = select(collections.c.name, collections.c.rules).where(collections.c.authority == authority)
        filled = (
            select(documents.c.collection, func.count())
            .join(versions, (versions.c.document_id == documents.c.id) & (versions.c.version == documents.c.newest))
            .where(documents.c.authority == authority, versions.c.state != int(State.RETIRED))
            .group_by(documents.c.collection)
        )
        names = select(func.count()).select_from(protected_names).where(protected_names.c.authority == authority)
        async with self._database.reading() as connection:
            rules = {name: _read(written) for name, written in await connection.execute(ruled)}
            counts = {name: int(count) for name, count in await connection.execute(filled)}
            protected = (await connection.execute(names)).scalar_one()
        return Listed(
            [
                Collection(name=name, documents=counts.get(name, 0), personal_data=dict(rules.get(name, {})))
                for name in sorted({*rules, *counts})
            ],
            protected,
        )

    async def put(self, authority: str, name: str, personal_data: Mapping[str, Handling]) -> None:
        """Keep the rules in place of those there were."""
        rules = json.dumps({kind: int(handling) for kind, handling in sorted(personal_data.items()) if handling})
        async with self._database.transaction() as connection:
            row = {"authority": authority, "name": name, "rules": rules}
            kept = upserting(connection, collections).values(row)
            keys = [collections.c.authority, collections.c.name]
            await connection.execute(kept.on_conflict_do_update(index_elements=keys, set_={"rules": rules}))

    async def protect(self, authority: str, names: Sequence[str]) -> None:
        """Keep the names in place of those there were."""
        rows = [{"authority": authority, "name": name} for name in sorted(set(names))]
        async with self._database.transaction() as connection:
            await connection.execute(delete(protected_names).where(protected_names.c.authority == authority))
            if rows:
                await connection.execute(insert(protected_names), rows)


def _read(rules: str) -> dict[str, Handling]:
    return {kind: Handling(number) for kind, number in json.loads(rules).items()}
