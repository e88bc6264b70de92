"""A log's files on disk: written once, never changed, whole or not there at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final

from allmanning.audit.log.origin import place_of
from allmanning.audit.publication.tile import WIDTH, Tile
from allmanning.runtime import durable

CHECKPOINT: Final = "checkpoint"


class PublishedDiffers(Exception):
    """A file that was shown to the world holds something else than the log has there now."""


def folder_of(root: Path, origin: str) -> Path:
    """Where a log's files lie: `<root>/<authority>/<period>`, so that a web server can show the root as it is.

    Raises:
        ValueError: for an origin of somebody else's.
    """
    return root.joinpath(*place_of(origin))


class LogFolder:
    """The files of one log."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def checkpoint(self) -> str:
        """The note that is shown; empty before the first."""
        try:
            return (self.path / CHECKPOINT).read_text()
        except FileNotFoundError:
            return ""

    def show(self, note: str) -> None:
        """Show another checkpoint. Everything it covers must be here."""
        _write(self.path / CHECKPOINT, note.encode())

    def add(self, tile: Tile, data: bytes) -> None:
        """Keep a tile; on disk when this returns. A full tile takes the place of the partial ones before it.

        Raises:
            PublishedDiffers: when it is there with other bytes.
        """
        path = self.path / tile.path
        try:
            known = path.read_bytes()
        except FileNotFoundError:
            _write(path, data)
        else:
            if known != data:
                raise PublishedDiffers(tile.path)
        if tile.width == WIDTH:
            shutil.rmtree(path.with_name(f"{path.name}.p"), ignore_errors=True)


def _write(path: Path, data: bytes) -> None:
    _make(path.parent)
    # One writer a log: whoever finds this file after a crash is that writer, and replaces it.
    draft = path.with_name(f".{path.name}.new")
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    durable.sync(path.parent)


def _make(folder: Path) -> None:
    """Make a folder that is still there after a power loss."""
    if folder.is_dir():
        return
    _make(folder.parent)
    folder.mkdir(exist_ok=True)
    durable.sync(folder.parent)
