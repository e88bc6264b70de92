"""The open file of keys and accounts, as the running gateway reads it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from allmanning.gateway.keys import open_database


class KeyDatabase:
    """Two connections: `reading`, and `brief` for writes that may be lost and wait for nobody."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self._opened: tuple[sqlite3.Connection, sqlite3.Connection] | None = None

    def warm_up(self) -> None:
        """Open the file."""
        reading, brief = open_database(self.data_dir), open_database(self.data_dir)
        brief.execute("PRAGMA synchronous = NORMAL")
        brief.execute("PRAGMA busy_timeout = 0")
        self._opened = (reading, brief)

    def close(self) -> None:
        """Close the file."""
        for connection in self._opened or ():
            with closing(connection):
                pass
        self._opened = None

    @property
    def reading(self) -> sqlite3.Connection:
        return self._both()[0]

    @property
    def brief(self) -> sqlite3.Connection:
        return self._both()[1]

    def _both(self) -> tuple[sqlite3.Connection, sqlite3.Connection]:
        if self._opened is None:
            raise RuntimeError("warm_up first")
        return self._opened
