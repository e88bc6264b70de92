"""Hand documents in as one import, and wait until each can be found, or is set aside with its reason."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, Final

from allmanning.node.client import Client
from allmanning.node.documents import DocumentFile
from allmanning.runtime.errors import PlatformError
from allmanning.runtime.record import Json

if TYPE_CHECKING:
    from allmanning.gateway.api.queue import QueueOut
    from allmanning.gateway.shapes import DocumentOut

# Uploads wait for disks, not for the processor; a few at a time keep the service's queue filled.
UPLOADS_AT_ONCE: Final = 8
POLL_EVERY_S: Final = 0.3
# A platform that is starting or has too much to do is asked again.
_AGAIN_AFTER_S: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
# Counts may be this old, and a document may be counted in an import that came after this one.
_TRUST_AFTER_S: Final = 10.0
SET_ASIDE: Final = ("rejected", "failed", "held", "needs_ocr", "cancelled")
DONE: Final = ("indexed", "expanded")
_PAGE: Final = 500


@dataclass
class Outcome:
    """What became of the documents of an import; files within containers are counted too."""

    batch: str = ""
    indexed: int = 0
    unchanged: int = 0
    rejected: list[dict[str, str]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Json]:
        return {
            "batch": self.batch,
            "indexed": self.indexed,
            "unchanged": self.unchanged,
            "rejected": list(self.rejected),
        }


@dataclass
class Following:
    """Told of an import while it goes on: how many files are handed in, and how the queue stands."""

    handed_in: Callable[[int], None] = lambda _: None
    queue: Callable[[QueueOut], None] = lambda _: None


def new_batch() -> str:
    """A name for an import that nobody named."""
    return f"import-{datetime.now(UTC):%Y-%m-%d-%H%M%S}-{secrets.token_hex(2)}"


def waiting_in(queue: QueueOut) -> int:
    """Documents that are waiting or being worked on."""
    return queue["counts"].get("received", {"documents": 0, "passages": 0})["documents"]


def submit(
    client: Client,
    files: Sequence[DocumentFile],
    *,
    collection: str,
    metadata: dict[str, str],
    batch: str,
    following: Following | None = None,
) -> Outcome:
    """Hand in `files` as the import `batch` and wait for all of them, and for what comes out of containers.

    `metadata` is given to each document beside what its folder says of it; the folder's word wins.

    Raises:
        PlatformError: when the platform can't be reached or the key is refused; what is wrong with a single file is
            in the outcome instead.
    """
    following = following or Following()
    outcome = Outcome(batch)
    paths: dict[str, DocumentFile] = {}
    lock = Lock()
    handed_in = 0

    def hand_in(file: DocumentFile) -> None:
        nonlocal handed_in
        fields = metadata | file.metadata | {"collection": collection, "uri": file.uri, "batch": batch}
        document_id, refused = "", None
        try:
            document_id = _upload(client, file, fields)
        except PlatformError as error:
            if error.retryable or error.status in (401, 403):
                raise
            refused = {"path": str(file.path), "code": error.code, "reason": error.message}
        with lock:
            handed_in += 1
            if refused:
                outcome.rejected.append(refused)
            elif document_id:
                paths[document_id] = file
            else:
                outcome.unchanged += 1
            following.handed_in(handed_in)

    uploads = ThreadPoolExecutor(UPLOADS_AT_ONCE)
    try:
        for _ in uploads.map(hand_in, files):
            pass
    finally:
        uploads.shutdown(cancel_futures=True)
    if paths:
        queue = _settled(client, batch, len(paths), following)
        outcome.indexed = sum(queue["counts"][name]["documents"] for name in DONE if name in queue["counts"])
        outcome.rejected += [_reason(each, paths) for each in set_aside(client, batch, SET_ASIDE)]
    return outcome


def set_aside(client: Client, batch: str, states: Sequence[str]) -> Iterator[DocumentOut]:
    """Documents that are in one of these states, of an import or of everything."""
    after = ""
    while True:
        page = client.documents({"state": list(states), "batch": batch, "limit": _PAGE, "after": after})
        yield from page["documents"]
        if not page["next"]:
            return
        after = page["next"]


def _upload(client: Client, file: DocumentFile, fields: dict[str, str]) -> str:
    for wait_s in _AGAIN_AFTER_S:
        try:
            return client.upload(file.path, fields)
        except PlatformError as error:
            if not error.retryable:
                raise
            time.sleep(wait_s)
    return client.upload(file.path, fields)


def _settled(client: Client, batch: str, accepted: int, following: Following) -> QueueOut:
    started = time.monotonic()
    while True:
        queue = client.queue(batch)
        following.queue(queue)
        counted = sum(each["documents"] for each in queue["counts"].values())
        known = counted >= accepted or time.monotonic() - started > _TRUST_AFTER_S
        if known and not waiting_in(queue):
            return queue
        time.sleep(POLL_EVERY_S)


def _reason(document: DocumentOut, paths: dict[str, DocumentFile]) -> dict[str, str]:
    file = paths.get(document["id"])
    return {
        "path": str(file.path) if file else document["uri"],
        "code": document["code"],
        "reason": document["reason"],
    }
