"""Who holds a key, and which authorities there are: the lookups that every request makes."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from allmanning.gateway.keys import KEY_COLUMNS, Authority, Key, digest, key_of
from allmanning.gateway.signin.database import KeyDatabase
from allmanning.runtime.swedish_day import today


class Keyring:
    """Reads keys and authorities. Lookups are by primary key and take microseconds, so they don't wait."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.database = KeyDatabase(data_dir)

    def warm_up(self) -> None:
        """Open the database."""
        self.database.warm_up()

    def close(self) -> None:
        """Close the database."""
        self.database.close()

    def key(self, token: str) -> Key | None:
        """The key that `token` is, unless unknown or revoked. Finding it counts as use, by day."""
        row = self.database.reading.execute(
            f"SELECT {KEY_COLUMNS} FROM key WHERE hash = ? AND revoked_at = ''",  # noqa: S608 - our own words
            (digest(token),),
        ).fetchone()
        if row is None:
            return None
        day = today().isoformat()
        if row["used_on"] != day:
            # Somebody else may be writing; then the next use says it.
            with contextlib.suppress(sqlite3.OperationalError):
                self.database.brief.execute("UPDATE key SET used_on = ? WHERE id = ?", (day, row["id"]))
        return key_of(row)

    def keys(self, authority: str) -> list[Key]:
        """The authority's keys in use, latest first."""
        rows = self.database.reading.execute(
            f"SELECT {KEY_COLUMNS} FROM key WHERE authority = ? AND revoked_at = '' ORDER BY created_at DESC, id",  # noqa: S608 - as above
            (authority,),
        )
        return [key_of(row) for row in rows]

    def called(self, actor: str) -> str:
        """What a person is called who acted under this id: their account's name, or their key's label; or nothing."""
        row = self.database.reading.execute(
            "SELECT name FROM account WHERE id = :id UNION SELECT label FROM key WHERE id = :id", {"id": actor}
        ).fetchone()
        return str(row[0]) if row else ""

    def authority(self, authority: str) -> Authority | None:
        """The authority with this id."""
        row = self.database.reading.execute(
            "SELECT id, name, contact FROM authority WHERE id = ?", (authority,)
        ).fetchone()
        return Authority(*row) if row else None

    def authorities(self) -> list[Authority]:
        """Every authority here, by name."""
        rows = self.database.reading.execute("SELECT id, name, contact FROM authority ORDER BY name, id")
        return [Authority(*row) for row in rows]

    def first_authority(self) -> Authority | None:
        """The authority that was registered first."""
        row = self.database.reading.execute(
            "SELECT id, name, contact FROM authority ORDER BY created_at, id LIMIT 1"
        ).fetchone()
        return Authority(*row) if row else None
