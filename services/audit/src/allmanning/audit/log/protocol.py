"""What the rest of the service asks of the log, whatever it lies in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from allmanning.audit.log.arrivals import Arrival
from allmanning.audit.log.keys import Keys
from allmanning.audit.log.part import StoredPart
from allmanning.audit.log.reading import Reading, StoredPin
from allmanning.audit.log.refusal import SigningRefused
from allmanning.audit.sealing.destruction import Destroyed


class Records(Protocol):
    """Records to read, from any thread."""

    def reading(self, authority: str) -> AbstractContextManager[Reading]:
        """One authority's records at one moment; never waits for the writer.

        Raises:
            Unavailable: `audit.unavailable`, `audit.database_unavailable`.
        """


class Log(Records, Protocol):
    """Leaves, parts, pins and checkpoints of every authority's logs. What writes is called by one thread at a time."""

    @property
    def keys(self) -> Keys: ...

    @property
    def refusals(self) -> Mapping[str, SigningRefused]:
        """Why a log is not signed now, by origin."""

    @property
    def sequence(self) -> int:
        """Number of the message of the leaf stream up to which every one is taken in; 0 before the first."""

    @property
    def waiting(self) -> int:
        """How many messages wait for one that precedes them in the stream."""

    def open(self) -> None:
        """Open, make projections of earlier releases again, and sign what a crash left unsigned."""

    def close(self) -> None: ...

    def append(self, batch: Sequence[Arrival]) -> None:
        """Take messages in, in the order of the stream, and sign the logs that grew. On disk when it returns.

        The log's order is the stream's, so that the same stream always gives the same root. Messages may come in
        another order after a crash, because what was delivered and not acknowledged comes again later: what is too
        early waits. A message that is there already changes nothing.

        Raises:
            Conflict: `leaf.id_reused`, when a leaf has the id of another one. Then nothing is taken in.
            Unavailable: `audit.disk_full`, `audit.database_unavailable`. Then nothing is taken in, or nothing signed.
        """

    def sign(self, origins: Iterable[str]) -> None:
        """Sign the checkpoints of these logs as they are now. What may not be signed goes into `refusals`."""

    def keep(self, parts: Sequence[StoredPart], pinned: Iterable[StoredPin]) -> None:
        """Keep content, sealed, and texts that records point to; what is there already stays as it is.

        Content whose key was destroyed before it came, or came again, is not kept.
        """

    def carry_out_erasures(self) -> None:
        """Destroy the keys of what the log has erased and a fault kept from it; `append` does so by itself."""

    def destroy(self, authority: str, pairs: Iterable[tuple[str, str]]) -> Destroyed:
        """Erase the content of (record id, retention class) pairs for ever, key and ciphertext. Leaves stay.

        Raises:
            Unavailable: `audit.scrub_waits`, `audit.disk_full`, `audit.database_unavailable`. Doing it again finishes.
        """

    def destroy_month(self, authority: str, retention: str, month: str) -> Destroyed:
        """Erase all content of an authority in a class from a month, such as `2026-11`. Raises as `destroy`."""
