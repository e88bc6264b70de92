"""A secret key in a file of its own, made when there is none."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from allmanning.runtime.sealing import KEY_BYTES


def kept_key(path: Path) -> bytes:
    """The file's 32 bytes, which only this user may read. Of two processes that start at once the first one's stand."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.exists():
        return path.read_bytes()
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        path.hardlink_to(draft)
    draft.unlink()
    return path.read_bytes()
