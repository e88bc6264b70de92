"""Where files lie on this machine's disk while they are read."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import IO, Final

_LOCK: Final = "LOCK"


class Desks:
    """A folder of this process's own in one that several share; what killed processes left there is removed."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (folder / _LOCK).open("wb") as starting:
            fcntl.flock(starting, fcntl.LOCK_EX)
            for each in folder.iterdir():
                if each.is_dir() and not _in_use(each):
                    shutil.rmtree(each, ignore_errors=True)
            self._own = Path(mkdtemp(prefix="process-", dir=folder))
            self._lock = _locked(self._own)

    @contextmanager
    def desk(self) -> Iterator[Path]:
        """An empty folder, which is removed afterwards."""
        with TemporaryDirectory(dir=self._own) as folder:
            yield Path(folder)


def _locked(folder: Path) -> IO[bytes]:
    """Lock a folder until this process ends or the file is closed. Raises `OSError` when another one has it."""
    lock = (folder / _LOCK).open("wb")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise
    return lock


def _in_use(folder: Path) -> bool:
    try:
        _locked(folder).close()
    except OSError:
        return True
    return False
