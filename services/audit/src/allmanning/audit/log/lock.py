"""What each log has ever signed, in a database of its own.

A log that is restored from a backup has forgotten records that it has vouched for. If it went on signing, it would
tell two stories under one name. The lock remembers: it moves before a signature is made, and a log that does not
contain what the lock says is not signed.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import BigInteger, Column, LargeBinary, MetaData, Table, Text, select
from sqlalchemy.engine import URL

from allmanning.audit.log.database import Database, upserting
from allmanning.audit.log.refusal import SigningRefused

_metadata = MetaData()
_lock = Table(
    "lock",
    _metadata,
    Column("origin", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("root", LargeBinary, nullable=False),
)


class Lock:
    """One row per log: the largest size it has signed, and the root then."""

    def __init__(self, url: URL) -> None:
        self._database = Database("lock", url, _metadata)

    def open(self) -> None:
        self._database.open()

    def close(self) -> None:
        self._database.close()

    def advance(self, origin: str, size: int, signed: int, root_at: Callable[[int], bytes]) -> None:
        """Move the lock to `size`, on disk, after checking that the log still contains all that was signed.

        `signed` is the size that the log itself remembers to have signed; `root_at` gives the log's root at a size.

        Raises:
            SigningRefused: `audit.log_behind_lock` (a restored backup), `audit.log_forked`, `audit.lock_behind_log`.
            Unavailable: as `Database.transaction`.
        """
        with self._database.transaction() as connection:
            row = connection.execute(select(_lock.c.size, _lock.c.root).where(_lock.c.origin == origin)).one_or_none()
            locked, root = (row.size, bytes(row.root)) if row else (0, b"")
            if locked < signed:
                raise SigningRefused(
                    "audit.lock_behind_log",
                    f"Låsfilen för {origin} är äldre än loggen: den har {locked} poster, loggen har undertecknat "
                    f"{signed}. Lägg tillbaka rätt låsfil.",
                )
            if locked > size:
                raise SigningRefused(
                    "audit.log_behind_lock",
                    f"Loggen {origin} har {size} poster men har redan undertecknat {locked}. Den verkar vara "
                    "återställd från en säkerhetskopia. Inget undertecknas förrän de saknade posterna är inlästa.",
                )
            if locked and root_at(locked) != root:
                raise SigningRefused(
                    "audit.log_forked",
                    f"De första {locked} posterna i loggen {origin} är inte de som undertecknades. Inget undertecknas.",
                )
            if locked < size:
                moved = {"size": size, "root": root_at(size)}
                insert = upserting(connection, _lock).values(origin=origin, **moved)
                connection.execute(insert.on_conflict_do_update(index_elements=["origin"], set_=moved))
