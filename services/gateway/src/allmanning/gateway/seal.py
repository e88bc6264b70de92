"""Content at rest, sealed with the gateway's key (AES-256-GCM), each piece for what it belongs to alone.

Whoever has one of the gateway's files, or a backup of it, reads none of it without the key file, which lies elsewhere
(`ALLMANNING_GATEWAY_KEY_FILE`).
"""

from __future__ import annotations

import base64
import sqlite3
from collections.abc import Sequence
from typing import Final

from allmanning.runtime.sealing import SealBroken, bound, decrypted, encrypted

# No text that is kept begins so: secrets of codes are in base 32, the others are JSON.
_MARK: Final = "v1:"


class Seal:
    """Seals for one purpose. `whose` are the names of what the content belongs to: it opens for no other."""

    def __init__(self, key: bytes, purpose: str) -> None:
        """`key`: 32 bytes."""
        self._key = key
        self._purpose = purpose

    def bytes_sealed(self, content: bytes, *whose: str) -> bytes:
        return encrypted(self._key, content, bound(self._purpose, *whose))

    def bytes_opened(self, sealed: bytes, *whose: str) -> bytes:
        """Raises SealBroken: it was sealed with another key, or for something else."""
        return decrypted(self._key, sealed, bound(self._purpose, *whose))

    def sealed(self, text: str, *whose: str) -> str:
        """What may lie in a file."""
        return _MARK + base64.b64encode(self.bytes_sealed(text.encode(), *whose)).decode()

    def opened(self, sealed: str, *whose: str) -> str:
        """Raises SealBroken: as `bytes_opened`, or nothing was sealed."""
        try:
            content = base64.b64decode(sealed.removeprefix(_MARK), validate=True)
        except ValueError as error:
            raise SealBroken("förseglad text går inte att läsa") from error
        return self.bytes_opened(content, *whose).decode()

    def take_in(self, database: sqlite3.Connection, table: str, column: str, whose: Sequence[str]) -> tuple[int, int]:
        """Seal what an earlier release left open in a column, each text for the row's columns `whose`.

        Within a transaction of the caller's, whose connection overwrites what it deletes. Returns how many were sealed,
        and how many of the others this key does not open.
        """
        names = ", ".join(whose)
        rows = database.execute(f"SELECT {column}, {names} FROM {table} WHERE {column} <> ''").fetchall()  # noqa: S608
        left_open = [row for row in rows if not row[0].startswith(_MARK)]
        is_same = " AND ".join(f"{each} = ?" for each in whose)
        for text, *named in left_open:
            database.execute(
                f"UPDATE {table} SET {column} = ? WHERE {is_same}",  # noqa: S608
                (self.sealed(text, *named), *named),
            )
        lost = sum(not self._opens(row) for row in rows if row[0].startswith(_MARK))
        return len(left_open), lost

    def _opens(self, row: Sequence[str]) -> bool:
        try:
            self.opened(row[0], *row[1:])
        except SealBroken:
            return False
        return True
