"""What a source of documents is: it lists what there is now, and fetches one thing at a time.

SourceError
  SourceUnreachable   the whole source, or a part of its list: nothing is removed on such a run
  ItemFailed          one item, kept as it was
  ItemGone            one item that is no longer there
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Protocol

from allmanning.contracts.ingest.v1.ingest_pb import Source as SourceMessage
from allmanning.runtime.errors import PlatformError


class SourceError(PlatformError):
    """Something at the source, which is not the platform's."""

    status = 502


class SourceUnreachable(SourceError):
    """The source does not answer, or not with all that it has."""


class ItemFailed(SourceError):
    """One item could not be fetched; the next run tries again."""


class ItemGone(SourceError):
    """One item is there no more, although it was listed."""


@dataclass(frozen=True, slots=True)
class Item:
    """Something that is at the source now."""

    # Identity of the document within its collection.
    uri: str
    # With the extension that tells what kind of text it is.
    filename: str
    # Changes when the item does, such as size and time; empty when only `fetch` can tell.
    fingerprint: str = ""
    # Fields of ingest.v1.SubmitRequest: "title", "valid_from", "secrecy".
    metadata: Mapping[str, str] = field(default_factory=dict)
    # Where the source itself finds it, when that is not the uri.
    place: str = ""
    # Why it must not be fetched now; its document stays as it is.
    problem: PlatformError | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """An item that now lies in a file."""

    # Given back to `fetch` the next time; what is in it is the source's own affair.
    fingerprint: str
    # Empty: the item's.
    filename: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    # There is something, but no document: another kind of file, or a page that names another as the real one.
    skipped: bool = False


@dataclass(frozen=True)
class Surroundings:
    """What the operator allows sources, and tells this one."""

    # Folders that may be watched, with all that is in them.
    folders: tuple[Path, ...] = ()
    # Hosts that may be asked although their addresses are private.
    private_hosts: frozenset[str] = frozenset()
    password: str = field(default="", repr=False)
    largest_bytes: int = 50 * 1024 * 1024


class Source(Protocol):
    """A place that documents come from. An instance lives for one run.

    The constructor takes `(source: ingest.v1.Source, surroundings: Surroundings)`, does no I/O, and raises
    `InvalidInput` for a location or an option that it does not understand.
    """

    kind: ClassVar[str]
    # Name -> what it means, in plain words.
    options: ClassVar[Mapping[str, str]]

    def __init__(self, source: SourceMessage, surroundings: Surroundings) -> None: ...

    def items(self) -> AsyncIterator[Item]:
        """What there is now. `fetch` is called for an item before the next one is asked for.

        Raises:
            SourceUnreachable: what was listed before it counts, but nothing is missing because it was not listed.
        """
        ...

    async def fetch(self, item: Item, known: str, into: Path) -> Fetched | None:
        """Write the item's bytes to the file `into`; None when it is as it was when `known` was its fingerprint.

        `known` is empty when the bytes are wanted in any case. Never writes more than `largest_bytes`.

        Raises:
            ItemFailed, ItemGone, SourceUnreachable.
        """
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
