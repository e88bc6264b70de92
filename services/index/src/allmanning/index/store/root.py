"""The folder that holds the embedded indexes of a node, and says which of them answers."""

from __future__ import annotations

import fcntl
import secrets
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from allmanning.index.store.about import About
from allmanning.index.store.folder import IndexFolder
from allmanning.runtime import durable
from allmanning.runtime.errors import Unavailable


class IndexRoot:
    """A folder for each index, locked as long as it is open.

    `CURRENT` names the live index and `NEXT`, if there is one, the index that is being built beside it. Only these two
    count: a folder is made first and named then, so whatever a crash left half made has no name and goes at the next
    start.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock: IO[bytes] | None = None

    def open(self) -> None:
        """Lock it, and delete what neither name refers to.

        Raises `Unavailable` when another process has it. The lock comes before the engine's own, because an engine that
        is refused damages the one that has it.
        """
        self._path.mkdir(parents=True, exist_ok=True)
        lock = (self._path / "LOCK").open("wb")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.close()
            raise Unavailable("index.in_use", "Indexet används av en annan process.") from error
        self._lock = lock
        named = {folder.path for folder in (self.live, self.next) if folder}
        for each in self._path.iterdir():
            if each.is_dir() and each not in named:
                self.drop(IndexFolder(each))

    def close(self) -> None:
        if self._lock:
            self._lock.close()
            self._lock = None

    @property
    def live(self) -> IndexFolder | None:
        """The index that answers."""
        return self._named(self._current)

    @property
    def next(self) -> IndexFolder | None:
        """The index that is being built."""
        return self._named(self._next)

    def find(self, index_version: str) -> IndexFolder | None:
        """The live index or the next one, if it is of this version."""
        folders = [folder for folder in (self.live, self.next) if folder]
        return next((folder for folder in folders if folder.about.index_version == index_version), None)

    def create(self, about: About) -> IndexFolder:
        """A new folder, which nothing refers to yet."""
        folder = IndexFolder(self._path / f"{about.index_version[:12]}-{secrets.token_hex(4)}")
        folder.path.mkdir()
        made_at = about.made_at or datetime.now(UTC).isoformat(timespec="seconds")
        folder.describe(replace(about, made_at=made_at))
        return folder

    def add(self, folder: IndexFolder) -> None:
        """Name a whole index: the live one when there is none, else the next one."""
        pointer = self._next if self.live else self._current
        durable.write(pointer, folder.path.name.encode())

    def replace(self, old: IndexFolder, new: IndexFolder) -> None:
        """Have the name of `old` refer to `new`, in one step."""
        pointer = self._current if self.live and self.live.path == old.path else self._next
        durable.write(pointer, new.path.name.encode())

    def switch(self) -> None:
        """Make the next index the live one. The one before it stays on the disk until it is dropped."""
        durable.rename(self._next, self._current)

    def abandon(self) -> None:
        """Give up the next index, if there is one."""
        if folder := self.next:
            durable.remove(self._next)
            self.drop(folder)

    def clear(self) -> None:
        """Give up every index."""
        self.abandon()
        if folder := self.live:
            durable.remove(self._current)
            self.drop(folder)

    def drop(self, folder: IndexFolder) -> None:
        """Delete a folder. What can't be deleted now is deleted at the next start."""
        shutil.rmtree(folder.path, ignore_errors=True)

    def _named(self, pointer: Path) -> IndexFolder | None:
        try:
            folder = IndexFolder(self._path / pointer.read_text())
        except FileNotFoundError:
            return None
        # A name without its index is of a data folder that was copied in part: the index is built anew.
        return folder if folder.is_index() else None

    @property
    def _current(self) -> Path:
        return self._path / "CURRENT"

    @property
    def _next(self) -> Path:
        return self._path / "NEXT"
