"""How the process that read a file ended without an answer, and what that says of the file."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from typing import Final

from allmanning.ingest.read import reader
from allmanning.runtime.errors import Unprocessable

# The C libraries' ways of ending when there is no memory are the same as for any other fault.
_OF_FAULTS: Final = (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS)
_NEAR: Final = 0.75


@dataclass(frozen=True)
class Limits:
    """What one file may use; of time, from one page that its reader tells of to the next."""

    wall_s: float = 300.0
    cpu_s: int = 240
    memory_mb: int = 2048
    file_mb: int = 1024
    """Largest file that its reader may write, as the members of an archive."""
    longest: int = 60
    """In limits of time: what a file may take that goes on telling of pages read, five hours as a rule."""


@dataclass(frozen=True)
class Ending:
    """`status` as of waitpid; most resident memory and processor time that it had."""

    status: int
    peak_kb: int
    cpu_ms: int

    def exceeded(self, limits: Limits) -> Unprocessable | None:
        """The limit that it ran into, if that is what ended it."""
        if not os.WIFSIGNALED(self.status):
            return None
        by = os.WTERMSIG(self.status)
        if by == signal.SIGXCPU or (by == signal.SIGKILL and self.cpu_ms >= limits.cpu_s * limits.longest * 1000):
            return _too_much_computing(limits.cpu_s)
        near = self.peak_kb >= limits.memory_mb * 1024 * _NEAR
        return reader.out_of_memory() if near and by in (*_OF_FAULTS, signal.SIGKILL) else None

    @property
    def killed(self) -> bool:
        """Whether somebody killed it; when nobody here did, the kernel, which had no memory left."""
        return os.WIFSIGNALED(self.status) and os.WTERMSIG(self.status) == signal.SIGKILL


def too_slow(wall_s: float) -> Unprocessable:
    return Unprocessable(
        "file.timeout",
        f"Filen tog mer än {wall_s:.0f} sekunder att läsa. Dela upp den i mindre filer och lämna in dem var för sig. "
        f"(The file took more than {wall_s:.0f} seconds to read. Split it into smaller files.)",
    )


def crashed(ending: Ending | None) -> Unprocessable:
    """What to say of a file whose reader crashed on it more than once."""
    if ending and ending.killed:
        return reader.out_of_memory()
    return Unprocessable(
        "file.crashed",
        "Filen får läsaren att krascha: den är troligen skadad. Spara den på nytt i programmet som gjorde den, till "
        "exempel som PDF, och lämna in den igen. (The file makes the reader crash. Save it anew and submit it again.)",
    )


def _too_much_computing(cpu_s: int) -> Unprocessable:
    return Unprocessable(
        "file.cpu",
        f"Filen kräver mer än {cpu_s} sekunders beräkning. Dela upp den i mindre filer, eller spara den på nytt i "
        "programmet som gjorde den. "
        f"(The file takes more than {cpu_s} seconds of computing. Split it, or save it anew.)",
    )
