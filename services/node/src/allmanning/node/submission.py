"""Hand documents in and wait until each can be found, or is rejected with its reason."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from allmanning.node.client import Client
from allmanning.node.documents import DocumentFile
from allmanning.runtime.errors import PlatformError
from allmanning.runtime.record import Json

# Uploads wait for disks, not for the processor; a few at a time keep the service's queue filled.
UPLOADS_AT_ONCE: Final = 4
POLL_EVERY_S: Final = 0.2

# Told once a file: the file, and "indexed", "unchanged" or "rejected".
Settled: TypeAlias = Callable[[DocumentFile, str], None]


@dataclass
class Outcome:
    """What became of the documents handed in."""

    indexed: int = 0
    unchanged: int = 0
    rejected: list[dict[str, str]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Json]:
        return {"indexed": self.indexed, "unchanged": self.unchanged, "rejected": list(self.rejected)}


def submit(
    client: Client,
    files: Sequence[DocumentFile],
    *,
    collection: str,
    metadata: dict[str, str],
    settled: Settled,
) -> Outcome:
    """Hand in `files` and wait for all of them.

    `metadata` is given to each document beside what its folder says of it; the folder's word wins.

    Raises:
        PlatformError: when the platform can't be reached or the key is refused; what is wrong with a single file is
            in the outcome instead.
    """
    outcome = Outcome()

    def hand_in(file: DocumentFile) -> str:
        """The id to wait for, or nothing when the file has settled."""
        fields = metadata | file.metadata | {"collection": collection, "uri": file.uri}
        try:
            document_id = client.upload(file.path, fields)
        except PlatformError as error:
            if error.retryable or error.status in (401, 403):
                raise
            outcome.rejected.append({"path": str(file.path), "code": error.code, "reason": error.message})
            settled(file, "rejected")
            return ""
        if not document_id:
            outcome.unchanged += 1
            settled(file, "unchanged")
        return document_id

    with ThreadPoolExecutor(UPLOADS_AT_ONCE) as uploads:
        ids = list(uploads.map(hand_in, files))
    waiting = {document_id: file for document_id, file in zip(ids, files, strict=True) if document_id}
    while waiting:
        for document_id, file in list(waiting.items()):
            document = client.document(document_id)
            if document["state"] == "received":
                continue
            del waiting[document_id]
            if document["state"] == "rejected":
                reason = {"code": document["code"], "reason": document["reason"]}
                outcome.rejected.append({"path": str(file.path), **reason})
            else:
                outcome.indexed += 1
            settled(file, document["state"])
        if waiting:
            time.sleep(POLL_EVERY_S)
    return outcome
