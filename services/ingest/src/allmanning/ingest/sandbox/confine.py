"""What the processes that read files may not do: hostile files are read here.

Three fences, one behind the other: the kernel's (`landlock`, `seccomp`), its limits, and Python's audit hook. The last
alone is what a system without the first has; code that a file has smuggled in walks around it.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from allmanning.ingest.sandbox import landlock, seccomp

_MEGABYTE: Final = 1024 * 1024
_OPEN_FILES: Final = 128
_PARENT_DEATH_SIGNAL: Final = 1
_FORBIDDEN: Final = frozenset(
    {"socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"}
    | {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.forkpty", "pty.spawn"}
)
_FORBIDDEN_TO_CHILDREN: Final = frozenset({"os.fork", "os.kill", "os.killpg", "os.chmod", "os.chown", "os.utime"})
_SYSTEM: Final = (
    *("/usr/lib", "/usr/lib64", "/usr/share", "/usr/local/lib", "/usr/local/share", "/lib", "/lib64"),
    *("/etc/ld.so.cache", "/etc/fonts", "/etc/localtime", "/etc/mime.types", "/etc/ssl/openssl.cnf"),
    *("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random"),
    # Itself, and what numerical libraries ask of the processor.
    *("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu"),
)


class Forbidden(PermissionError):
    """A parser tried to reach the network or another program."""


@dataclass(frozen=True)
class Quota:
    """What one file may use."""

    memory_mb: int
    cpu_s: int
    """Before its reader tells of a page, and for each page."""
    longest: int
    """In `cpu_s`: the most for all pages."""
    file_mb: int
    """Largest file that may be written."""


def missing() -> list[str]:
    """Which of the kernel's fences this system lacks."""
    fences = {"Landlock": landlock.version() > 0, "seccomp": seccomp.available()}
    return [name for name, there in fences.items() if not there]


def confine_template() -> None:
    """Neither network nor programs, for good, in this process and its children."""
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    seccomp.give_up_privileges()
    seccomp.restrict_template()
    sys.addaudithook(_refuse_network_and_programs)


def confine_child(quota: Quota, readable: Path, writable: Path | None) -> None:
    """Nothing but this file and this folder, for good.

    Raises:
        OSError: the kernel has a fence and refused to put it up.
    """
    with contextlib.suppress(OSError):
        # When the machine runs out of memory, this goes first.
        Path("/proc/self/oom_score_adj").write_text("1000")
    for what, soft, hard in (
        (resource.RLIMIT_AS, quota.memory_mb * _MEGABYTE, quota.memory_mb * _MEGABYTE),
        (resource.RLIMIT_CPU, quota.cpu_s, quota.cpu_s * quota.longest),
        (resource.RLIMIT_FSIZE, quota.file_mb * _MEGABYTE, quota.file_mb * _MEGABYTE),
        (resource.RLIMIT_NOFILE, _OPEN_FILES, _OPEN_FILES),
    ):
        # RLIMIT_NPROC is not among them: it counts the user's other processes too, and threads are processes to it.
        with contextlib.suppress(ValueError):
            resource.setrlimit(what, (soft, hard))
    seccomp.give_up_privileges()
    landlock.restrict([*_readable(), readable], [writable] if writable else [])
    seccomp.restrict_child()
    sys.addaudithook(_refuse_processes)


def allow_page(quota: Quota) -> None:
    """Give the next page as much processor time as the first: OCR of hundreds of pages takes as long as it takes."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = resource.getrlimit(resource.RLIMIT_CPU)[1]
    soft = min(most, int(used.ru_utime + used.ru_stime) + quota.cpu_s + 1)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, most))


def die_with(parent: int) -> None:
    """End this process when `parent`, which forked it, ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def _readable() -> Iterator[str]:
    yield from _SYSTEM
    # The libraries that were not needed until now. No empty entry: that is the folder the service was started in.
    yield from (entry for entry in sys.path if entry)
    yield from (sys.prefix, sys.base_prefix)
    if tessdata := os.environ.get("TESSDATA_PREFIX"):
        yield tessdata


def _refuse_network_and_programs(event: str, _: object) -> None:
    if event in _FORBIDDEN:
        raise Forbidden(event)


def _refuse_processes(event: str, _: object) -> None:
    if event in _FORBIDDEN_TO_CHILDREN:
        raise Forbidden(event)
