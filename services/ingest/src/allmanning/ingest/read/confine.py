"""What a parse worker may not do: hostile files are read here."""

from __future__ import annotations

import os
import resource
import sys
from typing import Final

_MEGABYTE: Final = 1024 * 1024
_FORBIDDEN: Final = frozenset(
    {"socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"}
    | {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty", "os.kill", "pty.spawn"}
)
_LARGEST_FILE_MB: Final = 256
_OPEN_FILES: Final = 128


class Forbidden(PermissionError):
    """A parser tried to reach the network or another program."""


def confine(memory_mb: int) -> None:
    """Limit this process for good. An audit hook can't be removed again."""
    os.nice(10)
    for what, limit in (
        (resource.RLIMIT_AS, memory_mb * _MEGABYTE),
        (resource.RLIMIT_FSIZE, _LARGEST_FILE_MB * _MEGABYTE),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (limit, limit))
    sys.addaudithook(_refuse)


def allow_cpu(seconds: int) -> None:
    """Give the next file this much processor time; the kernel ends the process after it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _refuse(event: str, _: object) -> None:
    if event in _FORBIDDEN:
        raise Forbidden(event)
