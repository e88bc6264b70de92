"""Whether a model fits in this machine's memory, told before it is loaded rather than by the kernel's killer."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from allmanning.generate.local.gguf import Gguf
from allmanning.runtime.errors import InvalidInput

# What the process has beside weights and context: measured 85 MB with a model of 135 million parameters; buffers grow
# with the vocabulary and the width.
_BUFFERS: Final = 300_000_000
_GB: Final = 1e9


def needed_bytes(model: Gguf, context_tokens: int) -> int:
    """Weights, `context_tokens` of context in all, and buffers."""
    return model.bytes_on_disk + model.token_bytes * context_tokens + _BUFFERS


def free_bytes(proc: Path = Path("/proc"), cgroup: Path = Path("/sys/fs/cgroup")) -> int | None:
    """What this process may still take, of the machine's memory and of its own group's (cgroup v2); None: not known."""
    known = [each for each in (_machine(proc), _group(proc, cgroup)) if each is not None]
    return min(known, default=None)


def check_fits(model: Gguf, context_tokens: int, free: int | None) -> None:
    """Raises InvalidInput `model.too_large` when it does not fit; unknown memory is tried."""
    needed = needed_bytes(model, context_tokens)
    if free is not None and needed > free:
        raise InvalidInput(
            "model.too_large",
            f"Modellen {model.path.name} behöver ungefär {needed / _GB:.1f} GB minne och {free / _GB:.1f} GB är "
            "ledigt. Välj en mindre eller hårdare kvantiserad modell, eller sänk ALLMANNING_MODEL_CONTEXT_TOKENS. "
            "(The model needs more memory than is free.)",
        )


def _machine(proc: Path) -> int | None:
    try:
        lines = (proc / "meminfo").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), None)


def _group(proc: Path, cgroup: Path) -> int | None:
    try:
        own = (proc / "self" / "cgroup").read_text().strip().rpartition("::")[2].lstrip("/")
        folder = cgroup / own if (cgroup / own / "memory.max").exists() else cgroup
        limit = (folder / "memory.max").read_text().strip()
        used = int((folder / "memory.current").read_text())
    except (OSError, ValueError):
        return None
    return max(0, int(limit) - used) if limit.isdigit() else None
