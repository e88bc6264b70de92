"""How often somebody may guess, without a stranger's guesses locking a person out.

Counted apart: guesses at one account from one address, all guesses from an address, and all guesses at an account (NIST
SP 800-63B-4 3.2.2 allows 100). After the free ones each must wait twice as long as the one before, up to 15 minutes.
A browser that the person has signed in from before is counted on its own alone, so that they come in while others
guess, and so that the many who share a municipality's address don't stand in each other's way. A name that nobody has
is counted as one that somebody has.
"""

from __future__ import annotations

import asyncio
import ipaddress
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from allmanning.gateway.keys import digest, writing

_FIRST_WAIT_S: Final = 5.0
_LONGEST_WAIT_S: Final = 900.0
# Without a failure for this long, an earlier one is forgotten.
_FORGOTTEN_S: Final = 86_400.0


@dataclass(frozen=True)
class Count:
    """One thing that is counted: its name, and how many failures are free. `shared` counts others' tries too."""

    name: str
    free: int
    shared: bool = False


def guesses_at(account: str, address: str, known_device: str) -> list[Count]:
    """What a try at `account` counts as; `known_device` is the token of a browser that the person has used before."""
    if known_device:
        return [Count(f"device|{account}|{known_device}", 5)]
    return [
        Count(f"pair|{account}|{network_of(address)}", 5),
        guesses_from(address),
        Count(f"account|{account}", 100, shared=True),
    ]


def guesses_from(address: str) -> Count:
    """All guesses from an address, at whatever account."""
    return Count(f"address|{network_of(address)}", 30, shared=True)


def network_of(address: str) -> str:
    """The address, or for IPv6 its /64: one subscriber has all of those."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, 64), strict=False))
    return address


class Throttle:
    """Counts in the file that all processes share; of names and addresses only hashes are there, for a day."""

    def __init__(self, data_dir: Path, clock: Callable[[], float] = time.time) -> None:
        self._data_dir = data_dir
        self._clock = clock

    async def admit(self, counts: Sequence[Count]) -> float:
        """0 when a try may be made, which then counts as failed until `succeeded`; else how many seconds to wait."""
        return await asyncio.to_thread(self._admit, counts)

    def _admit(self, counts: Sequence[Count]) -> float:
        now = self._clock()
        with writing(self._data_dir) as database:
            database.execute("DELETE FROM attempt WHERE last_at < ?", (now - _FORGOTTEN_S,))
            if (wait_s := max(self._closed_until(database, each) for each in counts) - now) > 0:
                return wait_s
            for each in counts:
                self._count(database, each, now)
        return 0.0

    def _closed_until(self, database: sqlite3.Connection, count: Count) -> float:
        query = "SELECT closed_until FROM attempt WHERE hash = ?"
        row = database.execute(query, (digest(count.name),)).fetchone()
        return float(row["closed_until"]) if row else 0.0

    def _count(self, database: sqlite3.Connection, count: Count, now: float) -> None:
        row = database.execute(
            "INSERT INTO attempt VALUES (?, 1, 0, ?)"
            " ON CONFLICT (hash) DO UPDATE SET failures = failures + 1, last_at = excluded.last_at RETURNING failures",
            (digest(count.name), now),
        ).fetchone()
        over = int(row["failures"]) - count.free
        if over >= 0:
            wait_s = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2.0 ** min(over, 20))
            database.execute("UPDATE attempt SET closed_until = ? WHERE hash = ?", (now + wait_s, digest(count.name)))

    async def succeeded(self, counts: Sequence[Count]) -> None:
        """The try was right: one's own count begins anew, a shared one loses this try."""

        def write() -> None:
            with writing(self._data_dir) as database:
                for each in counts:
                    database.execute(
                        "UPDATE attempt SET failures = max(0, iif(?, failures - 1, 0)), closed_until = 0"
                        " WHERE hash = ?",
                        (each.shared, digest(each.name)),
                    )

        await asyncio.to_thread(write)
