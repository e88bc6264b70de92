"""A model file is understood before anything is loaded, and what is wrong with it is said in words."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allmanning.generate.local.gguf import Gguf
from allmanning.generate.local.memory import check_fits, free_bytes, needed_bytes
from allmanning.runtime.errors import InvalidInput


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def entry(key: str, value: str | int | list[str] | list[int]) -> bytes:
    if isinstance(value, str):
        return text(key) + struct.pack("<I", 8) + text(value)
    if isinstance(value, int):
        return text(key) + struct.pack("<II", 4, value)
    inner = 8 if isinstance(value[0], str) else 4
    items = b"".join(text(each) if isinstance(each, str) else struct.pack("<I", each) for each in value)
    return text(key) + struct.pack("<IIQ", 9, inner, len(value)) + items


HEADER = [
    entry("general.architecture", "llama"),
    entry("general.name", "Liten modell"),
    entry("tokenizer.ggml.tokens", ["a", "b", "ö"]),
    entry("llama.context_length", 2048),
    entry("llama.block_count", 30),
    entry("llama.embedding_length", 576),
    entry("llama.attention.head_count", 9),
    entry("llama.attention.head_count_kv", [3, 3, 1]),
]


def content(version: int = 3, body: int = 1000, offset: int = 900) -> bytes:
    tensor = text("output.weight") + struct.pack("<IQQIQ", 2, 10, 10, 0, offset)
    return b"GGUF" + struct.pack("<IQQ", version, 1, len(HEADER)) + b"".join(HEADER) + tensor + bytes(body)


def written(folder: Path, data: bytes, name: str = "liten.gguf") -> Path:
    file = folder / name
    file.write_bytes(data)
    return file


def code_of(path: Path) -> str:
    with pytest.raises(InvalidInput) as caught:
        Gguf.read(path)
    return caught.value.code


def test_the_header_tells_what_the_model_needs(tmp_path: Path) -> None:
    model = Gguf.read(written(tmp_path, content()))

    assert (model.name, model.architecture, model.context_tokens) == ("Liten modell", "llama", 2048)
    # 30 layers, 3 shared heads of 64 numbers, keys and values, two bytes each.
    assert model.token_bytes == 30 * 3 * (64 + 64) * 2
    assert model.bytes_on_disk == len(content())


def test_what_is_wrong_with_a_file_is_told_apart(tmp_path: Path) -> None:
    assert code_of(tmp_path / "ingen.gguf") == "model.missing"
    assert code_of(tmp_path) == "model.missing"
    assert code_of(written(tmp_path, b"PK\x03\x04zip")) == "model.not_gguf"
    assert code_of(written(tmp_path, b"")) == "model.not_gguf"
    assert code_of(written(tmp_path, content(version=1))) == "model.not_gguf"
    assert code_of(written(tmp_path, content(body=100))) == "model.damaged"


def test_a_model_in_parts_is_one_model(tmp_path: Path) -> None:
    first = written(tmp_path, content(), "stor-00001-of-00002.gguf")
    assert code_of(first) == "model.missing"
    second = written(tmp_path, content(), "stor-00002-of-00002.gguf")

    assert Gguf.read(first).bytes_on_disk == 2 * len(content())
    assert code_of(second) == "model.missing"


@given(cut=st.integers(0, len(content())))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_file_cut_anywhere_is_refused_in_words(tmp_path: Path, cut: int) -> None:
    file = written(tmp_path, content()[:cut])
    if cut < len(content()) - 100:
        assert code_of(file) in ("model.damaged", "model.not_gguf")
    else:
        Gguf.read(file)


@given(data=st.binary(max_size=400), at=st.integers(4, 300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
def test_whatever_stands_in_a_header_raises_nothing_else(tmp_path: Path, data: bytes, at: int) -> None:
    whole = content()
    file = written(tmp_path, whole[:at] + data + whole[at + len(data) :])
    try:
        model = Gguf.read(file)
    except InvalidInput:
        return
    assert needed_bytes(model, 1) > 0


def test_a_model_that_does_not_fit_is_refused_with_figures(tmp_path: Path) -> None:
    model = Gguf.read(written(tmp_path, content()))
    needed = needed_bytes(model, 4096)

    check_fits(model, 4096, needed)
    check_fits(model, 4096, None)
    with pytest.raises(InvalidInput) as caught:
        check_fits(model, 100_000_000, needed)
    assert caught.value.code == "model.too_large"
    assert "2304.3 GB" in caught.value.message


def test_free_memory_is_the_machines_or_the_groups(tmp_path: Path) -> None:
    proc, cgroup = tmp_path / "proc", tmp_path / "cgroup"
    (proc / "self").mkdir(parents=True)
    (cgroup / "own").mkdir(parents=True)
    assert free_bytes(proc, cgroup) is None
    (proc / "meminfo").write_text("MemTotal: 9000 kB\nMemAvailable:    8000 kB\n")
    assert free_bytes(proc, cgroup) == 8_192_000
    (proc / "self" / "cgroup").write_text("0::/own\n")
    (cgroup / "own" / "memory.max").write_text("max\n")
    (cgroup / "own" / "memory.current").write_text("4000\n")
    assert free_bytes(proc, cgroup) == 8_192_000
    (cgroup / "own" / "memory.max").write_text("10000\n")
    assert free_bytes(proc, cgroup) == 6000
