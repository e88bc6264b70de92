"""Files that are there, whole, after a power cut."""

from __future__ import annotations

import os
from pathlib import Path


def write(path: Path, data: bytes) -> None:
    """Write all of it or nothing."""
    temporary = path.with_name(f"{path.name}.new")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    rename(temporary, path)


def rename(old: Path, new: Path) -> None:
    """Rename within a folder, replacing what has that name."""
    old.replace(new)
    sync(new.parent)


def remove(path: Path) -> None:
    """Remove a file that may be missing."""
    path.unlink(missing_ok=True)
    sync(path.parent)


def sync(path: Path) -> None:
    """Have a file, or the list of names of a folder, on the disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def sync_tree(folder: Path) -> None:
    """Have a folder on the disk with everything in it."""
    for here, _, files in os.walk(folder, topdown=False):
        for name in files:
            sync(Path(here, name))
        sync(Path(here))
