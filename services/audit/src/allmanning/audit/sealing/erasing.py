"""Make sure that what was deleted from a database is not left in its files.

SQLite overwrites what is deleted (secure_delete), but a page that was moved may leave a copy behind, and so does the
WAL. PostgreSQL leaves dead rows until the table is written anew; its own WAL and archives keep what they had until
they are recycled.
"""

from __future__ import annotations

from sqlalchemy import Table

from allmanning.audit.log.database import Database
from allmanning.runtime.errors import Unavailable


def rewrite(database: Database, *tables: Table) -> None:
    """Write the database anew without what was deleted, for keys and for what lay in the clear.

    Raises:
        Unavailable: `audit.scrub_waits`, while a reader still holds the old pages; nothing is lost by trying again.
    """
    if database.path is None:
        database.maintain(*(f'VACUUM FULL "{table.name}"' for table in tables))
        return
    database.maintain("VACUUM")
    cut_wal(database)


def cut_wal(database: Database) -> None:
    """Move the WAL of SQLite into the file and cut it to nothing: enough for ciphertext. Raises as `rewrite`."""
    if database.path is None:
        return
    [busy] = database.maintain("PRAGMA wal_checkpoint(TRUNCATE)")
    if busy:
        raise Unavailable("audit.scrub_waits", "Någon läser fortfarande i loggen. Försök igen.", retry_after_s=1)
