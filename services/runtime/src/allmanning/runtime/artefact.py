"""What is computed once from installed packages and kept: the converted model, the compiled lexicon.

An artefact stands in a folder of its own in the cache, appears there whole or not at all, and is made by one process
when several ask at once.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

CACHE_VARIABLE = "ALLMANNING_MODEL_CACHE"


def default_cache() -> Path:
    """`$ALLMANNING_MODEL_CACHE`, or the user's cache folder."""
    return Path(os.environ.get(CACHE_VARIABLE) or Path.home() / ".cache" / "allmanning" / "models")


def made_once(folder: Path, make: Callable[[Path], None]) -> Path:
    """`folder`, filled by `make` if it is not there yet.

    Raises `OSError` when the cache cannot be written, and what `make` raises.
    """
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _alone(folder.parent / f"{folder.name}.lock"):
            if not folder.exists():
                _made(folder, make)
    return folder


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Other processes wait; the lock falls with the process that holds it."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _made(folder: Path, make: Callable[[Path], None]) -> None:
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        make(draft)
        _settle(draft)
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _settle(folder: Path) -> None:
    """On the disk before the folder gets its name, and readable by every user of the cache."""
    for file in folder.iterdir():
        file.chmod(0o644)
        with file.open("rb") as opened:
            os.fsync(opened.fileno())
    folder.chmod(0o755)
