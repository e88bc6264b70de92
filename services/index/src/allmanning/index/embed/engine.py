"""What computes the model, chosen by what this machine offers."""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Linear: TypeAlias = Literal["float32", "int8"]
"""How the linear layers stand in the graph."""

Floats: TypeAlias = NDArray[np.float32]

_BF16_UNITS = frozenset({"amx_bf16", "avx512_bf16"})


class Engine(Protocol):
    """A loaded model. Calls block but let other threads run, and several threads may call at once."""

    def run(self, ids: Sequence[int]) -> tuple[Floats, Floats]:
        """One text, `<s>` to `</s>`: its vector, (384,), of unit length, and those of its tokens, (tokens, 384)."""
        ...


@dataclass(frozen=True, slots=True)
class EngineKind:
    """An engine and the model that is made for it.

    Vectors of two engines are near each other (cosine .997) but are two models to an index.
    """

    recipe: str
    """Changes with anything that changes the vectors or the files."""
    linear: Linear
    open: Callable[[Path, int], Engine]
    """Loads the model of a folder for so many threads; takes half a second."""


def _int8(folder: Path, _: int) -> Engine:
    from allmanning.index.embed.onnxruntime_engine import OnnxruntimeEngine

    return OnnxruntimeEngine(folder)


def _bf16(folder: Path, threads: int) -> Engine:
    from allmanning.index.embed.openvino_engine import OpenvinoEngine

    return OpenvinoEngine(folder, threads, "bf16")


INT8 = EngineKind("onnx-int8-4", "int8", _int8)
"""Runs on every processor, and is the quickest for questions (7 ms)."""

BF16 = EngineKind("onnx-bf16-1", "float32", _bf16)
"""Twice the passages of int8 on a processor with bf16 units (measured on AMX), and nearer to the original vectors."""


def chosen(flags: frozenset[str], *, openvino: bool) -> EngineKind:
    """The best engine for a processor with these flags; `openvino` says whether that package is installed."""
    return BF16 if openvino and flags & _BF16_UNITS else INT8


def chosen_here() -> EngineKind:
    return chosen(processor_flags(), openvino=find_spec("openvino") is not None)


def processor_flags(cpuinfo: Path = Path("/proc/cpuinfo")) -> frozenset[str]:
    """What the processor says that it can do, in Linux' names; nothing on other systems."""
    if platform.system() != "Linux":
        return frozenset()
    for line in cpuinfo.read_text(encoding="ascii", errors="replace").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "flags":
            return frozenset(value.split())
    return frozenset()
