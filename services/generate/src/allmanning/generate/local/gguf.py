"""Read what a GGUF file says of its model, without loading it.

Format: github.com/ggml-org/ggml, docs/gguf.md (versions 2 and 3).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from allmanning.runtime.errors import InvalidInput

_MAGIC: Final = b"GGUF"
_VERSIONS: Final = (2, 3)
_SCALARS: Final[Mapping[int, str]] = {
    0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d",
}  # fmt: skip
_STRING: Final = 8
_ARRAY: Final = 9
# No real header has more; a file that claims so is damaged.
_MOST_ENTRIES: Final = 1_000_000
_LONGEST_STRING: Final = 64_000_000
_PART: Final = re.compile(r"-(\d{5})-of-(\d{5})\.gguf$")
_F16_BYTES: Final = 2


@dataclass(frozen=True)
class Gguf:
    """A model file, or the first of several parts."""

    path: Path
    bytes_on_disk: int
    """Of all parts."""
    name: str
    architecture: str
    context_tokens: int
    """The longest text that the model was trained to read; 0: not said."""
    token_bytes: int
    """What each token of context takes in memory, keys and values in 16 bits; 0: not said."""

    @classmethod
    def read(cls, path: Path) -> Gguf:
        """The file's header.

        Raises:
            InvalidInput: `model.missing`, `model.unreadable`, `model.not_gguf`, `model.damaged`.
        """
        if not path.is_file():
            raise InvalidInput("model.missing", f"Modellfilen {path} finns inte. (There is no such file.)")
        parts = _parts(path)
        try:
            with path.open("rb") as file:
                told = _header(file, path)
            size = sum(each.stat().st_size for each in parts)
        except OSError as error:
            text = f"Modellfilen {path} går inte att läsa: {error.strerror}. (The file cannot be read.)"
            raise InvalidInput("model.unreadable", text) from error
        architecture = str(told.get("general.architecture", ""))
        return cls(
            path=path,
            bytes_on_disk=size,
            name=str(told.get("general.name", "")) or path.stem,
            architecture=architecture,
            context_tokens=_whole(told, f"{architecture}.context_length"),
            token_bytes=_token_bytes(told, architecture),
        )


def _parts(path: Path) -> list[Path]:
    """The files of a model that was cut into several."""
    split = _PART.search(path.name)
    if split is None:
        return [path]
    stem, count = path.name[: split.start()], int(split.group(2))
    parts = [path.with_name(f"{stem}-{number:05}-of-{count:05}.gguf") for number in range(1, count + 1)]
    missing = [each.name for each in parts if not each.is_file()]
    if missing or path != parts[0]:
        told = f"saknas: {', '.join(missing)}" if missing else f"ange den första: {parts[0].name}"
        raise InvalidInput("model.missing", f"Modellen är delad i {count} filer; {told}. (A part is missing.)")
    return parts


def _header(file: BinaryIO, path: Path) -> dict[str, object]:
    damaged = InvalidInput(
        "model.damaged", f"Modellfilen {path} är skadad eller inte hel. Hämta den på nytt. (The file is damaged.)"
    )
    if file.read(4) != _MAGIC:
        raise InvalidInput(
            "model.not_gguf", f"{path} är ingen GGUF-fil, som llama.cpp läser. (This is not a GGUF file.)"
        )
    try:
        version, tensors, entries = struct.unpack("<IQQ", file.read(20))
        if version not in _VERSIONS:
            text = f"{path} har GGUF-version {version}; version 2 och 3 går att läsa. (Another GGUF version.)"
            raise InvalidInput("model.not_gguf", text)
        if max(tensors, entries) > _MOST_ENTRIES:
            raise damaged
        told: dict[str, object] = {}
        for _ in range(entries):
            key = _string(file)
            told[key] = _value(file, *struct.unpack("<I", file.read(4)))
        last = max((_tensor(file) for _ in range(tensors)), default=0)
        if file.tell() + last > path.stat().st_size:
            raise damaged
    except (struct.error, ValueError, UnicodeDecodeError) as error:
        raise damaged from error
    return told


def _value(file: BinaryIO, kind: int) -> object:
    if kind == _STRING:
        return _string(file)
    if kind != _ARRAY:
        return _scalar(file, kind)
    inner, count = struct.unpack("<IQ", file.read(12))
    if count > _LONGEST_STRING or inner not in (_STRING, *_SCALARS):
        raise ValueError(inner)
    if inner == _STRING:
        for _ in range(count):
            _skip_string(file)
        return None
    if count > _MOST_ENTRIES:
        file.seek(count * struct.calcsize(f"<{_SCALARS[inner]}"), 1)
        return None
    return [_scalar(file, inner) for _ in range(count)]


def _scalar(file: BinaryIO, kind: int) -> object:
    if kind not in _SCALARS:
        raise ValueError(kind)
    shape = f"<{_SCALARS[kind]}"
    (value,) = struct.unpack(shape, file.read(struct.calcsize(shape)))
    return value


def _string(file: BinaryIO) -> str:
    return file.read(_length(file)).decode()


def _skip_string(file: BinaryIO) -> None:
    file.seek(_length(file), 1)


def _length(file: BinaryIO) -> int:
    (length,) = struct.unpack("<Q", file.read(8))
    if not 0 <= length <= _LONGEST_STRING:
        raise ValueError(length)
    return int(length)


def _tensor(file: BinaryIO) -> int:
    """Where a tensor begins, after the header."""
    _skip_string(file)
    (dimensions,) = struct.unpack("<I", file.read(4))
    if dimensions > 8:
        raise ValueError(dimensions)
    file.seek(dimensions * 8, 1)
    _, offset = struct.unpack("<IQ", file.read(12))
    return int(offset)


def _whole(told: Mapping[str, object], key: str, otherwise: int = 0) -> int:
    """A whole number; of a list, one for each layer, the largest."""
    value = told.get(key)
    if isinstance(value, list):
        value = max((each for each in value if isinstance(each, int)), default=None)
    return value if isinstance(value, int) and value > 0 else otherwise


def _token_bytes(told: Mapping[str, object], architecture: str) -> int:
    layers = _whole(told, f"{architecture}.block_count")
    heads = _whole(told, f"{architecture}.attention.head_count", 1)
    shared = _whole(told, f"{architecture}.attention.head_count_kv", heads)
    width = _whole(told, f"{architecture}.embedding_length") // heads
    keys = _whole(told, f"{architecture}.attention.key_length", width)
    values = _whole(told, f"{architecture}.attention.value_length", width)
    return layers * shared * (keys + values) * _F16_BYTES
