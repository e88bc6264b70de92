"""Secrets in files of their own, readable by this user only."""

from __future__ import annotations

import os
from pathlib import Path

from allmanning.runtime import durable


def write_secret(path: Path, text: bytes) -> None:
    """Make a file that is whole and on disk when this returns."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Whole under a temporary name first: a crash must not leave half a key.
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    durable.sync(path.parent)
