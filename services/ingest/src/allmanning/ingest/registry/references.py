"""Which of the stored files some version refers to."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from allmanning.ingest.registry.database import Database
from allmanning.ingest.registry.schema import versions


class References:
    """Names in the bucket `originals`: an original's SHA-256, or what was made of a version, `<version>.txt`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def unknown(self, names: Sequence[str]) -> set[str]:
        """Those of at most 1,000 names that no version refers to."""
        made = {name.partition(".")[0] for name in names if "." in name}
        whole = {name for name in names if "." not in name}
        async with self._database.reading() as connection:
            objects = set(await connection.scalars(select(versions.c.object).where(versions.c.object.in_(whole))))
            known = set(await connection.scalars(select(versions.c.version).where(versions.c.version.in_(made))))
        return {name for name in names if name not in objects and name.partition(".")[0] not in known}
