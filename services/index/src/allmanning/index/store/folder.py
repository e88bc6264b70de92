"""The folder of an embedded index: who owns it, which version it has, and what it must finish after a crash."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import IO

from allmanning.index.store.engine import Publication
from allmanning.runtime.errors import Unavailable


class IndexFolder:
    """`<root>/<index version>/shard`, locked as long as it is open.

    Another index version starts in an empty folder of its own and the stale one is dropped: the index is derived data.
    """

    def __init__(self, root: Path, index_version: str) -> None:
        self._root = root
        self._here = root / index_version
        self._lock: IO[bytes] | None = None

    @property
    def shard(self) -> Path:
        return self._here / "shard"

    def open(self) -> bool:
        """Lock the folder and make it. Returns whether a whole index is already there.

        Raises `Unavailable` when another process has it. The lock comes before the engine's own, because an engine that
        is refused damages the one that has it.
        """
        self._root.mkdir(parents=True, exist_ok=True)
        lock = (self._root / "LOCK").open("wb")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.close()
            raise Unavailable("index.in_use", "Indexet används av en annan process.") from error
        self._lock = lock
        for other in self._root.iterdir():
            if other.is_dir() and other != self._here:
                shutil.rmtree(other)
        if self._made.exists():
            return True
        shutil.rmtree(self._here, ignore_errors=True)
        self.shard.mkdir(parents=True)
        return False

    def close(self) -> None:
        if self._lock:
            self._lock.close()
            self._lock = None

    def made(self) -> None:
        """Say that the new index is whole; one without this mark is dropped at the next start."""
        _write(self._made, b"")

    def begin(self, publication: Publication) -> None:
        """Note a publication durably before its first step."""
        _write(self._unfinished, json.dumps(asdict(publication)).encode())

    def end(self) -> None:
        """The publication is durable in the engine."""
        self._unfinished.unlink()

    def unfinished(self) -> Publication | None:
        """The publication that a crash interrupted, if any."""
        try:
            return Publication(**json.loads(self._unfinished.read_bytes()))
        except FileNotFoundError:
            return None

    @property
    def _made(self) -> Path:
        return self._here / "MADE"

    @property
    def _unfinished(self) -> Path:
        return self._here / "PUBLISHING"


def _write(path: Path, data: bytes) -> None:
    """Write all of it or nothing, durably."""
    temporary = path.with_suffix(".new")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
