"""Pages of mapped files that need not stay in memory."""

from __future__ import annotations

import ctypes
import re
import sys
from pathlib import Path
from typing import Final

# Address range and file of a shared mapping, as proc(5) lists them. Of a private one the pages may be the only copy.
_SHARED: Final = re.compile(r"(?P<start>[0-9a-f]+)-(?P<end>[0-9a-f]+) ..[x-]s \S+ \S+ \S+\s+(?P<file>/.*)")
_MADV_DONTNEED: Final = 4


def let_go(folder: Path) -> None:
    """Take the pages of the folder's files out of this process; what is needed comes back when it is touched.

    The engine reads in all of a file as it opens it, also what is only set aside for more: with 600 passages 139 of the
    275 MB of its process. Nothing is lost: the pages of a shared mapping are the file's (madvise(2)). Does nothing
    where there is no such list.
    """
    if sys.platform != "linux":
        return
    within = f"{folder.resolve()}/"
    libc = ctypes.CDLL(None)
    for line in Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace").splitlines():
        mapping = _SHARED.fullmatch(line)
        if mapping and mapping["file"].startswith(within):
            start, end = int(mapping["start"], 16), int(mapping["end"], 16)
            # It refuses what is locked in memory, and that is to stay.
            libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), _MADV_DONTNEED)
