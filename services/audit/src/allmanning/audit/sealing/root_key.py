"""The key above all others: a file, best kept outside the data folder and outside every backup of it."""

from __future__ import annotations

import base64
import os
from pathlib import Path

from allmanning.audit.log.note import from_base64
from allmanning.audit.log.secret_file import write_secret
from allmanning.runtime.errors import Unavailable
from allmanning.runtime.sealing import KEY_BYTES


def read_root_key(path: Path, *, new: bool) -> bytes:
    """The 32 bytes in the file (base64). Made when `new`: nothing has been sealed under one yet.

    Raises:
        Unavailable: `audit.root_key_missing`, when the file is gone or holds something else.
    """
    if new and not path.exists():
        write_secret(path, base64.b64encode(os.urandom(KEY_BYTES)) + b"\n")
    try:
        key = from_base64(path.read_text().strip())
    except (OSError, ValueError) as error:
        raise root_key_missing() from error
    if len(key) != KEY_BYTES:
        raise root_key_missing()
    return key


def root_key_missing() -> Unavailable:
    return Unavailable(
        "audit.root_key_missing",
        "Beslutsloggens rotnyckel saknas eller är en annan än den som innehållet är förseglat med. "
        "Lägg tillbaka filen.",
    )
