"""Searches that people keep: by name, each their own, and those that they share with their authority."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Final

from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.gateway.desk import Desk
from allmanning.runtime.errors import Conflict, InvalidInput, NotFound
from allmanning.runtime.identity import uuid7
from allmanning.runtime.record import now

MOST: Final = 100
MAX_NAME_CHARS: Final = 100
MAX_QUERY_CHARS: Final = 4_000


@dataclass(frozen=True)
class SavedSearch:
    """`query` is what stands after the question mark of its address; `mine`: of the one who asks."""

    id: str
    name: str
    query: str
    shared: bool
    mine: bool


class SavedSearches:
    """Keeps, lists and forgets."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def of(self, principal: Principal) -> list[SavedSearch]:
        """One's own by name, then those that colleagues at the authority share."""

        def look(file: sqlite3.Connection) -> list[SavedSearch]:
            rows = file.execute(
                "SELECT id, name, query, shared, owner = ?2 AS mine FROM saved_search"
                " WHERE authority = ?1 AND (owner = ?2 OR shared) ORDER BY owner <> ?2, name COLLATE NOCASE, id",
                (principal.authority, principal.key_id),
            )
            return [
                SavedSearch(made, name, query, bool(shared), bool(mine)) for made, name, query, shared, mine in rows
            ]

        return await self._desk.work(look)

    async def save(self, principal: Principal, name: str, query: str, *, shared: bool) -> str:
        """Keep a search; one's own of the same name is replaced. Its id.

        Raises:
            InvalidInput: `saved_search.invalid`. Conflict: `saved_search.too_many`.
        """
        name = " ".join(name.split())
        if not 0 < len(name) <= MAX_NAME_CHARS or not 0 < len(query) <= MAX_QUERY_CHARS:
            raise InvalidInput(
                "saved_search.invalid",
                f"Ge sökningen ett namn på högst {MAX_NAME_CHARS} tecken. "
                f"(Give the search a name of {MAX_NAME_CHARS} characters at most.)",
            )

        def write(file: sqlite3.Connection) -> str:
            owned = (principal.authority, principal.key_id)
            file.execute("DELETE FROM saved_search WHERE authority = ? AND owner = ? AND name = ?", (*owned, name))
            counted = file.execute("SELECT count(*) FROM saved_search WHERE authority = ? AND owner = ?", owned)
            if counted.fetchone()[0] >= MOST:
                raise Conflict(
                    "saved_search.too_many",
                    f"Du har {MOST} sparade sökningar. Ta bort någon först. (Remove a saved search first.)",
                )
            made = uuid7()
            file.execute(
                "INSERT INTO saved_search VALUES (?, ?, ?, ?, ?, ?, ?)", (made, *owned, name, query, int(shared), now())
            )
            return made

        return await self._desk.work(write)

    async def forget(self, principal: Principal, search_id: str) -> None:
        """Remove one's own.

        Raises:
            NotFound: `saved_search.not_found`.
        """

        def write(file: sqlite3.Connection) -> int:
            return file.execute(
                "DELETE FROM saved_search WHERE id = ? AND authority = ? AND owner = ?",
                (search_id, principal.authority, principal.key_id),
            ).rowcount

        if not await self._desk.work(write):
            raise NotFound(
                "saved_search.not_found", "Du har ingen sådan sparad sökning. (You have no such saved search.)"
            )
